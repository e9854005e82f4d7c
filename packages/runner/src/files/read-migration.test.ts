import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { SurefootError } from "../error.ts";
import type { MigrationFile } from "./migration.ts";
import { readMigration } from "./read-migration.ts";

function fixture(name: string): string {
  return readFileSync(join(import.meta.dirname, "fixtures", `${name}.sql`), "utf8");
}

function read(text: string): MigrationFile {
  return readMigration("migrations/0009_orders.sql", text, "mysql");
}

/** The error that a text or a fixture is refused with. */
function refusal(act: () => unknown): SurefootError {
  try {
    act();
  } catch (error) {
    if (error instanceof SurefootError) return error;
    throw error;
  }
  throw new Error("The file was accepted.");
}

test("a file is read into its parts", () => {
  const text = fixture("0007_everything");
  const placed = (sql: string, offset: number) => {
    const above = text.slice(0, offset).split("\n");
    return { sql, offset, line: above.length, column: above.at(-1)!.length + 1 };
  };
  const at = (sql: string) => placed(sql, text.indexOf(sql));
  const last = (sql: string) => placed(sql, text.lastIndexOf(sql));

  const file = readMigration("migrations/0007_everything.sql", text, "mysql");

  expect(file).toEqual({
    id: "0007_everything",
    path: "migrations/0007_everything.sql",
    number: 7n,
    depends: [
      { id: "0001_users", optional: false, line: 2 },
      { id: "0002_audit", optional: true, line: 3 },
    ],
    options: { transaction: "step", recovery: "resume", lockTimeoutMs: 5_000, data: ["orders", "notes"] },
    allow: [{ rule: "no-foreign-key", reason: "billing needs it, agreed in PR 812", line: 8 }],
    pre: [
      {
        name: "no order without a user",
        expect: "true",
        statement: at("SELECT COUNT(*) = 0 FROM orders WHERE user_id IS NULL"),
      },
      { name: "no note yet", expect: "empty", statement: at("(SELECT 1 FROM notes)") },
    ],
    up: [
      {
        ...at("ALTER TABLE orders ADD COLUMN note VARCHAR(200)"),
        undo: {
          type: "given",
          statements: [
            at("ALTER TABLE orders DROP COLUMN note"),
            at("DELETE FROM notes"),
            placed("SELECT 1", text.indexOf("SELECT 1;")),
          ],
        },
        probe: null,
        count: 1,
        timeouts: {},
      },
      {
        ...at("CREATE INDEX orders_note ON orders (note)"),
        undo: { type: "given", statements: [at("DROP INDEX orders_note\n     ON orders"), at("SELECT 'é;'")] },
        probe: at("SELECT COUNT(*) = 1 FROM orders WHERE note = 'x'"),
        count: 1,
        timeouts: { timeoutMs: 250, lockTimeoutMs: 3_600_000 },
      },
      {
        ...last("DELETE FROM notes"),
        undo: { type: "none", reason: "the notes were copies", line: 28 },
        probe: at("WITH n AS (SELECT 1)\n   SELECT * FROM n"),
        count: 1,
        timeouts: {},
      },
    ],
    post: [
      {
        name: "the column is there",
        expect: "true",
        statement: at(
          "SELECT COUNT(*) = 1 FROM information_schema.columns\n WHERE table_name = 'orders' AND column_name = 'note'",
        ),
      },
    ],
    down: { statements: [at("DROP INDEX orders_note ON orders"), last("ALTER TABLE orders DROP COLUMN note")] },
    checksums: {
      up: expect.stringMatching(/^[0-9a-f]{32}$/),
      undo: expect.any(String),
      down: expect.any(String),
      checks: expect.any(String),
      header: expect.any(String),
    },
  });
});

test("a file of Windows, with a byte order mark, has the checksums of the same file without", () => {
  const text = fixture("0007_everything");
  const windows = `\uFEFF${text.replaceAll("\n", "\r\n")}`;

  const one = read(text);
  const other = read(windows);

  expect(other.checksums).toEqual(one.checksums);
  for (const { sql, offset } of other.up) expect(windows.slice(1).startsWith(sql, offset)).toBe(true);
});

