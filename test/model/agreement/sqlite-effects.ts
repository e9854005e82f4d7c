/** What the steps of a generated migration do on SQLite. Step `k` has a table of its own, so that no step is in the way of another. */
import type { Kinds } from "./effects.ts";
import { cell } from "./ground.ts";

/** The schema by name, and the rows of `r`. */
export interface Seen {
  readonly texts: ReadonlyMap<string, string>;
  readonly rows: readonly number[];
}

const whole = { part: null };

export const sqliteKinds: Kinds<Seen> = {
  index: (k) => ({
    ...whole,
    up: `CREATE INDEX s${k} ON t${k} (v)`,
    undo: [[`DROP INDEX s${k}`], []],
    probe: null,
    setUp: [`CREATE TABLE t${k} (id INTEGER PRIMARY KEY, v TEXT)`],
    make: (stage) => [stage === 0 ? `DROP INDEX IF EXISTS s${k}` : `CREATE INDEX IF NOT EXISTS s${k} ON t${k} (v)`],
    read: ({ texts }) => (texts.has(`s${k}`) ? cell.after : cell.before),
    stands: `t${k}`,
  }),
  /** Half-way the column has another name. */
  column: (k) => {
    const says = ({ texts }: Seen, name: string) => new RegExp(`\\b${name}\\b`).test(texts.get(`c${k}`) ?? "");
    const table = (more: string) => `CREATE TABLE c${k} (id INTEGER PRIMARY KEY${more})`;
    return {
      ...whole,
      up: `ALTER TABLE c${k} ADD COLUMN x TEXT`,
      undo: [
        [`ALTER TABLE c${k} DROP COLUMN x`],
        [`ALTER TABLE c${k} RENAME COLUMN x TO half`, `ALTER TABLE c${k} DROP COLUMN half`],
      ],
      probe: null,
      setUp: [table("")],
      make: (stage) => [`DROP TABLE c${k}`, table(stage === 0 ? "" : ", x TEXT")],
      read: (seen) => (says(seen, "x") ? cell.after : says(seen, "half") ? cell.half_undone : cell.before),
      stands: null,
    };
  },
  /** Half-way the table has one column more. */
  table: (k) => ({
    ...whole,
    up: `CREATE TABLE n${k} (v TEXT)`,
    undo: [[`DROP TABLE n${k}`], [`ALTER TABLE n${k} ADD COLUMN half TEXT`, `DROP TABLE n${k}`]],
    probe: null,
    setUp: [],
    make: (stage) => [`DROP TABLE IF EXISTS n${k}`, ...(stage === 0 ? [] : [`CREATE TABLE n${k} (v TEXT)`])],
    read: ({ texts }) => {
      const text = texts.get(`n${k}`);
      return text === undefined ? cell.before : text.includes("half") ? cell.half_undone : cell.after;
    },
    stands: null,
  }),
  covered: (k, by) => ({
    ...whole,
    up: `CREATE INDEX i${k} ON n${by} (v)`,
    undo: [[], []],
    probe: null,
    setUp: [],
    make: (stage) => [stage === 0 ? `DROP INDEX IF EXISTS i${k}` : `CREATE INDEX i${k} ON n${by} (v)`],
    read: ({ texts }) => (texts.has(`i${k}`) ? cell.after : cell.before),
    stands: null,
  }),
  row: (k) => {
    const n = k + 1;
    const none = `DELETE FROM r WHERE k IN (${n}, ${-n})`;
    return {
      ...whole,
      up: `INSERT INTO r (k) VALUES (${n})`,
      undo: [
        [`DELETE FROM r WHERE k = ${n}`],
        [`UPDATE r SET k = ${-n} WHERE k = ${n}`, `DELETE FROM r WHERE k = ${-n}`],
      ],
      probe: `SELECT COUNT(*) = 1 FROM r WHERE k = ${n}`,
      setUp: [],
      make: (stage) => [none, ...(stage === 0 ? [] : [`INSERT INTO r (k) VALUES (${n})`])],
      read: ({ rows }) => {
        const found = rows.filter((value) => Math.abs(value) === n);
        if (found.length > 1) return -found.length;
        return found[0] === undefined ? cell.before : found[0] === n ? cell.after : cell.half_undone;
      },
      stands: "r",
    };
  },
  idle: (k) => ({
    ...whole,
    up: `CREATE TABLE IF NOT EXISTS pre${k} (id INTEGER)`,
    undo: [[`DROP TABLE pre${k}`], []],
    probe: null,
    setUp: [`CREATE TABLE pre${k} (id INTEGER)`],
    make: () => [],
    read: ({ texts }) => (texts.has(`pre${k}`) ? cell.before : -1),
    stands: `pre${k}`,
  }),
  lost: (k) => ({
    ...whole,
    up: `DROP TABLE old${k}`,
    undo: [
      [`CREATE TABLE old${k} (id INTEGER)`],
      [`CREATE TABLE half${k} (id INTEGER)`, `ALTER TABLE half${k} RENAME TO old${k}`],
    ],
    probe: null,
    setUp: [`CREATE TABLE old${k} (id INTEGER)`, `INSERT INTO old${k} VALUES (1)`],
    make: (stage) => [
      `DROP TABLE IF EXISTS half${k}`,
      ...(stage === 1
        ? [`DROP TABLE IF EXISTS old${k}`]
        : [`CREATE TABLE IF NOT EXISTS old${k} (id INTEGER)`, `DELETE FROM old${k}`, `INSERT INTO old${k} VALUES (1)`]),
    ],
    read: ({ texts }) => (texts.has(`old${k}`) ? cell.before : texts.has(`half${k}`) ? cell.half_undone : cell.after),
    stands: null,
  }),
};
