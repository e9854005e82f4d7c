import { describe, expect, test } from "vitest";
import type { Entry } from "./corpus/read-corpus.ts";
import { readCorpus } from "./corpus/read-corpus.ts";
import { readStatement } from "./read-statement.ts";
import { versionNumber } from "./server.ts";

const versions = { mysql: 90_704, mariadb: 101_119 };

for (const dialect of ["mysql", "mariadb"] as const) {
  const entries = readCorpus(dialect);

  describe(dialect, () => {
    test("has at least 200 statements in the corpus", () => {
      expect(entries.length).toBeGreaterThanOrEqual(200);
    });

    test.each(entries.map((entry): [string, Entry] => [entry.sql, entry]))("%s", (sql, entry) => {
      const statement = readStatement(sql, { dialect, version: versions[dialect] });

      expect(statement.kind).toBe(entry.kind);
      const actions = statement.kind === "alter_table" ? statement.actions.map(({ type }) => type) : [];
      expect(actions).toEqual(entry.actions);
    });
  });
}

test.each([
  ["9.7.4", 90_704],
  ["8.0.36-0ubuntu0.22.04.1", 80_036],
  ["10.11.19-MariaDB-0+deb12u1", 101_119],
  ["latest", null],
])("the version %s is known from executable comments as %s", (text, number) => {
  expect(versionNumber(text)).toBe(number);
});

test.each([
  ["CREATE TABLE x (a INT) PARTITION BY HASH (a) PARTITIONS 2", false],
  ["CREATE TABLE x (a INT) PARTITION BY LIST ((a + 1)) (PARTITION p VALUES IN (1, 2))", false],
  ["CREATE TABLE x (a INT) PARTITION BY KEY (a) (PARTITION p) AS SELECT 1 AS a", true],
  ["CREATE TABLE x (a INT) PARTITION BY HASH (a) (SELECT 1 AS a)", true],
  ["CREATE TABLE x (a INT) ENGINE=InnoDB SELECT 1 AS a", true],
  ["CREATE TABLE x (SELECT 1 AS a)", true],
  ["CREATE TABLE x (a INT) ENGINE=InnoDB", false],
])("whether a new table takes rows from a query: %s: %s", (sql, select) => {
  const partitioned = sql.includes("PARTITION");

  expect(readStatement(sql, { dialect: "mysql", version: versions.mysql })).toMatchObject({ select, partitioned });
});