/** A digest that is not this one. */
const other = (sum: string): unknown => expect.not.stringMatching(new RegExp(`^${sum}$`));

test("comments don't count for the checksum of `up`, nor do undos, checks and header; SQL does", () => {
  const { up, undo, down, checks, header } = read("-- migrate:up\nSELECT 1;").checksums;

  expect(read("-- why\n-- migrate:up\n/* what */ SELECT /* one */\n1 -- end\n").checksums).toEqual({
    up,
    undo,
    down,
    checks,
    header,
  });
  expect(read("-- migrate:up\nSELECT 2;").checksums).toEqual({
    up: other(up),
    undo,
    down,
    checks,
    header,
  });
  expect(read("-- migrate:up\nSELECT 1;\n-- migrate:undo SELECT 2;").checksums).toEqual({
    up,
    undo: other(undo),
    down,
    checks,
    header,
  });
  expect(read("-- migrate:up\nSELECT 1;\n-- migrate:undo none: x").checksums).toEqual({
    up,
    undo: other(undo),
    down,
    checks,
    header,
  });
  expect(read("-- migrate:up\nSELECT 1;\n-- migrate:down").checksums).toEqual({
    up,
    undo,
    down: other(down),
    checks,
    header,
  });
  expect(read("-- migrate:up\nSELECT 1;\n-- migrate:post a\nSELECT 1").checksums).toEqual({
    up,
    undo,
    down,
    checks: other(checks),
    header,
  });
  expect(read("-- migrate:depends 1_a\n-- migrate:up\nSELECT 1;").checksums).toEqual({
    up,
    undo,
    down,
    checks,
    header: other(header),
  });
});

test("dbmate's file works as it is, its last statement without a delimiter too", () => {
  const file = readMigration("0006_dbmate.sql", fixture("0006_dbmate"), "mysql");

  expect(file.up.map(({ sql }) => sql)).toEqual([
    "CREATE TABLE orders (id INT PRIMARY KEY)",
    "CREATE INDEX orders_id ON orders (id)",
  ]);
  expect(file.options).toEqual({ transaction: "none" });
  expect(file.down).toMatchObject({ statements: [{ sql: "DROP TABLE orders" }], transaction: "none" });
});

test.each(["mysql", "mariadb", "sqlite"] as const)(
  "directives in strings, bodies and block comments are text in %s",
  (dialect) => {
    const text = fixture("0003_text_like_directives");
    const forDialect = dialect === "sqlite" ? text.replace("ON orders FOR EACH ROW BEGIN", "ON orders BEGIN") : text;

    const file = readMigration("0003_text_like_directives.sql", forDialect, dialect);

    expect(file.up.map(({ sql, line, undo }) => [sql.split(" ", 2).join(" "), line, undo])).toEqual([
      ["CREATE TRIGGER", 2, null],
      ["INSERT INTO", 12, null],
    ]);
    expect(file.down?.statements.map(({ sql }) => sql)).toEqual(["DROP TRIGGER orders_note"]);
  },
);

test("a section ends an unfinished statement and resets DELIMITER", () => {
  const file = readMigration("0008_delimiter.sql", fixture("0008_delimiter"), "mysql");

  expect(file.up.map(({ sql, line }) => [sql.slice(-13), line])).toEqual([
    ["SELECT 1;\nEND", 3],
    ["SELECT 2;\nEND", 7],
  ]);
  expect(file.down?.statements).toHaveLength(2);
});

test("`up` may be empty, and `transaction:true` asks for nothing", () => {
  expect(read("-- migrate:up transaction:true\n")).toMatchObject({ up: [], down: null, options: {} });
});

test("an undo's last line needs no delimiter when nothing could belong to it", () => {
  const file = read("-- migrate:up\nSELECT 1;\n-- migrate:undo SELECT 2\n-- migrate:undo SELECT 3\n\nSELECT 4;");

  expect(file.up).toMatchObject([{ undo: { statements: [{ sql: "SELECT 2" }, { sql: "SELECT 3" }] } }, { undo: null }]);
});

