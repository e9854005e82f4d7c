/**
 * One step of each kind that a fault can meet differently, on each engine: how it is written, what is there before it, and
 * how much of its effect is there, as another session sees it. No step is in the way of another.
 */
import type { StepClass } from "@surefoot/model";

/** `half`: a part of it, or more than all of it. */
export type Seen = "before" | "after" | "half";

export interface StepKind {
  readonly name: string;
  readonly class: StepClass;
  /** Made before anything else. */
  readonly given: readonly string[];
  readonly up: string;
  /** Null: it has none that its author or Surefoot could give. */
  readonly undo: string | null;
  readonly probe: string | null;
  /** One row: how much is there, from 0, and how much there is when all of it is. */
  readonly look: string;
}

const column = (table: string, name: string): string =>
  `SELECT COUNT(*) AS n, 1 AS whole FROM information_schema.COLUMNS
 WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = '${table}' AND COLUMN_NAME = '${name}'`;
const table = (name: string): string =>
  `SELECT COUNT(*) AS n, 1 AS whole FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = '${name}'`;

/** The statement takes long enough for something to happen in the middle. */
const slowly = "WHERE SLEEP(0.02) = 0";

const rows: StepKind = {
  name: "update",
  class: "transactional",
  given: ["CREATE TABLE r (id INT PRIMARY KEY, v INT NOT NULL)", "INSERT INTO r VALUES (1, 0), (2, 0), (3, 0)"],
  up: `UPDATE r SET v = v + 1 ${slowly}`,
  undo: "UPDATE r SET v = v - 1",
  probe: null,
  look: "SELECT SUM(v) AS n, 3 AS whole FROM r",
};

const alter: StepKind = {
  name: "alter",
  class: "atomic",
  given: ["CREATE TABLE t (id INT PRIMARY KEY)", "INSERT INTO t VALUES (1), (2), (3)"],
  up: "ALTER TABLE t ADD COLUMN c CHAR(9) NOT NULL DEFAULT 'c', ALGORITHM = COPY",
  undo: "ALTER TABLE t DROP COLUMN c",
  probe: null,
  look: column("t", "c"),
};

const create: StepKind = {
  name: "create",
  class: "atomic",
  given: [],
  up: "CREATE TABLE n (id INT PRIMARY KEY)",
  undo: "DROP TABLE n",
  probe: null,
  look: table("n"),
};

const rename: StepKind = {
  name: "rename",
  class: "atomic",
  given: ["CREATE TABLE a (id INT PRIMARY KEY)"],
  up: "RENAME TABLE a TO b",
  undo: "RENAME TABLE b TO a",
  probe: null,
  look: table("b"),
};

const index: StepKind = {
  name: "index",
  class: "atomic",
  given: ["CREATE TABLE i (id INT PRIMARY KEY, v INT)"],
  up: "CREATE INDEX i_v ON i (v)",
  undo: "DROP INDEX i_v ON i",
  probe: null,
  look: `SELECT COUNT(*) AS n, 1 AS whole FROM information_schema.STATISTICS
 WHERE TABLE_SCHEMA = DATABASE() AND INDEX_NAME = 'i_v'`,
};

/** Its rows are gone with it: nothing takes it back. */
const drop: StepKind = {
  name: "drop",
  class: "atomic",
  given: ["CREATE TABLE old (id INT PRIMARY KEY)", "INSERT INTO old VALUES (1)"],
  up: "DROP TABLE old",
  undo: null,
  probe: null,
  look: `SELECT 1 - COUNT(*) AS n, 1 AS whole FROM information_schema.TABLES
 WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'old'`,
};

const view: StepKind = {
  name: "view",
  class: "atomic",
  given: ["CREATE TABLE seen (id INT PRIMARY KEY, v INT)"],
  up: "CREATE VIEW w AS SELECT id, v + 1 AS more FROM seen",
  undo: "DROP VIEW w",
  probe: null,
  look: table("w"),
};

const trigger: StepKind = {
  name: "trigger",
  class: "atomic",
  given: ["CREATE TABLE watched (id INT PRIMARY KEY, v INT)"],
  up: "CREATE TRIGGER g BEFORE INSERT ON watched FOR EACH ROW BEGIN SET NEW.v = 1; END",
  undo: "DROP TRIGGER g",
  probe: null,
  look: `SELECT COUNT(*) AS n, 1 AS whole FROM information_schema.TRIGGERS
 WHERE TRIGGER_SCHEMA = DATABASE() AND TRIGGER_NAME = 'g'`,
};

const routine: StepKind = {
  name: "routine",
  class: "atomic",
  given: [],
  up: "CREATE PROCEDURE p(IN x INT) BEGIN SELECT x; END",
  undo: "DROP PROCEDURE p",
  probe: null,
  look: `SELECT COUNT(*) AS n, 1 AS whole FROM information_schema.ROUTINES
 WHERE ROUTINE_SCHEMA = DATABASE() AND ROUTINE_NAME = 'p'`,
};

/** Rows of an engine without transactions. */
const blind: StepKind = {
  name: "blind",
  class: "opaque",
  given: [
    "CREATE TABLE my (id INT) ENGINE = MyISAM",
    "CREATE TABLE three (id INT)",
    "INSERT INTO three VALUES (1), (2), (3)",
  ],
  up: `INSERT INTO my SELECT id FROM three ${slowly}`,
  undo: "DELETE FROM my",
  probe: null,
  look: "SELECT COUNT(*) AS n, 3 AS whole FROM my",
};

const probed: StepKind = {
  ...blind,
  name: "probed",
  given: blind.given.map((sql) => sql.replace("TABLE my", "TABLE mine").replace("three", "three_more")),
  up: `INSERT INTO mine SELECT id FROM three_more ${slowly}`,
  undo: "DELETE FROM mine",
  // A part of the rows is neither yes nor no.
  probe: "SELECT CASE COUNT(*) WHEN 0 THEN 0 WHEN 3 THEN 1 END FROM mine",
  look: "SELECT COUNT(*) AS n, 3 AS whole FROM mine",
};

export const stepKinds: readonly StepKind[] = [
  rows,
  alter,
  create,
  rename,
  index,
  drop,
  view,
  trigger,
  routine,
  blind,
  probed,
];

/** A file of these steps. `fails`: the last statement is one that no database takes. */
export function fileOf(kinds: readonly StepKind[], fails = false): string {
  const lines = kinds.flatMap(({ up, undo, probe }) => [
    `${up};`,
    ...(undo === null ? [] : [`-- migrate:undo ${undo};`]),
    ...(probe === null ? [] : [`-- migrate:probe ${probe};`]),
  ]);
  return `-- migrate:up\n${lines.join("\n")}\n${fails ? "ALTER TABLE nowhere ADD COLUMN x INT;\n" : ""}`;
}

/** The rows of `look`, in the order of the kinds. */
export function seenIn(row: { readonly [column: string]: unknown } | undefined): Seen {
  const [n, whole] = [Number(row?.["n"]), Number(row?.["whole"])];
  return n === 0 ? "before" : n === whole ? "after" : "half";
}
