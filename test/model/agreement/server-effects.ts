/**
 * What the steps of a generated migration do on MariaDB and MySQL. Step `k` has tables of its own. An opaque statement is one
 * on a table of an engine that promises nothing: of MEMORY for the schema, of MyISAM for rows.
 */
import type { Kinds } from "./effects.ts";
import { cell } from "./ground.ts";

/** Columns and indexes by table, and the rows of `r` and of `m`. */
export interface Seen {
  readonly columns: ReadonlyMap<string, ReadonlySet<string>>;
  /** As `table.index`. */
  readonly indexes: ReadonlySet<string>;
  readonly rows: readonly number[];
}

function engine(opaque: boolean): string {
  return `ENGINE = ${opaque ? "MEMORY" : "InnoDB"}`;
}

export const serverKinds: Kinds<Seen> = {
  /** A part of it is an index of another name. */
  index: (k, opaque) => ({
    up: `CREATE INDEX s${k} ON t${k} (v)`,
    undo: [[`DROP INDEX s${k} ON t${k}`], []],
    probe: `SELECT CASE COUNT(*) WHEN 0 THEN 0 WHEN 1 THEN MIN(INDEX_NAME) = 's${k}' OR NULL END FROM information_schema.STATISTICS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 't${k}' AND INDEX_NAME <> 'PRIMARY'`,
    setUp: [`CREATE TABLE t${k} (id INT PRIMARY KEY, v CHAR(9)) ${engine(opaque)}`],
    part: `CREATE INDEX part${k} ON t${k} (v)`,
    make: (stage, now) => [
      ...(now === cell.partial ? [`DROP INDEX part${k} ON t${k}`] : []),
      ...(stage === 0 && now === cell.after ? [`DROP INDEX s${k} ON t${k}`] : []),
      ...(stage === 1 && now !== cell.after ? [`CREATE INDEX s${k} ON t${k} (v)`] : []),
    ],
    read: ({ indexes }) =>
      indexes.has(`t${k}.s${k}`) ? cell.after : indexes.has(`t${k}.part${k}`) ? cell.partial : cell.before,
    stands: `t${k}`,
  }),
  /** Half-way back the column has another name, and so it has when it was made in part. */
  column: (k, opaque) => {
    const table = (more: string) => `CREATE TABLE c${k} (id INT PRIMARY KEY${more}) ${engine(opaque)}`;
    return {
      up: `ALTER TABLE c${k} ADD COLUMN x CHAR(9)`,
      undo: [
        [`ALTER TABLE c${k} DROP COLUMN x`],
        [`ALTER TABLE c${k} RENAME COLUMN x TO half`, `ALTER TABLE c${k} DROP COLUMN half`],
      ],
      probe: `SELECT CASE COUNT(*) WHEN 1 THEN 0 WHEN 2 THEN MAX(COLUMN_NAME) = 'x' OR NULL END FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'c${k}'`,
      setUp: [table("")],
      part: `ALTER TABLE c${k} ADD COLUMN part CHAR(9)`,
      make: (stage) => [`DROP TABLE c${k}`, table(stage === 0 ? "" : ", x CHAR(9)")],
      read: ({ columns }) => {
        const names = columns.get(`c${k}`);
        if (names?.has("x") === true) return cell.after;
        if (names?.has("half") === true) return cell.half_undone;
        return names?.has("part") === true ? cell.partial : cell.before;
      },
      stands: null,
    };
  },
  table: (k, opaque) => {
    const table = (more: string) => `CREATE TABLE n${k} (v CHAR(9)${more}) ${engine(opaque)}`;
    return {
      up: table(""),
      undo: [[`DROP TABLE n${k}`], [`ALTER TABLE n${k} ADD COLUMN half CHAR(9)`, `DROP TABLE n${k}`]],
      probe: `SELECT CASE COUNT(*) WHEN 0 THEN 0 WHEN 1 THEN 1 END FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'n${k}'`,
      setUp: [],
      part: table(", part CHAR(9)"),
      make: (stage) => [`DROP TABLE IF EXISTS n${k}`, ...(stage === 0 ? [] : [table("")])],
      read: ({ columns }) => {
        const names = columns.get(`n${k}`);
        if (names === undefined) return cell.before;
        if (names.has("part")) return cell.partial;
        return names.has("half") ? cell.half_undone : cell.after;
      },
      stands: null,
    };
  },
  covered: (k, by) => ({
    up: `CREATE INDEX i${k} ON n${by} (v)`,
    undo: [[], []],
    probe: `SELECT CASE COUNT(*) WHEN 0 THEN 0 WHEN 1 THEN MIN(INDEX_NAME) = 'i${k}' OR NULL END FROM information_schema.STATISTICS WHERE TABLE_SCHEMA = DATABASE() AND INDEX_NAME IN ('i${k}', 'part${k}')`,
    setUp: [],
    part: `CREATE INDEX part${k} ON n${by} (v)`,
    make: (stage, now) => [
      ...(now === cell.partial ? [`DROP INDEX part${k} ON n${by}`] : []),
      ...(stage === 0 && now === cell.after ? [`DROP INDEX i${k} ON n${by}`] : []),
      ...(stage === 1 && now !== cell.after ? [`CREATE INDEX i${k} ON n${by} (v)`] : []),
    ],
    read: ({ indexes }) =>
      indexes.has(`n${by}.i${k}`) ? cell.after : indexes.has(`n${by}.part${k}`) ? cell.partial : cell.before,
    stands: null,
  }),
  /** Three rows; half-way back they are negative. */
  row: (k, opaque) => {
    const table = opaque ? "m" : "r";
    const [n, other, third] = [k + 1, k + 11, k + 21];
    const all = [n, other, third];
    const those = `k IN (${all.join(", ")})`;
    const turned = `k IN (${all.map((value) => -value).join(", ")})`;
    const insert = `INSERT INTO ${table} (k) VALUES ${all.map((value) => `(${value})`).join(", ")}`;
    return {
      up: insert,
      undo: [
        [`DELETE FROM ${table} WHERE ${those}`],
        [`UPDATE ${table} SET k = -k WHERE ${those}`, `DELETE FROM ${table} WHERE ${turned}`],
      ],
      // A part of the rows is neither yes nor no.
      probe: `SELECT CASE COUNT(*) WHEN 0 THEN 0 WHEN 3 THEN 1 END FROM ${table} WHERE ${those}`,
      setUp: [],
      part: `INSERT INTO ${table} (k) VALUES (${n})`,
      make: (stage) => [`DELETE FROM ${table} WHERE ${those} OR ${turned}`, ...(stage === 0 ? [] : [insert])],
      read: ({ rows }) => {
        const found = rows.filter((value) => all.includes(Math.abs(value)));
        if (found.length === 0) return cell.before;
        if (found.length < all.length) return cell.partial;
        if (found.length > all.length) return -found.length;
        return found.every((value) => value > 0) ? cell.after : cell.half_undone;
      },
      stands: null,
    };
  },
  idle: (k) => ({
    up: `CREATE TABLE IF NOT EXISTS pre${k} (id INT)`,
    undo: [[`DROP TABLE pre${k}`], []],
    probe: null,
    setUp: [`CREATE TABLE pre${k} (id INT) ENGINE = InnoDB`],
    part: null,
    make: () => [],
    read: ({ columns }) => (columns.has(`pre${k}`) ? cell.before : -1),
    stands: `pre${k}`,
  }),
  /** Done in part it has another name. */
  lost: (k, opaque) => {
    const table = (name: string) => `CREATE TABLE ${name}${k} (id INT NOT NULL) ${engine(opaque)}`;
    return {
      up: `DROP TABLE old${k}`,
      undo: [[table("old")], [table("half"), `ALTER TABLE half${k} RENAME TO old${k}`]],
      probe: `SELECT CASE GROUP_CONCAT(TABLE_NAME) WHEN 'old${k}' THEN 0 ELSE NULL END FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME IN ('old${k}', 'part${k}') HAVING COUNT(*) > 0 UNION ALL SELECT 1 FROM DUAL WHERE NOT EXISTS (SELECT 1 FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME IN ('old${k}', 'part${k}'))`,
      setUp: [table("old"), `INSERT INTO old${k} VALUES (1)`],
      part: `ALTER TABLE old${k} RENAME TO part${k}`,
      make: (stage) => [
        ...["half", "part", "old"].map((name) => `DROP TABLE IF EXISTS ${name}${k}`),
        ...(stage === 1 ? [] : [table("old"), `INSERT INTO old${k} VALUES (1)`]),
      ],
      read: ({ columns }) => {
        if (columns.has(`old${k}`)) return cell.before;
        if (columns.has(`half${k}`)) return cell.half_undone;
        return columns.has(`part${k}`) ? cell.partial : cell.after;
      },
      stands: null,
    };
  },
};
