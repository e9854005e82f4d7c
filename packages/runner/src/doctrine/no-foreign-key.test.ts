import { expect, test } from "vitest";
import type { Dialect } from "../sql/dialect.ts";
import { noForeignKey } from "./no-foreign-key.ts";

function findings(sql: string, dialect: Dialect = "mysql"): readonly { line: number; column: number }[] {
  return noForeignKey.check({ sql, offset: 0, line: 10, column: 1 }, dialect);
}

test.each([
  "CREATE TABLE a (b INT, FOREIGN KEY (b) REFERENCES c (d))",
  "CREATE TABLE a (b INT, CONSTRAINT k FOREIGN KEY name (b) REFERENCES c (d))",
  "CREATE TABLE a (b INT REFERENCES c (d))",
  "CREATE TABLE a (b VARCHAR(20) REFERENCES c (d))",
  "CREATE TABLE a (b INT CHECK (b > 0) REFERENCES c (d))",
  "ALTER TABLE a ADD CONSTRAINT k FOREIGN KEY (b) REFERENCES c (d)",
  "ALTER TABLE a ADD COLUMN b INT REFERENCES c (d)",
  "alter table a add foreign key (b) references c (d)",
  "CREATE TABLE a (b INT /*!50000 , FOREIGN KEY (b) REFERENCES c (d) */)",
  "/*!50000 ALTER TABLE a ADD FOREIGN KEY (b) REFERENCES c (d) */",
  "/*M!100100 ALTER TABLE a ADD FOREIGN KEY (b) REFERENCES c (d) */",
])("finds exactly one key in: %s", (sql) => {
  expect(findings(sql, "mariadb")).toHaveLength(1);
});

test.each([
  "ALTER TABLE a DROP FOREIGN KEY k",
  "INSERT INTO a VALUES ('FOREIGN KEY REFERENCES c')",
  "CREATE TABLE a (b INT COMMENT 'REFERENCES c')",
  "CREATE TABLE a (`references` INT, `foreign key` INT)",
  "CREATE TABLE a (b INT) -- FOREIGN KEY (b) REFERENCES c (d)",
  "CREATE TABLE a (b INT /* REFERENCES c */)",
  "GRANT REFERENCES ON a TO u",
  "CREATE INDEX i ON a (b)",
])("finds none in: %s", (sql) => {
  expect(findings(sql)).toEqual([]);
});

test("two keys are two findings, each with its own place in the file", () => {
  const sql = "CREATE TABLE a (\n  b INT REFERENCES c (d),\n  FOREIGN KEY (e) REFERENCES f (g)\n)";

  expect(findings(sql, "sqlite")).toMatchObject([
    { line: 11, column: 9 },
    { line: 12, column: 3 },
  ]);
});
