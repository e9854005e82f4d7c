/** Tables at random, and statements on them. Not every one is taken by a server: those that are count. */
import * as fc from "fast-check";

export interface RandomCase {
  readonly setup: readonly string[];
  readonly sql: string;
}

type Engine = "mysql" | "mariadb";

const columns = ["a", "b", "c", "`d d`", "e"] as const;
const indexes = ["i", "j", "k", "`l l`"] as const;
const fresh = ["x", "`y``y`", "Z"] as const;

const of = <T>(...values: readonly T[]): fc.Arbitrary<T> => fc.constantFrom(...values);
const column = of(...columns);

/** Text from pieces, each of them drawn when its turn comes. */
function text(strings: TemplateStringsArray, ...parts: readonly fc.Arbitrary<string>[]): fc.Arbitrary<string> {
  return fc.tuple(...parts).map((drawn) => strings.map((piece, at) => piece + (drawn[at] ?? "")).join(""));
}

function maybe(value: fc.Arbitrary<string>, weight = 1): fc.Arbitrary<string> {
  return fc.oneof({ weight: 3, arbitrary: fc.constant("") }, { weight, arbitrary: value });
}

const number = of("INT", "INT UNSIGNED", "BIGINT", "SMALLINT", "DECIMAL(8,2)", "TINYINT(1)");
const string = of(
  "VARCHAR(20)",
  "CHAR(5)",
  "VARCHAR(20) CHARACTER SET latin1",
  "VARCHAR(20) COLLATE utf8mb4_bin",
  "TEXT",
  "VARBINARY(10)",
);
const time = of(
  "DATE",
  "DATETIME(3)",
  "TIMESTAMP NULL",
  "TIMESTAMP NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP",
);
const type = fc.oneof(number, string, time, of("JSON", "POINT", "ENUM('x','y')", "BLOB"));

function attributes(engine: Engine): fc.Arbitrary<string> {
  const check = of(" CHECK (1 < 2)", " COMMENT 'it''s, \\\\ \"so\"'", " DEFAULT NULL");
  return maybe(
    fc.oneof(of(" NOT NULL", " UNIQUE"), check, engine === "mysql" ? of(" INVISIBLE") : of(" INVISIBLE DEFAULT 1")),
  );
}

function definition(engine: Engine, given: fc.Arbitrary<string> = type): fc.Arbitrary<string> {
  const generated = text` ${number} AS (${of("1 + 1", "a + 1", "LENGTH(b)")}) ${of("VIRTUAL", "STORED")}`;
  return fc.oneof({ weight: 7, arbitrary: text` ${given}${attributes(engine)}` }, { weight: 1, arbitrary: generated });
}

function part(engine: Engine): fc.Arbitrary<string> {
  const plain = fc.oneof({ weight: 5, arbitrary: column }, of("a(3)", "b(3)", "c(5)", "b DESC", "e DESC"));
  return engine === "mysql" ? fc.oneof({ weight: 6, arbitrary: plain }, of("(a + 1)", "(lower(b))")) : plain;
}

function parts(engine: Engine): fc.Arbitrary<string> {
  return fc.uniqueArray(part(engine), { minLength: 1, maxLength: 3 }).map((list) => list.join(", "));
}

function indexOptions(engine: Engine): fc.Arbitrary<string> {
  const hidden = engine === "mysql" ? " INVISIBLE" : " IGNORED";
  return maybe(of(" COMMENT 'c'", " USING BTREE", hidden, " USING HASH"));
}

/** An element of CREATE TABLE, or what stands behind ADD. */
function element(engine: Engine, name: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return fc.oneof(
    { weight: 4, arbitrary: text`${of("KEY", "UNIQUE KEY")} ${name} (${parts(engine)})${indexOptions(engine)}` },
    text`PRIMARY KEY (${parts(engine)})`,
    text`${of("FULLTEXT KEY", "SPATIAL KEY")} ${name} (${column})`,
    { weight: 2, arbitrary: text`CONSTRAINT ${name} CHECK (${column} ${of("> 0", "IS NOT NULL", "<> 'q''q'")})` },
    {
      weight: 3,
      arbitrary: text`CONSTRAINT ${name} FOREIGN KEY (${column}) REFERENCES ${of("p (id)", "p (k)", "p (v)", "t (a)")}${maybe(of(" ON DELETE CASCADE", " ON UPDATE SET NULL"))}`,
    },
    text`${of("KEY", "UNIQUE", "CHECK")} (${column})`,
    text`FOREIGN KEY (${column}) REFERENCES p (id)`,
  );
}

