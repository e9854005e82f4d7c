import { createRequire } from "node:module";
import { expect, test } from "vitest";
import type { Derivation } from "../undo/derivation.ts";
import { SqliteDeriver } from "./derive.ts";
import type { SqliteHandle } from "./driver.ts";

const Driver = createRequire(import.meta.url)("better-sqlite3") as new (path: string) => SqliteHandle;

const start = [
  "CREATE TABLE t (id INTEGER PRIMARY KEY, A TEXT, b INT NOT NULL DEFAULT 0)",
  "CREATE INDEX t_a ON t (a)",
  "CREATE VIEW v AS SELECT a FROM t",
];

/** The way back of each statement of one migration, in a database that begins with `start` and `setup`. */
async function derive(
  up: readonly string[],
  { setup = [], down = [] }: { readonly setup?: readonly string[]; readonly down?: readonly string[] } = {},
): Promise<readonly Derivation[]> {
  const db = new Driver(":memory:");
  for (const sql of [...start, ...setup]) db.exec(sql);
  const deriver = new SqliteDeriver(db);
  try {
    return await deriver.derive(up, down);
  } finally {
    await deriver.close();
    db.close();
  }
}

/** The undo of the last statement, or the reason why it has none. */
async function last(up: readonly string[], setup: readonly string[] = []): Promise<string | readonly string[]> {
  const derived = (await derive(up, { setup })).at(-1)?.derived;
  return derived?.type === "undo" ? derived.statements : (derived?.reason ?? "");
}

test("an inverse writes names as the schema has them", async () => {
  expect(await last(["ALTER TABLE T RENAME COLUMN a TO c"])).toEqual(['ALTER TABLE main.T RENAME COLUMN c TO "A"']);
  expect(await last(["ALTER TABLE [T] RENAME TO 'u v'"])).toEqual(['ALTER TABLE main."u v" RENAME TO "t"']);
  expect(await last(["CREATE TABLE 'it''s' (id)"])).toEqual([`DROP TABLE main."it's"`]);
});

test("each statement is seen in the schema as those above it leave it", async () => {
  const backs = await derive([
    "ALTER TABLE t RENAME TO u",
    "ALTER TABLE u ADD COLUMN c INT",
    "DROP VIEW v",
    "INSERT INTO u (id, c) VALUES (1, 2)",
  ]);

  expect(backs.map(({ derived }) => derived)).toEqual([
    { type: "undo", statements: ['ALTER TABLE main.u RENAME TO "t"'] },
    { type: "undo", statements: ["ALTER TABLE main.u DROP COLUMN c"] },
    { type: "undo", statements: ['CREATE VIEW main.v AS SELECT a FROM "u"'] },
    { type: "undo", statements: ['DELETE FROM main.u WHERE "id" = 1'] },
  ]);
});

test("a new name that something else had in mind already has no inverse", async () => {
  const child = "CREATE TABLE child (u_id INT REFERENCES u (id))";

  expect(await last(["ALTER TABLE t RENAME TO u"], [child])).toBe("the schema would not be as before");
});

test("numbers in the file's header go back to what they were", async () => {
  const backs = await derive(["PRAGMA user_version = 7", "PRAGMA user_version(8)", "PRAGMA journal_mode = WAL"], {
    setup: ["PRAGMA user_version = 5"],
  });

  expect(backs.map(({ derived }) => derived)).toEqual([
    { type: "undo", statements: ["PRAGMA main.user_version = 5"] },
    { type: "undo", statements: ["PRAGMA main.user_version = 7"] },
    { type: "undo", statements: ["PRAGMA main.journal_mode = delete"] },
  ]);
});

test("a view goes back with its triggers", async () => {
  const trigger = "CREATE TRIGGER v_insert INSTEAD OF INSERT ON v BEGIN SELECT 1; END";

  expect(await last(["DROP VIEW v"], [trigger])).toEqual([
    "CREATE VIEW main.v AS SELECT a FROM t",
    "CREATE TRIGGER main.v_insert INSTEAD OF INSERT ON v BEGIN SELECT 1; END",
  ]);
});

test.each([
  ["it may find it there", "CREATE TABLE IF NOT EXISTS w (id)", "IF NOT EXISTS"],
  ["rows are lost", "DROP TABLE t", "its rows are lost"],
  ["values are lost", "ALTER TABLE t DROP COLUMN b", "its values are lost"],
  ["NOT NULL was there", "ALTER TABLE t ALTER COLUMN b SET NOT NULL", "no effect"],
  ["the constraint has no name", "ALTER TABLE t ADD CHECK (b > 0)", "without a name"],
  ["the module is not known", "CREATE VIRTUAL TABLE w USING dbstat", "not known"],
  ["another file", "CREATE TABLE other.w (id)", "another database file"],
])("there is none where %s", async (_, sql, reason) => {
  expect(await last([sql])).toContain(reason);
});

