/** What `surefoot replay` shows and answers. */
import { expect, test } from "vitest";
import { replayResultSchema } from "../../packages/runner/src/schemas.ts";
import { replay } from "./held.ts";

test("without names it lists what there is", async () => {
  const { exit, out } = await replay([]);

  expect(exit).toBe(0);
  expect(out).toMatch(
    /^1 {2}Mid-migration failure\n {3}sql-error-halfway +The second of two statements has a typo\.$/m,
  );
});

test("a person sees the story unfold: commands, transitions, faults, what people do, and what is left", async () => {
  const { exit, out, err } = await replay(["crash-fixed-by-hand", "--on", "sqlite"]);

  expect(exit).toBe(0);
  const at = [
    "> operator       surefoot up",
    "validating_pre → migrating (precheck_passed)",
    "✕ fault          the runner is killed before step 2 is sent",
    "> operator       by hand: CREATE UNIQUE INDEX users_email ON users (email)",
    "rolling_back → failed (undecidable)",
    "> operator       surefoot resolve --applied",
    "failed → completing (resolve_applied)",
    "Left behind: resolved; applied: 0001_users, 0002_email",
    "users (id, name, email, unique index users_email), 2 rows",
  ].map((text) => err.indexOf(text));
  expect(at).not.toContain(-1);
  expect(at).toEqual(at.toSorted((one, other) => one - other));
  expect(out).toMatch(/^held {5}crash-fixed-by-hand on sqlite/);
});

test("a number plays the variations of one of the first five; --json prints what happens and what came of it", async () => {
  const { exit, out } = await replay(["5", "--on", "sqlite", "--json"]);

  const lines = out
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as { readonly [key: string]: unknown });
  expect(exit).toBe(0);
  expect(lines.filter(({ type }) => type === "moment").length).toBeGreaterThan(10);
  expect(lines.filter(({ type }) => type === "scenario")).toMatchObject([
    { name: "foreign-key-found", held: true, differences: [] },
    { name: "foreign-key-hidden", held: true },
    { name: "foreign-key-allowed", held: true, seen: { exits: [0], outcome: "applied" } },
  ]);
  expect(replayResultSchema.parse(lines.at(-1))).toMatchObject({
    type: "result",
    command: "replay",
    exit: 0,
    on: "sqlite",
    error: null,
  });
});

test("JUnit and Markdown", async () => {
  const junit = await replay(["dependency-cycle", "--on", "sqlite", "--format", "junit"]);
  const markdown = await replay(["dependency-cycle", "--on", "sqlite", "--format", "markdown"]);

  expect(junit.out).toContain('<testsuite name="scenarios" tests="1" failures="0">');
  expect(junit.out).toContain('<testcase classname="scenarios.sqlite" name="dependency-cycle"/>');
  expect(markdown.out).toContain("| dependency-cycle | sqlite | held | idle |");
});

test("what can't be played says why, before anything is made", async () => {
  const near = await replay(["crash-halfwya", "--on", "sqlite"]);
  const variant = await replay(["1", "--on", "sqlite", "--variant", "documented"]);
  const away = await replay(["1", "--on", "mysql", "--db", "mysql://root@127.0.0.1:1/"]);
  const place = await replay(["1", "--on", "oracle"]);
  const file = await replay(["1", "--on", "sqlite", "--db", "sqlite:app.db"]);

  for (const { exit } of [near, variant, away, place, file]) expect(exit).toBe(2);
  expect(file.err).toContain("nothing of yours is touched");
  expect(near.err).toContain("There is no scenario crash-halfwya. Did you mean crash-halfway?");
  expect(variant.err).toContain("--on model");
  expect(away.err).toContain("can't be reached");
  expect(place.err).toContain("model, sqlite, mariadb, mysql");
});
