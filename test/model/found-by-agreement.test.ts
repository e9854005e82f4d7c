/** The smallest ways on which the runner was found to do something else than the world says, each driven again. */
import { transactional, upJob } from "@surefoot/model/explorer";
import { expect, test } from "vitest";
import { follow } from "./agreement/follow.ts";
import { sqlite } from "./agreement/sqlite-ground.ts";

const common = {
  variant: "adjusted",
  profile: transactional,
  runners: 1,
  appliedFirst: [],
  arrives: null,
  operator: true,
  drift: true,
  eager: false,
} as const;

const t = { class: "transactional" } as const;
const a = { class: "atomic" } as const;
const o = { class: "opaque" } as const;
const plain = { ...t, undo: [t] };
const rows = { ...o, undo: [o], rows: true };
const lossy = { ...a, undo: [a], lossy: true };
const idle = { ...a, undo: [a], preexisting: true };

async function taken(job: ReturnType<typeof upJob>, way: string): Promise<number> {
  return follow(sqlite, { ...common, name: "found", jobs: [job] }, way);
}

const begun = "invoke read_journal start prepared prechecks_pass";
const step = "observe send executes receive";

// The signal was told again and again, and the runner never did anything else. In one transaction nothing can be compared,
// and that was taken for a change from outside.
test.each(["migration", "step"] as const)(
  "under resume a signal is told once, and the migration goes on: %s",
  async (mode) => {
    const way = `${begun} signal ${step} raise postchecks_pass raise close`;

    expect(await taken(upJob([plain], mode, "resume"), way)).toBeGreaterThan(10);
  },
);

// What somebody had changed between two looks was kept as the statement's own doing, and undone on top of.
test("what others change while a migration runs is not taken for its own doing", async () => {
  const way = `${begun} object_changed ${step} raise postcheck_false observe close`;

  expect(await taken(upJob([plain], "step"), way)).toBeGreaterThan(10);
});

// The table of an INSERT in doubt was left out of the comparison, although an INSERT can't change a table's columns.
test("a table that was changed is noticed also when a statement that writes its rows is in doubt", async () => {
  const way = `${begun} observe crash object_changed restart read_journal decide close`;

  expect(await taken(upJob([{ ...rows, probe: true }], "none"), way)).toBeGreaterThan(10);
});

// The word on the first doubt was taken for a word on the undo that was sent after it.
test("an operator's word does not outlive the doubt that it was about", async () => {
  const way = `${begun} ${step} raise postcheck_false observe crash restart read_journal decide close
    invoke read_journal retry_rollback_decided decide observe/written_unheard reconnect read_journal decide close`;

  expect(await taken(upJob([rows], "none"), way)).toBeGreaterThan(20);
});

// What was seen then counted as known, so that the step that had taken effect was decided not to have.
test("a look that decided nothing leaves the next one as it found it", async () => {
  const way = `${begun} ${step} observe send executes crash object_changed restart read_journal decide close
    object_changed_back invoke read_journal retry_rollback decide observe send executes receive verify close`;

  expect(await taken(upJob([idle, lossy], "none", "rollback"), way)).toBeGreaterThan(20);
});