test.each([
  ["one row", "INSERT INTO t VALUES (1, 'x', 2)", '"id" = 1'],
  ["several", "INSERT INTO t (a, id) VALUES ('x', 1), ('y', -2)", '"id" IN (1, -2)'],
  ["RETURNING", "INSERT INTO t (id) VALUES (1) RETURNING a", '"id" = 1'],
  [
    "a key of two columns",
    "INSERT INTO pair VALUES ('a', 1), ('b', 2)",
    `"k" = 'a' AND "n" = 1 OR "k" = 'b' AND "n" = 2`,
  ],
])("rows that an INSERT writes out are deleted by their key: %s", async (_, sql, where) => {
  const table = sql.includes("pair") ? "pair" : "t";
  const undo = await last([sql], ["CREATE TABLE pair (k TEXT, n INT, PRIMARY KEY (k, n)) WITHOUT ROWID"]);

  expect(undo).toEqual([`DELETE FROM main.${table} WHERE ${where}`]);
});

test.each([
  ["the key is counted", "INSERT INTO t (a) VALUES ('x')", [], "key is not given"],
  ["the key is NULL", "INSERT INTO t VALUES (NULL, 'x', 1)", [], "key is not given"],
  ["a column of type REAL would round the key", "INSERT INTO r VALUES (9007199254740993)", [], "key is not given"],
  ["and the same number as a string", "INSERT INTO r VALUES (' 9007199254740993.0')", [], "key is not given"],
  ["rowid overrides the key", "INSERT INTO t (id, rowid) VALUES (1, 2)", [], "names a column twice"],
  ["a column is named twice", "INSERT INTO t (id, id) VALUES (1, 2)", [], "names a column twice"],
  ["a row may be replaced", "INSERT OR REPLACE INTO t (id) VALUES (1)", [], "may change rows"],
  ["a row may be updated", "INSERT INTO t (id) VALUES (1) ON CONFLICT DO UPDATE SET b = 1", [], "may change rows"],
  [
    "the table replaces rows",
    "INSERT INTO w VALUES (1)",
    ["CREATE TABLE w (id INTEGER PRIMARY KEY ON CONFLICT REPLACE)"],
    "ON CONFLICT",
  ],
  [
    "a trigger does more",
    "INSERT INTO t (id) VALUES (1)",
    ["CREATE TRIGGER g AFTER INSERT ON t BEGIN DELETE FROM r; END"],
    "trigger",
  ],
  [
    "a temporary trigger does more",
    "INSERT INTO t (id) VALUES (1)",
    ["CREATE TEMP TRIGGER g AFTER INSERT ON main.t BEGIN DELETE FROM r; END"],
    "temporary",
  ],
  [
    "a foreign key acts on DELETE",
    "INSERT INTO t (id) VALUES (1)",
    ["CREATE TABLE c (t INT REFERENCES t ON DELETE CASCADE)"],
    "foreign key",
  ],
  [
    "the table counts",
    "INSERT INTO w VALUES (1)",
    ["CREATE TABLE w (id INTEGER PRIMARY KEY AUTOINCREMENT)"],
    "AUTOINCREMENT",
  ],
  ["it is a view", "INSERT INTO v VALUES (1)", [], "view"],
])("an INSERT has no inverse where %s", async (_, sql, setup, reason) => {
  expect(await last([sql], ["CREATE TABLE r (x REAL PRIMARY KEY)", ...setup])).toContain(reason);
});

test("a temporary object hides the one that a name means", async () => {
  const [, index, drop] = await derive(["CREATE TEMP TABLE t (id)", "CREATE INDEX x ON t (id)", "DROP INDEX x"]);

  expect(index?.derived).toMatchObject({ type: "none", reason: expect.stringContaining("temporary") as string });
  expect(drop?.derived).toMatchObject({ type: "none" });
});

test("behind what can't be followed nothing is tried out", async () => {
  for (const before of [
    "PRAGMA legacy_alter_table = ON",
    "UPDATE sqlite_schema SET sql = '' WHERE name = 'v'",
    "CREATE TABLE other.x (id)",
  ]) {
    const [, back] = await derive([before, "ALTER TABLE t RENAME TO u"]);

    expect(back?.derived).toMatchObject({ type: "none", reason: expect.stringContaining("it comes after") as string });
  }
});

test("the query of CREATE TABLE AS is never run, however long it would take", async () => {
  const endless = "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT x FROM c";

  const backs = await derive([
    `CREATE TABLE w AS ${endless}`,
    `CREATE TEMP TABLE x AS ${endless}`,
    "ALTER TABLE t ADD COLUMN c INT",
  ]);

  expect(backs[2]?.derived).toEqual({ type: "undo", statements: ["ALTER TABLE main.t DROP COLUMN c"] });
});

