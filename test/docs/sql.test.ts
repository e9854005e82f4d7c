/** What the generated tables of docs/sql.md can't leave out. That they are up to date is held by pages.test.ts. */
import { expect, test } from "vitest";
import { classRules, refusals, skips } from "../../packages/runner/src/mysql/class-rules.ts";
import { undoReasons } from "../../packages/runner/src/mysql/undo-reasons.ts";
import { classesOnServers, refusedOnServers, withoutInverse } from "../../scripts/server-sql-parts.ts";

/** Marks of MySQL would make these atomic; nothing sets them yet. */
const unused = new Set(["marked"]);

test("every rule that gives a class has a statement that falls under it", () => {
  const shown = classesOnServers();
  const missing = Object.entries(classRules).flatMap(([id, { why }]) => (shown.includes(`it ${why} |`) ? [] : [id]));

  expect(missing).toEqual([...unused]);
});

test("every reason for having no undo has a statement, and so has every refusal", () => {
  const rows = [...withoutInverse().split("\n"), ...refusedOnServers().split("\n")];
  const reasons = [...Object.values(undoReasons), ...Object.values(refusals), ...Object.values(skips)];
  const missing = reasons.filter((text) => {
    const row = rows.find((one) => one.includes(`| ${text} |`));
    return row === undefined || !/`[^`]+`/.test(row.replace(`| ${text} |`, ""));
  });

  expect(missing).toEqual([]);
});
