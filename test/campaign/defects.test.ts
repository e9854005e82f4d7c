/**
 * Runners that are wrong in one way each make a campaign fail: they are seeded beneath the loop, in the port that it uses or
 * in the module that takes the locks. The same trials with the runner as it is end as promised.
 */
import type { StoredRow } from "@surefoot/model";
import { beforeEach, expect, test, vi } from "vitest";
import type * as Lease from "../../packages/runner/src/mysql/lease.ts";
import type { Link } from "../../packages/runner/src/mysql/link.ts";
import type { Database, Session } from "../../packages/runner/src/port.ts";
import { overriding, withSessions } from "../../packages/runner/src/wrapped.ts";
import { engineNames } from "../../scripts/servers/engine.ts";
import type { StepKind } from "../faults/step-kinds.ts";
import { stepKinds } from "../faults/step-kinds.ts";
import { onOwnServer } from "../support/servers.ts";
import type { Defect } from "./on-server.ts";
import { tryOnServer } from "./on-server.ts";
import type { Strike } from "./trial.ts";
import { trialOf } from "./trial.ts";
import { tryZombie } from "./zombie.ts";

/** How the locks are wrong just now. */
const locks = vi.hoisted(() => ({
  wrong: null as "not_waited_for" | "on_another_session" | null,
  count: 0,
  control: null as Link | null,
  statements: null as Link | null,
}));

vi.mock("../../packages/runner/src/mysql/lease.ts", async (original) => {
  const real = await original<typeof Lease>();
  const isElsewhere = (name: string): boolean =>
    locks.wrong === "on_another_session" && name.startsWith("surefoot-lease");
  return {
    ...real,
    // Nobody ever meets a lock with a name of its own.
    lockNames: (database: string) => ({
      ...real.lockNames(database),
      ...(locks.wrong === "not_waited_for" ? { lease: `surefoot-own-${++locks.count}` } : {}),
    }),
    lockWithin: async (...args: Parameters<typeof Lease.lockWithin>) => {
      locks.control = args[0];
      return real.lockWithin(...args);
    },
    tryLock: async (link: Link, name: string, seconds?: number) => {
      if (!isElsewhere(name) || locks.control === null) return real.tryLock(link, name, seconds);
      locks.statements = link;
      return real.tryLock(locks.control, name, seconds);
    },
    holderOf: async (...args: Parameters<typeof Lease.holderOf>) =>
      isElsewhere(args[1]) ? (locks.statements?.id ?? null) : real.holderOf(...args),
  } satisfies typeof Lease;
});

beforeEach(() => {
  locks.wrong = null;
});

function kind(name: string): StepKind {
  return stepKinds.find((one) => one.name === name)!;
}

/** It commits by itself and takes its time, so that an orphan of it takes effect when others have looked already. */
const late: StepKind = {
  ...kind("update"),
  class: "opaque",
  up: "UPDATE r SET v = v + 1 WHERE SLEEP(0.3) = 0",
  probe: "SELECT CASE SUM(v) WHEN 0 THEN 0 WHEN 3 THEN 1 END FROM r",
};

function wrapping(overrides: (session: Session) => Parameters<typeof overriding>[1]): Defect {
  return (inner): Database => withSessions(inner, (session) => overriding(session, overrides(session)));
}

/** The record that announces a statement waits until the statement has run. */
const journalAfterwards = wrapping((session) => {
  let held: readonly StoredRow[] = [];
  return {
    append: async (rows: readonly StoredRow[]) => {
      if (rows.at(-1)?.event === "step_sent") held = rows;
      else await session.append(rows);
    },
    run: async (...args: Parameters<Session["run"]>) => {
      const reply = await session.run(...args);
      const due = held;
      held = [];
      if (due.length > 0 && reply.type !== "lost") await session.append(due);
      return reply;
    },
  };
});

/** Whatever is looked at is as it was in the beginning. */
const blind = wrapping((session) => {
  let first: Awaited<ReturnType<Session["picture"]>> | null = null;
  return {
    snapshot: async (...args: Parameters<Session["snapshot"]>) => (first = await session.snapshot(...args)),
    look: async (names: ReadonlySet<string>) =>
      first === null ? session.look(names) : new Map([...names].map((name) => [name, first?.get(name) ?? null])),
    rehearse: async () => null,
  };
});

const neverAsked = wrapping(() => ({ check: async () => ({ type: "false", found: "it was not asked" }) }));

/** Who comes back does not see that another owner was there meanwhile. */
const unfenced = wrapping((session) => {
  let isBack = false;
  return {
    reopen: async () => {
      isBack = true;
      await session.reopen();
    },
    readRows: async () => {
      const found = await session.readRows();
      const ours = (rows: typeof found.current): typeof found.current => rows.map((row) => ({ ...row, epoch: 1 }));
      return isBack ? { ...found, epoch: 1, current: ours(found.current), history: ours(found.history) } : found;
    },
  };
});

const cut = (at: "record" | "statement" | "done", when: Strike["when"]): Strike => ({
  fault: "cut",
  when,
  spot: { at, way: "up", step: 1 },
});

const create = kind("create");
const cases = [
  {
    defect: "an orphan is not waited for",
    seed: undefined,
    wrong: "not_waited_for",
    trial: trialOf({ kinds: [create, late], fails: false, transaction: "none" }, [[cut("statement", "during")]]),
  },
  {
    defect: "the lease is a lock of another session",
    seed: undefined,
    wrong: "on_another_session",
    trial: trialOf({ kinds: [create, late], fails: false, transaction: "none" }, [[cut("statement", "during")]]),
  },
  {
    defect: "the journal is written after the statement",
    seed: journalAfterwards,
    wrong: null,
    trial: trialOf({ kinds: [create, kind("alter")], fails: false }, [[cut("statement", "after")]]),
  },
  {
    defect: "what a statement in doubt has done is not looked at",
    seed: blind,
    wrong: null,
    trial: trialOf({ kinds: [create, kind("alter")], fails: false }, [[cut("statement", "after")]]),
  },
  {
    defect: "a probe is not asked",
    seed: neverAsked,
    wrong: null,
    trial: trialOf({ kinds: [create, kind("probed")], fails: false }, [[cut("statement", "after")]]),
  },
] as const;

for (const engine of engineNames)
  await onOwnServer(engine, "sees a runner that is wrong", (server) => {
    test.each(cases)("$defect", async ({ seed, wrong, trial }) => {
      const sound = await tryOnServer(server, trial);
      locks.wrong = wrong;
      const seeded = await tryOnServer(server, trial, seed);

      expect(sound).toMatchObject({ struck: 1, broken: null });
      expect(seeded).toMatchObject({ struck: 1, end: "broken" });
      expect(seeded.broken).not.toMatch(/connect ECONN/);
      console.log(`${engine}: ${seeded.broken?.slice(0, 160)}`);
    });

    test("a runner that was left behind is not fenced", async () => {
      const sound = await tryZombie(server);
      const seeded = await tryZombie(server, unfenced);

      expect(sound.broken).toBeNull();
      expect(seeded.broken).toContain("Nothing was said to be left");
    });
  });
