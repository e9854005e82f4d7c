import type { StepClass } from "@surefoot/model";

export interface ClassRule {
  readonly class: StepClass | "session";
  /** Completes "it is of this class because it …". */
  readonly why: string;
  /** Where that is known from, when it leans on the engine's behaviour. */
  readonly source?: string;
}

const measured = "measured by killing servers: test/sql/reader-kill.test.ts, docs/databases.md";
const atomicMysql = 'MySQL Reference Manual, "Atomic Data Definition Statement Support"';
const atomicMariadb = 'MariaDB documentation, "Atomic DDL"';

/** Why a statement is of its class. `plan` shows the reason, and documentation is generated from this table. */
export const classRules = {
  session: { class: "session", why: "changes only this session" },
  temporary_table: { class: "session", why: "changes only temporary tables of this session" },
  table_locks: { class: "session", why: "is left out: Surefoot holds a lease instead" },
  reading: { class: "transactional", why: "reads only" },
  upkeep: { class: "atomic", why: "changes neither schema nor rows, so that it can run twice" },
  rows: { class: "transactional", why: "commits with its record" },
  rows_alone: { class: "opaque", why: "commits by itself, and nothing shows whether it did" },
  rows_engine: {
    class: "opaque",
    why: "writes to a table whose engine has no transactions, so that some of its rows may stay",
    source: measured,
  },
  rows_unknown: { class: "opaque", why: "writes to something that is not known to be a table with transactions" },
  rows_trigger: { class: "opaque", why: "fires a trigger that does more than can be read" },
  stored_function: { class: "opaque", why: "calls a stored function, which may do anything" },
  sequence_value: { class: "opaque", why: "takes values from a sequence, which no rollback gives back" },
  writes_file: { class: "opaque", why: "writes a file on the server" },
  ddl: {
    class: "atomic",
    why: "commits by itself, wholly or not at all, and its effect shows in the schema",
    source: `${atomicMysql}; ${atomicMariadb}; ${measured}`,
  },
  ddl_engine: {
    class: "opaque",
    why: "changes a table of an engine without atomic DDL, so that it may be done by half",
    source: `${atomicMysql}; ${measured}`,
  },
  drop_several: {
    class: "opaque",
    why: "drops one after the other, so that some may be left; drop each in a statement of its own",
    source: `${atomicMariadb}; ${measured}`,
  },
  replace_table: {
    class: "opaque",
    why: "drops the old one before it makes the new one, so that neither may be left",
    source: `${atomicMariadb}; ${measured}`,
  },
  sequence_made: {
    class: "opaque",
    why: "makes the sequence before it fills it, so that one may be left that does not open",
    source: measured,
  },
  partitioning: {
    class: "opaque",
    why: "partitions a whole table, which can leave one that no longer opens",
    source: measured,
  },
  create_select: {
    class: "opaque",
    why: "makes the table and fills it in two commits before MySQL 8.0.21",
    source: 'MySQL Reference Manual, "CREATE TABLE … SELECT Statement"',
  },
  moves_rows: { class: "opaque", why: "moves or removes rows, which the schema does not show" },
  unseen: { class: "opaque", why: "changes nothing that the schema shows" },
  truncate: { class: "opaque", why: "empties the table, which the schema does not show" },
  marked: { class: "atomic", why: "commits by itself under a GTID that tells whether it did" },
  other_schema: { class: "opaque", why: "changes another database, which nothing compares" },
  server: { class: "opaque", why: "changes the server, which nothing compares" },
  program: { class: "opaque", why: "runs a program, which may do anything" },
  transaction_control: { class: "opaque", why: "would end or begin the transaction that is Surefoot's" },
  server_lock: { class: "opaque", why: "would lock out Surefoot as well" },
  unread: { class: "opaque", why: "can't be read" },
} as const satisfies { readonly [id: string]: ClassRule };

export type ClassRuleId = keyof typeof classRules;

/** Engines whose rows commit with those of the journal. */
export const transactionalEngines: ReadonlySet<string> = new Set(["innodb"]);

/** Engines whose DDL is atomic. Others may be as well; what is not known counts as if it were not. */
export const atomicEngines: { readonly [D in "mysql" | "mariadb"]: ReadonlySet<string> } = {
  mysql: new Set(["innodb"]),
  mariadb: new Set(["innodb", "myisam", "aria"]),
};

/** Since when CREATE TABLE … SELECT is one commit. */
export const createSelectIsAtomicFrom = { mysql: 80_021, mariadb: 100_600 } as const;

/** Why a statement may not run here, and what to do instead. */
export const refusals = {
  transaction_control:
    "Surefoot itself begins and ends the transaction; remove this statement, or choose `-- migrate:option transaction=…`",
  server_lock: "it locks what Surefoot itself must write to; remove this statement",
  own_tables: "the tables surefoot_journal and surefoot_lease are Surefoot's own",
  own_database: "the journal is in this database, and would be dropped with it",
  mode_migration:
    "it commits by itself, so that it can't share one transaction with the rest; use `-- migrate:option transaction=step`, the default",
} as const;

/** Why a statement is left out. */
export const skips = {
  table_locks: "LOCK TABLES and UNLOCK TABLES are left out: nobody else runs migrations meanwhile",
} as const;