test.each([
  ["0001_nothing_after_undo", "3:1: `migrate:undo` has nothing after it"],
  ["0002_unknown_directive", "3:1: There is no directive `migrate:dwon`. Did you mean `migrate:down`?"],
  ["0004_two_statements_in_a_check", "3:1: `pre no order without a user` already has its statement, in line 2"],
  ["0005_expect_empty_as_name", "3:1: What is expected is not part of the name"],
])("the file %s is refused", (name, message) => {
  const error = refusal(() => readMigration(`m/${name}.sql`, fixture(name), "mysql"));

  expect(error.code).toBe("MIGRATION_FILE_INVALID");
  expect(error.message).toContain(`m/${name}.sql:${message}`);
  expect(error.place).toEqual({ file: `m/${name}.sql`, line: 3, column: 1 });
});

test.each([
  ["no section at all", "", "1:1: The file has no `up` section"],
  ["no `up`", "-- migrate:pre a\nSELECT 1;\n", "3:1: The file has no `up` section"],
  ["a statement above all sections", "-- x\nSELECT 1;\n-- migrate:up", "2:1: This statement stands in no section"],
  ["two `up`", "-- migrate:up\nSELECT 1;\n-- migrate:up", "3:1: This is the second `migrate:up`"],
  ["two `down`", "-- migrate:up\n-- migrate:down\n-- migrate:down", "3:1: This is the second `migrate:down`"],
  ["`down` above `up`", "-- migrate:down\n-- migrate:up", "1:1: `migrate:down` stands above `migrate:up`"],
  ["`post` above `up`", "-- migrate:post a\nSELECT 1;\n-- migrate:up", "1:1: `migrate:post` stands above `migrate:up`"],
  ["`pre` below `up`", "-- migrate:up\n-- migrate:pre a\nSELECT 1", "2:1: `migrate:pre` stands too late"],
  [
    "`post` below `down`",
    "-- migrate:up\n-- migrate:down\n-- migrate:post a\nSELECT 1",
    "3:1: `migrate:post` stands too late",
  ],
  [
    "`depends` below `pre`",
    "-- migrate:pre a\nSELECT 1;\n-- migrate:depends 1_a\n-- migrate:up",
    "3:1: `migrate:depends` stands too late",
  ],
  ["`allow` in `up`", "-- migrate:up\n-- migrate:allow a: b", "2:1: `migrate:allow` stands too late"],
  ["a dependency on itself", "-- migrate:depends 0009_orders\n-- migrate:up", "1:1: `0009_orders` depends on itself"],
  [
    "a dependency twice",
    "-- migrate:depends 1_a\n-- migrate:depends 1_a optional\n-- migrate:up",
    "2:1: Line 1 already names `1_a`",
  ],
  [
    "an option twice",
    "-- migrate:option timeout=1s\n-- migrate:option timeout=2s\n-- migrate:up",
    "2:1: This option was already given",
  ],
  [
    "an option of the file in `up`",
    "-- migrate:up\n-- migrate:option recovery=stop\nSELECT 1",
    "2:1: Inside `up` only `timeout`",
  ],
  [
    "an option in `down`",
    "-- migrate:up\n-- migrate:down\n-- migrate:option timeout=1s",
    "3:1: `migrate:option` stands in `down`",
  ],
  [
    "a timeout twice",
    "-- migrate:up\n-- migrate:option timeout=1s\n-- migrate:option timeout=2s\nSELECT 1",
    "3:1: This option was already given",
  ],
  [
    "a timeout for no statement",
    "-- migrate:up\nSELECT 1;\n-- migrate:option timeout=1s\n",
    "3:1: No statement of `up` follows",
  ],
  [
    "a contradiction about the transaction",
    "-- migrate:option transaction=step\n-- migrate:up transaction:false",
    "2:1: `transaction:false` contradicts",
  ],
  ["a check without a statement", "-- migrate:pre a\n-- migrate:up", "1:1: `pre a` has no statement"],
  ["a last check without a statement", "-- migrate:up\n-- migrate:post a\n", "2:1: `post a` has no statement"],
  ["a check that writes", "-- migrate:pre a\nDELETE FROM t;\n-- migrate:up", "2:1: `pre a` does not read"],
  [
    "an undo above all statements",
    "-- migrate:up\n-- migrate:undo SELECT 1;",
    "2:1: `migrate:undo` belongs directly below",
  ],
  [
    "an undo in `down`",
    "-- migrate:up\nSELECT 1;\n-- migrate:down\n-- migrate:undo SELECT 1;",
    "4:1: `migrate:undo` belongs directly below",
  ],
  ["a probe in the header", "-- migrate:probe SELECT 1;\n-- migrate:up", "1:1: `migrate:probe` belongs directly below"],
  [
    "an undo below an option",
    "-- migrate:up\nSELECT 1;\n-- migrate:option timeout=1s\n-- migrate:undo SELECT 1;\nSELECT 2;",
    "4:1: `migrate:undo` belongs directly below",
  ],
  [
    "an undo in an unfinished statement",
    "-- migrate:up\nSELECT 1\n  -- migrate:undo SELECT 2;\n;",
    "3:3: `migrate:undo` stands inside the statement that begins in line 2",
  ],
  [
    "an undo of comments only",
    "-- migrate:up\nSELECT 1;\n/* migrate:undo\n-- later\n*/",
    "3:1: `migrate:undo` has nothing after it",
  ],
  [
    "an undo that seems to go on",
    "-- migrate:up\nSELECT 1;\n-- migrate:undo DELETE FROM t\n-- WHERE x = 1;",
    "3:1: `migrate:undo` ends without `;`",
  ],
  [
    "`undo none` twice",
    "-- migrate:up\nSELECT 1;\n-- migrate:undo none: a\n-- migrate:undo none: b",
    "4:1: Line 3 already says `undo none`",
  ],
  [
    "`undo none` below an undo",
    "-- migrate:up\nSELECT 1;\n-- migrate:undo SELECT 1;\n-- migrate:undo none: b",
    "4:1: The statement above has both",
  ],
  [
    "an undo below `undo none`",
    "-- migrate:up\nSELECT 1;\n-- migrate:undo none: b\n-- migrate:undo SELECT 1;",
    "4:1: The statement above has both",
  ],
  [
    "a probe twice",
    "-- migrate:up\nSELECT 1;\n-- migrate:probe SELECT 1;\n-- migrate:probe SELECT 2;",
    "4:1: The statement above already has a probe, in line 3",
  ],
  [
    "a probe of two statements",
    "-- migrate:up\nSELECT 1;\n-- migrate:probe SELECT 1; SELECT 2;",
    "3:28: A probe is exactly one statement",
  ],
  [
    "a probe that writes",
    "-- migrate:up\nSELECT 1;\n/* migrate:probe\n  DELETE FROM t; */",
    "4:3: The probe does not read",
  ],
  [
    "a string that is not closed",
    "-- migrate:up\nSELECT 'a;\n-- migrate:down",
    "2:8: The string that begins here is never closed",
  ],
  [
    "a string that is not closed in an undo",
    "-- migrate:up\nSELECT 1;\n/* migrate:undo SELECT 1;\n  SELECT 'a; */",
    "4:10: The string",
  ],
  [
    "a body that is not closed",
    "-- migrate:up\nCREATE TRIGGER t BEFORE INSERT ON a FOR EACH ROW\nBEGIN SELECT 1;\n-- migrate:down",
    "3:1: The body is not finished",
  ],
  ["a marker of goose", "-- +goose Up\nSELECT 1;", "1:1: `+goose Up` is a marker of goose"],
  [
    "a marker of Liquibase",
    "--liquibase formatted sql\n--changeset a:1\nSELECT 1;",
    "1:1: `liquibase formatted sql` is a marker of Liquibase",
  ],
])("%s is refused with its place", (_name, text, message) => {
  const error = refusal(() => read(text));

  expect(error.code).toBe("MIGRATION_FILE_INVALID");
  expect(error.message).toContain(`migrations/0009_orders.sql:${message}`);
  expect(error.message.startsWith(`${error.place?.file}:${error.place?.line}:${error.place?.column}: `)).toBe(true);
});

test("a name that does not fit is refused", () => {
  expect(refusal(() => readMigration("users.sql", "-- migrate:up", "sqlite")).message).toContain(
    "users.sql:1:1: The name does not fit",
  );
});
