/** The kinds of steps as they are written for SQLite. What they are called is as on servers. */
import type { StepKind } from "../faults/step-kinds.ts";

const has = (name: string): string => `SELECT COUNT(*) AS n, 1 AS whole FROM sqlite_schema WHERE name = '${name}'`;

/** In one transaction, or step by step, everything commits with its record. */
const base = { class: "transactional", probe: null } as const;

export const sqliteKinds: readonly StepKind[] = [
  {
    ...base,
    name: "update",
    given: ["CREATE TABLE r (id INTEGER PRIMARY KEY, v INT NOT NULL)", "INSERT INTO r VALUES (1, 0), (2, 0), (3, 0)"],
    up: "UPDATE r SET v = v + 1",
    undo: "UPDATE r SET v = v - 1",
    look: "SELECT SUM(v) AS n, 3 AS whole FROM r",
  },
  {
    ...base,
    name: "alter",
    given: ["CREATE TABLE t (id INTEGER PRIMARY KEY)", "INSERT INTO t VALUES (1), (2)"],
    up: "ALTER TABLE t ADD COLUMN c TEXT NOT NULL DEFAULT 'c'",
    undo: "ALTER TABLE t DROP COLUMN c",
    look: "SELECT COUNT(*) AS n, 1 AS whole FROM pragma_table_info('t') WHERE name = 'c'",
  },
  {
    ...base,
    name: "create",
    given: [],
    up: "CREATE TABLE n (id INTEGER PRIMARY KEY)",
    undo: "DROP TABLE n",
    look: has("n"),
  },
  {
    ...base,
    name: "rename",
    given: ["CREATE TABLE a (id INTEGER PRIMARY KEY)"],
    up: "ALTER TABLE a RENAME TO b",
    undo: "ALTER TABLE b RENAME TO a",
    look: has("b"),
  },
  {
    ...base,
    name: "index",
    given: ["CREATE TABLE i (id INTEGER PRIMARY KEY, v INT)"],
    up: "CREATE INDEX i_v ON i (v)",
    undo: "DROP INDEX i_v",
    look: has("i_v"),
  },
  {
    ...base,
    name: "drop",
    given: ["CREATE TABLE old (id INTEGER PRIMARY KEY)", "INSERT INTO old VALUES (1)"],
    up: "DROP TABLE old",
    undo: null,
    look: "SELECT 1 - COUNT(*) AS n, 1 AS whole FROM sqlite_schema WHERE name = 'old'",
  },
];
