import { expect, test } from "vitest";
import { classify } from "./classify.ts";
import { recordedCatalogue, recordedServers } from "./recorded-catalogue.ts";

/** The undo of the last statement, or the reason why there is none. */
function last(...sqls: readonly string[]): string {
  const undo = classify(sqls, recordedServers.mysql, recordedCatalogue("mysql"), "step").at(-1)!.undo;
  return undo.type === "undo" ? undo.statements.join("; ") : undo.reason;
}

test("a second statement on a table has its undo, in the light of the first", () => {
  expect(last("ALTER TABLE t ADD COLUMN x INT", "CREATE INDEX x_b ON t (x, b)")).toBe("DROP INDEX `x_b` ON `t`");
  expect(last("ALTER TABLE t ADD COLUMN x INT", "ALTER TABLE t ADD COLUMN y INT AFTER x")).toBe(
    "ALTER TABLE `t` DROP COLUMN `y`",
  );
  expect(last("ALTER TABLE t RENAME TO x", "ALTER TABLE x ADD COLUMN y INT")).toBe("ALTER TABLE `x` DROP COLUMN `y`");
});

test("an index that the migration has added stands behind others, and its definition is not known", () => {
  expect(last("CREATE INDEX x ON t (id, b)", "DROP INDEX t_b ON t")).toBe("other_place");
  expect(last("CREATE INDEX x ON t (id, b)", "DROP INDEX x ON t")).toBe("altered_before");
  expect(last("DROP INDEX t_b ON t", "DROP INDEX t_c ON t")).toBe("ALTER TABLE `t` ADD KEY `t_c` (`c`)");
});

test("an INSERT without names counts the columns that the migration has added", () => {
  expect(last("ALTER TABLE t ADD COLUMN x INT FIRST", "INSERT INTO t VALUES (7, 12, 12, 'x', NULL)")).toBe(
    "DELETE FROM `t` WHERE `id` = 12",
  );
});

test("the comment that a migration has set is put back, unless how it is written is not known", () => {
  const change = "ALTER TABLE t COMMENT = 'newest'";

  expect(last("ALTER TABLE t COMMENT = 'newer'", change)).toBe("ALTER TABLE `t` COMMENT = 'newer'");
  expect(last("ALTER TABLE t COMMENT = 'it''s'", change)).toBe("altered_before");
});

test.each([
  "ALTER TABLE t MODIFY c DATETIME",
  "ALTER TABLE t DROP COLUMN c",
  "ALTER TABLE t RENAME COLUMN c TO x",
  "ALTER TABLE t ADD COLUMN x TIMESTAMP",
  "ALTER TABLE t ADD COLUMN x INT UNIQUE",
  "ALTER TABLE t ADD UNIQUE KEY x (b(3))",
  "ALTER TABLE t ENGINE = MyISAM",
  "ALTER TABLE t ADD COLUMN IF NOT EXISTS x INT",
])("after %s the table is not known", (sql) => {
  expect(last(sql, "ALTER TABLE t ADD COLUMN y INT")).toBe("altered_before");
});

test("a foreign key is not put back under a name that its parent had before", () => {
  const drop = "ALTER TABLE child DROP FOREIGN KEY child_fk";

  expect(last(drop)).toContain("REFERENCES `parent` (`id`)");
  expect(last("RENAME TABLE parent TO x", drop)).toBe("altered_before");
  expect(last("ALTER TABLE parent RENAME COLUMN id TO x", drop)).toBe("altered_before");
  expect(last("RENAME TABLE parent TO x", "ALTER TABLE child ADD COLUMN y INT")).toBe(
    "ALTER TABLE `child` DROP COLUMN `y`",
  );
});