test("what was made here is known, with what stays inside it", async () => {
  const backs = await derive([
    "CREATE TABLE w (id INTEGER PRIMARY KEY, n INT)",
    "CREATE UNIQUE INDEX w_n ON w (n)",
    "INSERT INTO w SELECT id, b FROM t",
    "ALTER TABLE w ADD COLUMN c",
    "DELETE FROM w WHERE n > 3",
    "DROP INDEX w_n",
    "ALTER TABLE t ADD COLUMN d INT",
    "UPDATE t SET (d) = (SELECT 1), a = a",
    "WITH x AS (SELECT 1) UPDATE t SET d = b",
    "ALTER TABLE w RENAME COLUMN n TO m",
  ]);

  expect(backs.map(({ changes }) => changes)).toEqual([
    null,
    ...Array.from({ length: 5 }, () => ["table:w"]),
    null,
    ["column:t.d", "column:t.a"],
    ["column:t.d"],
    null,
  ]);
});

test("what a trigger or a foreign key may carry on does not stay inside", async () => {
  const backs = await derive([
    "CREATE TABLE w (id INTEGER PRIMARY KEY)",
    "CREATE TABLE c (w INT REFERENCES w ON DELETE CASCADE)",
    "INSERT INTO w VALUES (1)",
    "DELETE FROM w",
    "CREATE TRIGGER g AFTER INSERT ON w BEGIN DELETE FROM t; END",
    "INSERT INTO w VALUES (1)",
    "CREATE TEMP TRIGGER h AFTER INSERT ON c BEGIN DELETE FROM t; END",
    "INSERT INTO c VALUES (1)",
  ]);

  expect(backs.map(({ changes }) => changes)).toEqual([null, null, ["table:w"], null, null, null, null, null]);
});

test("rows that point to others of this migration are deleted before those", async () => {
  const backs = await derive([
    "CREATE TABLE c (id INTEGER PRIMARY KEY, t_id INT REFERENCES t (id))",
    "INSERT INTO c VALUES (1, NULL)",
    "INSERT INTO t (id) VALUES (9)",
    "INSERT INTO c VALUES (2, 9)",
    "INSERT INTO c SELECT 3, 9",
  ]);

  expect(backs.map(({ changes }) => changes)).toEqual([null, ["table:c"], null, null, null]);
  expect(backs[3]?.derived).toEqual({ type: "undo", statements: ['DELETE FROM main.c WHERE "id" = 2'] });
  expect(backs[4]?.derived.type).toBe("none");
});

test("a foreign key that does not fit the table keeps its rows from being deleted", async () => {
  const child = "CREATE TABLE c (t_x INT REFERENCES t (nowhere))";

  expect(await last(["INSERT INTO t (id) VALUES (1)"], [child])).toContain("foreign key of another table does not fit");
});

test.each([
  ["a trigger on the table", "CREATE TEMP TRIGGER g BEFORE DELETE ON t BEGIN DELETE FROM v; END", null],
  ["a view", "CREATE TEMP VIEW w AS SELECT 1", "alter"],
  ["a table that hides another one", "CREATE TEMP TABLE v (id)", "alter"],
  ["a table that hides nothing", "CREATE TEMP TABLE w (id)", "both"],
] as const)("what the migration leaves in its session counts: %s", async (_, temporary, exact) => {
  const [insert, alter] = await derive(["INSERT INTO t (id) VALUES (1)", "ALTER TABLE t ADD COLUMN c", temporary]);

  expect(insert?.derived.type).toBe(exact === null ? "none" : "undo");
  expect(alter?.derived.type).toBe(exact === "both" ? "undo" : "none");
});

test("statements of down match by what they mean", async () => {
  const down = [
    "DROP INDEX IF EXISTS T_b",
    'DROP TABLE temp."w"',
    "ALTER TABLE t RENAME 'c' TO a",
    "create index main.t_a on T (A)",
    "DELETE FROM t WHERE id = 1",
    "DROP TABLE x",
  ];

  const backs = await derive(
    [
      "CREATE INDEX t_b ON t (b)",
      "CREATE TABLE w (id)",
      "ALTER TABLE t RENAME A TO c",
      "ALTER TABLE t RENAME c TO a",
      "DROP INDEX t_a",
      "INSERT INTO t (id) VALUES (1)",
      "CREATE TABLE IF NOT EXISTS x (id)",
      "CREATE VIEW IF NOT EXISTS v AS SELECT 1",
    ],
    { down: [...down, "DROP VIEW v"] },
  );

  expect(backs.map(({ matches }) => matches)).toEqual([[0], [], [2], [], [3], [4], [5], []]);
});