function options(engine: Engine): fc.Arbitrary<string> {
  const others =
    engine === "mariadb" ? of(" ENGINE=Aria", " ENGINE=MyISAM", " WITH SYSTEM VERSIONING") : of(" ENGINE=MyISAM");
  return text`${maybe(others)}${maybe(of(" COMMENT='about COMMENT=''x'''", " CHARACTER SET latin1", " ROW_FORMAT=COMPACT"))}`;
}

const parent =
  "CREATE TABLE p (id INT NOT NULL, k BIGINT, v VARCHAR(20), PRIMARY KEY (id), UNIQUE KEY (k), UNIQUE KEY (v))";

/** Statements after the first two are left out where a server refuses them. */
function setup(engine: Engine): fc.Arbitrary<readonly string[]> {
  const types = [of("INT", "INT NOT NULL", "BIGINT"), string, type, of("INT", "VARCHAR(20)"), fc.oneof(number, time)];
  const table = fc
    .tuple(
      ...columns.map((name, at) =>
        (at === 0 ? types[0]! : definition(engine, types[at])).map((sql) => `${name} ${sql}`),
      ),
    )
    .map((definitions) => definitions.join(", "));
  const elements = fc.uniqueArray(element(engine, of(...indexes)), { minLength: 1, maxLength: 6 });
  const more = of(
    "CREATE TRIGGER g BEFORE INSERT ON t FOR EACH ROW SET @g = 1",
    "CREATE VIEW v AS SELECT a, b FROM t",
    "CREATE TABLE child (id INT PRIMARY KEY, t_a INT, KEY (t_a), CONSTRAINT child_fk FOREIGN KEY (t_a) REFERENCES t (a))",
    "ALTER TABLE t ADD CONSTRAINT t_ibfk_5 FOREIGN KEY (`d d`) REFERENCES p (id)",
    "INSERT INTO t (a, b) VALUES (1, 'one')",
    "INSERT INTO t (a) VALUES (2)",
  );
  const partitioned = maybe(of(" PARTITION BY HASH (a) PARTITIONS 2", " PARTITION BY KEY (a) PARTITIONS 2"));
  return fc
    .tuple(table, options(engine), elements, fc.uniqueArray(more, { maxLength: 4 }), partitioned)
    .map(([list, rest, added, others, partitions]) => [
      parent,
      `CREATE TABLE t (${list})${rest}`,
      ...added.map((one) => `ALTER TABLE t ADD ${one}`),
      `ALTER TABLE t${partitions}`,
      ...others,
    ]);
}

function action(engine: Engine): fc.Arbitrary<string> {
  const index = of(...indexes);
  const name = of(...fresh);
  const hide = engine === "mysql" ? of("INVISIBLE", "VISIBLE") : of("IGNORED", "NOT IGNORED");
  return fc.oneof(
    { weight: 4, arbitrary: text`ADD COLUMN ${name}${definition(engine)}${maybe(of(" FIRST", " AFTER b"))}` },
    { weight: 6, arbitrary: text`ADD ${element(engine, name)}` },
    { weight: 4, arbitrary: text`DROP INDEX ${index}` },
    { weight: 2, arbitrary: text`DROP FOREIGN KEY ${index}` },
    { weight: 2, arbitrary: text`DROP CONSTRAINT ${index}` },
    of("DROP PRIMARY KEY", "COMMENT = 'new'", "FORCE", "ENGINE = InnoDB", "DROP FOREIGN KEY t_ibfk_5"),
    { weight: 3, arbitrary: text`RENAME COLUMN ${column} TO ${fc.oneof(name, column)}` },
    { weight: 2, arbitrary: text`RENAME INDEX ${index} TO ${fc.oneof(name, index)}` },
    text`ALTER INDEX ${index} ${hide}`,
    of("RENAME TO u", "RENAME TO `t t`", "RENAME TO x"),
  );
}

function statement(engine: Engine): fc.Arbitrary<string> {
  const actions = fc.uniqueArray(action(engine), { minLength: 1, maxLength: 3 }).map((list) => list.join(", "));
  const values = fc.oneof(of("7", "'seven'", "NULL", "DEFAULT", "-3", "0", "1 + 1"));
  const insert = fc
    .tuple(
      of("", " (a)", " (b)", " (a, b)"),
      fc.array(fc.array(values, { minLength: 1, maxLength: 5 }), { minLength: 1, maxLength: 2 }),
    )
    .map(([names, rows]) => `INSERT INTO t${names} VALUES ${rows.map((row) => `(${row.join(", ")})`).join(", ")}`);
  return fc.oneof(
    { weight: 8, arbitrary: text`ALTER TABLE t ${actions}` },
    { weight: 2, arbitrary: text`CREATE ${of("", "UNIQUE ")}INDEX x ON t (${parts(engine)})${indexOptions(engine)}` },
    text`DROP INDEX ${of(...indexes)} ON t`,
    { weight: 2, arbitrary: insert },
    of(
      "RENAME TABLE t TO u",
      "RENAME TABLE p TO q",
      "RENAME TABLE t TO u, p TO t",
      "RENAME TABLE v TO w",
      "RENAME TABLE p TO x, t TO p, x TO t",
    ),
    text`CREATE TABLE n (${definition(engine).map((sql) => `id${sql}`)})`,
    of(
      "CREATE TABLE n LIKE t",
      "CREATE TABLE n AS SELECT * FROM t",
      "ALTER TABLE p ADD UNIQUE KEY x (id, k)",
      "ALTER TABLE p RENAME COLUMN k TO x",
    ),
  );
}

