/** Statements of each kind that a server is killed in, with what they need. */

export interface KilledStatement {
  readonly sql: string;
  readonly setup: readonly string[];
  /** Its time is counted in milliseconds, so that it is sent just before the server is killed. */
  readonly quick: boolean;
}

type Engine = "mysql" | "mariadb";

/** A table with rows enough that work on it takes a while. Its content comes from `template`. */
const template = "surefoot_template.big";
const columns = "(id INT NOT NULL, a INT, b VARCHAR(100), KEY (a))";

export function makeTemplate(rowCount: number): readonly string[] {
  const doublings = Math.ceil(Math.log2(rowCount));
  return [
    "CREATE DATABASE surefoot_template",
    `CREATE TABLE ${template} ${columns} ENGINE=InnoDB`,
    `INSERT INTO ${template} VALUES (0, 0, REPEAT('b', 90))`,
    ...Array.from(
      { length: doublings },
      (_, at) => `INSERT INTO ${template} SELECT id + ${2 ** at}, (a * 7 + ${at}) % 1000, b FROM ${template}`,
    ),
  ];
}

function table(name: string, rest = "ENGINE=InnoDB"): readonly string[] {
  return [`CREATE TABLE ${name} ${columns} ${rest}`, `INSERT INTO ${name} SELECT * FROM ${template}`];
}

const big = table("big");
const key = "ALTER TABLE big ADD PRIMARY KEY (id)";
const small = "CREATE TABLE small (id INT NOT NULL PRIMARY KEY, a INT) ENGINE=InnoDB";
const other = "CREATE TABLE other (id INT NOT NULL PRIMARY KEY, a INT) ENGINE=InnoDB";
const views = ["CREATE VIEW v AS SELECT 1 AS one", "CREATE VIEW w AS SELECT 2 AS two"];
const trigger = "CREATE TRIGGER g BEFORE INSERT ON small FOR EACH ROW SET NEW.a = 1";
const parts = "ENGINE=InnoDB PARTITION BY RANGE (id) (PARTITION p0 VALUES LESS THAN MAXVALUE)";

function long(sql: string, ...setup: readonly string[]): KilledStatement {
  return { sql, setup, quick: false };
}

function quick(sql: string, ...setup: readonly string[]): KilledStatement {
  return { sql, setup, quick: true };
}

const onBoth: readonly KilledStatement[] = [
  long("ALTER TABLE big ADD COLUMN x INT NOT NULL DEFAULT 7, ALGORITHM=COPY", ...big),
  long("ALTER TABLE big ADD COLUMN x INT, DROP COLUMN b, RENAME TO y, COMMENT = 'new', ALGORITHM=COPY", ...big),
  long("CREATE INDEX x ON big (b, a)", ...big),
  long("CREATE TABLE x AS SELECT * FROM big", ...big),
  long(
    "ALTER TABLE big ADD CONSTRAINT x FOREIGN KEY (id) REFERENCES big2 (id)",
    ...big,
    key,
    ...table("big2"),
    "ALTER TABLE big2 ADD PRIMARY KEY (id)",
  ),
  long(
    "ALTER TABLE big REORGANIZE PARTITION p0 INTO (PARTITION q VALUES LESS THAN (1000), PARTITION r VALUES LESS THAN MAXVALUE)",
    ...table("big", parts),
  ),
  long("OPTIMIZE TABLE big", ...big),
  long("ALTER TABLE big FORCE", ...big),
  long("UPDATE big SET b = 'changed'", ...big),
  long("INSERT INTO big SELECT * FROM surefoot_template.big", ...big),
  long("DELETE FROM big WHERE a > 10", ...big),
  long("UPDATE big SET b = 'changed'", ...table("big", "ENGINE=MyISAM")),
  long("ALTER TABLE big ADD COLUMN x INT NOT NULL DEFAULT 7", ...table("big", "ENGINE=MyISAM")),
  long("ALTER TABLE big PARTITION BY KEY (id) PARTITIONS 3", ...big),
  quick("DROP TABLE big", ...big),
  quick("TRUNCATE TABLE big", ...big),
  quick("DROP TABLE big, small", ...big, small),
  quick("DROP VIEW v, w", ...views),
  quick("DROP VIEW v", ...views),
  quick("RENAME TABLE small TO x, other TO small, x TO other", small, other, trigger),
  quick("ALTER TABLE small ADD COLUMN x INT", small),
  quick("CREATE TABLE x (id INT PRIMARY KEY, a INT, KEY (a)) ENGINE=InnoDB"),
  quick("CREATE VIEW x AS SELECT 1 AS one"),
  quick("CREATE OR REPLACE VIEW v AS SELECT 3 AS three", ...views),
  quick("CREATE TRIGGER x AFTER INSERT ON small FOR EACH ROW SET @x = 1", small),
  quick("DROP TRIGGER g", small, trigger),
  quick("CREATE PROCEDURE x() SELECT 1"),
  quick("DROP PROCEDURE p", "CREATE PROCEDURE p() SELECT 1"),
  quick("CREATE EVENT x ON SCHEDULE EVERY 1 YEAR STARTS '2035-01-01 00:00:00' DO SET @x = 1"),
  quick("DROP EVENT e", "CREATE EVENT e ON SCHEDULE EVERY 1 YEAR STARTS '2035-01-01 00:00:00' DO SET @x = 1"),
];

const onMariadb: readonly KilledStatement[] = [
  long("CREATE OR REPLACE TABLE big AS SELECT id FROM surefoot_template.big", ...big),
  long("ALTER TABLE big ADD COLUMN x INT NOT NULL DEFAULT 7, ALGORITHM=COPY", ...table("big", "ENGINE=Aria")),
  long("ALTER TABLE big ENGINE=InnoDB", ...table("big", "ENGINE=MyISAM")),
  quick("CREATE OR REPLACE TABLE small (x INT)", small),
  quick("CREATE OR REPLACE TRIGGER g BEFORE INSERT ON small FOR EACH ROW SET NEW.a = 2", small, trigger),
  quick("CREATE OR REPLACE PROCEDURE p() SELECT 2", "CREATE PROCEDURE p() SELECT 1"),
  quick("CREATE SEQUENCE x"),
  quick("DROP SEQUENCE s", "CREATE SEQUENCE s"),
];

export const killedStatements: { readonly [E in Engine]: readonly KilledStatement[] } = {
  mysql: onBoth,
  mariadb: [...onBoth, ...onMariadb],
};