/** Several statements on tables that are there, one after the other. */
export interface RandomMigration {
  readonly setup: readonly string[];
  readonly sqls: readonly string[];
}

/** Mostly of a kind that has an inverse, and again on what others of them have made. */
export function randomMigration(engine: Engine): fc.Arbitrary<RandomMigration> {
  const one = fc.oneof({ weight: 5, arbitrary: gentle(engine) }, { weight: 1, arbitrary: statement(engine) });
  const beginning = fc.oneof({ weight: 4, arbitrary: plainSetup }, { weight: 1, arbitrary: setup(engine) });
  return fc.record({ setup: beginning, sqls: fc.array(one, { minLength: 3, maxLength: 6 }) });
}

/** Tables of which nothing stands in the way of undos. */
const plainSetup: fc.Arbitrary<readonly string[]> = fc
  .tuple(
    fc.subarray([
      "ADD PRIMARY KEY (a)",
      "ADD UNIQUE KEY i (c)",
      "ADD KEY j (c, e)",
      "ADD KEY k (e)",
      "ADD CONSTRAINT `l l` CHECK (c <> 4)",
      "ADD KEY f (e), ADD CONSTRAINT fk FOREIGN KEY (e) REFERENCES p (k)",
    ]),
    fc.boolean(),
  )
  .map(([added, filled]) => [
    parent,
    "CREATE TABLE t (a INT NOT NULL, b VARCHAR(20), c INT, `d d` DATE, e BIGINT) COMMENT='old'",
    ...added.map((one) => `ALTER TABLE t ${one}`),
    ...(filled ? ["INSERT INTO t (a, b, c) VALUES (1, 'one', 1), (2, 'two', 2)"] : []),
  ]);

function gentle(engine: Engine): fc.Arbitrary<string> {
  const made = of("x", "y", "z");
  const added = text`${number}${maybe(of(" NOT NULL", " DEFAULT 7", " COMMENT 'c'"))}${maybe(of(" FIRST", " AFTER a", " AFTER x"))}`;
  const keys = fc
    .uniqueArray(of(...columns, "x", "y", "z"), { minLength: 1, maxLength: 2 })
    .map((list) => list.join(", "));
  const index = of(...indexes, "x", "y", "z");
  const action = fc.oneof(
    { weight: 5, arbitrary: text`ADD COLUMN ${made} ${added}` },
    { weight: 4, arbitrary: text`ADD ${of("KEY", "UNIQUE KEY")} ${made} (${keys})` },
    { weight: 2, arbitrary: text`ADD CONSTRAINT ${made} CHECK (${of("a", "x", "y")} <> 5)` },
    {
      weight: 2,
      arbitrary: text`ADD CONSTRAINT ${made} FOREIGN KEY (${of("a", "x", "z")}) REFERENCES p (${of("id", "k")})`,
    },
    { weight: 2, arbitrary: text`DROP INDEX ${index}` },
    { weight: 2, arbitrary: text`RENAME INDEX ${index} TO ${made}` },
    text`DROP ${of("CONSTRAINT", "FOREIGN KEY", ...(engine === "mysql" ? ["CHECK"] : []))} ${index}`,
    of("COMMENT = 'new'", "COMMENT = 'newer'", "ADD PRIMARY KEY (a)", "DROP PRIMARY KEY"),
  );
  return fc.oneof(
    {
      weight: 8,
      arbitrary: fc.array(action, { minLength: 1, maxLength: 2 }).map((list) => `ALTER TABLE t ${list.join(", ")}`),
    },
    { weight: 2, arbitrary: text`CREATE INDEX ${made} ON t (${keys})` },
    text`DROP INDEX ${index} ON t`,
    text`INSERT INTO t (a, b) VALUES (${of("50", "51")}, 'fifty')`,
    of(
      "ALTER TABLE t RENAME TO u",
      "ALTER TABLE u RENAME TO t",
      "RENAME TABLE p TO q",
      "ALTER TABLE p RENAME COLUMN k TO x",
    ),
  );
}

export function randomCase(engine: Engine): fc.Arbitrary<RandomCase> {
  return fc.record({ setup: setup(engine), sql: statement(engine) });
}
