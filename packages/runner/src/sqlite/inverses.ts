/**
 * What is known of the way back of each form of statement: the inverse, and when it is exact; or why there is none.
 * The code takes its reasons from here, and docs/sql.md is made of it.
 */
export interface InverseRule {
  readonly form: string;
  /** Null: there is none. */
  readonly undo: string | null;
  /** The conditions, or the reason. */
  readonly note: string;
}

export const inverseRules = {
  create_table: {
    form: "CREATE TABLE t (…), CREATE TABLE t AS SELECT …",
    undo: "DROP TABLE main.t",
    note: "rows that others wrote into it stop the undo (`undo_destroys_data`); AUTOINCREMENT leaves SQLite's own empty table sqlite_sequence",
  },
  create_virtual_table: {
    form: "CREATE VIRTUAL TABLE t USING fts3, fts4, fts5, rtree, geopoly",
    undo: "DROP TABLE main.t",
    note: "takes the module's own tables along",
  },
  other_module: {
    form: "CREATE VIRTUAL TABLE t USING another module",
    undo: null,
    note: "what this module makes and removes is not known",
  },
  create_index: { form: "CREATE [UNIQUE] INDEX i ON t (…)", undo: "DROP INDEX main.i", note: "always" },
  create_view: { form: "CREATE VIEW v AS …", undo: "DROP VIEW main.v", note: "always" },
  create_trigger: { form: "CREATE TRIGGER g …", undo: "DROP TRIGGER main.g", note: "always" },
  create_conditional: {
    form: "CREATE … IF NOT EXISTS",
    undo: null,
    note: "IF NOT EXISTS may find it there, and then nothing of it may be dropped",
  },
  drop_index: {
    form: "DROP INDEX i",
    undo: "its CREATE INDEX, from the schema",
    note: "the schema comes back equal",
  },
  drop_view: {
    form: "DROP VIEW v",
    undo: "its CREATE VIEW, and the CREATE TRIGGER of its triggers, from the schema",
    note: "the schema comes back equal",
  },
  drop_trigger: {
    form: "DROP TRIGGER g",
    undo: "its CREATE TRIGGER, from the schema",
    note: "the schema comes back equal",
  },
  drop_conditional: { form: "DROP … IF EXISTS", undo: null, note: "IF EXISTS may find nothing to drop" },
  drop_table: { form: "DROP TABLE t", undo: null, note: "its rows are lost" },
  rename_table: {
    form: "ALTER TABLE t RENAME TO u",
    undo: "ALTER TABLE main.u RENAME TO t",
    note: "the schema comes back equal: it does not where something named u before there was a u",
  },
  rename_column: {
    form: "ALTER TABLE t RENAME [COLUMN] a TO b",
    undo: "ALTER TABLE main.t RENAME COLUMN b TO a",
    note: "the schema comes back equal",
  },
  add_column: {
    form: "ALTER TABLE t ADD [COLUMN] c …",
    undo: "ALTER TABLE main.t DROP COLUMN c",
    note: "SQLite can drop it; values that others wrote into it stop the undo (`undo_destroys_data`)",
  },
  drop_column: { form: "ALTER TABLE t DROP [COLUMN] c", undo: null, note: "its values are lost" },
  set_not_null: {
    form: "ALTER TABLE t ALTER [COLUMN] c SET NOT NULL",
    undo: "ALTER TABLE main.t ALTER COLUMN c DROP NOT NULL",
    note: "the schema comes back equal: it does not where it was NOT NULL before (SQLite 3.53)",
  },
  drop_not_null: {
    form: "ALTER TABLE t ALTER [COLUMN] c DROP NOT NULL",
    undo: "ALTER TABLE main.t ALTER COLUMN c SET NOT NULL",
    note: "the schema comes back equal: it does not where it could be NULL before (SQLite 3.53)",
  },
  add_constraint: {
    form: "ALTER TABLE t ADD CONSTRAINT n CHECK (…)",
    undo: "ALTER TABLE main.t DROP CONSTRAINT n",
    note: "the schema comes back equal (SQLite 3.53)",
  },
  add_unnamed_constraint: {
    form: "ALTER TABLE t ADD CHECK (…)",
    undo: null,
    note: "a constraint without a name can't be dropped",
  },
  drop_constraint: { form: "ALTER TABLE t DROP CONSTRAINT n", undo: null, note: "its text is not kept by the engine" },
  set_header: {
    form: "PRAGMA user_version = n, PRAGMA application_id = n",
    undo: "the PRAGMA with the number before",
    note: "always",
  },
  set_journal_mode: {
    form: "PRAGMA journal_mode = …",
    undo: "PRAGMA main.journal_mode = wal or delete, as it was",
    note: "the file keeps only whether it is WAL",
  },
  insert: {
    form: "INSERT INTO t (…) VALUES (…), …",
    undo: "DELETE FROM main.t WHERE key = …",
    note: "t was there before, every column of its primary key is given as a whole number or a string, and nothing else can follow from it (see below)",
  },
  insert_or: {
    form: "INSERT OR …, REPLACE, ON CONFLICT",
    undo: null,
    note: "it may change rows that were there, or insert none",
  },
  insert_select: { form: "INSERT INTO t SELECT …", undo: null, note: "which rows it inserts can't be read from it" },
  update: { form: "UPDATE t …", undo: null, note: "the values before are lost" },
  delete: { form: "DELETE FROM t …", undo: null, note: "the rows are lost" },
  rows: {
    form: "INSERT, UPDATE, DELETE in another form",
    undo: null,
    note: "it changes rows in a way that Surefoot does not read",
  },
  schema_rows: {
    form: "INSERT, UPDATE, DELETE of sqlite_schema",
    undo: null,
    note: "it changes the schema in a way that nothing can follow",
  },
  nothing: {
    form: "SELECT, VALUES, EXPLAIN, ANALYZE, REINDEX, VACUUM; PRAGMA auto_vacuum, page_size, encoding; settings and temporary objects of the connection",
    undo: "(nothing to take back)",
    note: "changes neither schema nor rows",
  },
  transaction_control: {
    form: "BEGIN, COMMIT, ROLLBACK, SAVEPOINT, RELEASE",
    undo: null,
    note: "it is refused",
  },
  elsewhere: { form: "anything in another database file", undo: null, note: "nothing looks at another database file" },
  other: { form: "anything else", undo: null, note: "no inverse is known for it" },
} as const satisfies { readonly [name: string]: InverseRule };

export type InverseName = keyof typeof inverseRules;

/** What stands in the way of the inverse of an INSERT, looked up in the schema. */
export const insertObstacles = {
  no_table: "there is no such table here yet, or it is a view or a virtual table",
  own_table: "its table is new, and there is no undo of that to go with",
  trigger: "the table has triggers, which do more",
  key_not_given: "its key is not given as whole numbers of up to 15 digits or as strings",
  columns: "it names a column twice, or one that the table does not have",
  no_key: "the table has no primary key",
  conflict: "the table says ON CONFLICT, which may replace rows or skip them",
  autoincrement: "the table counts with AUTOINCREMENT, and does not count back",
  collation: "the table compares texts with a collation of its own",
  mismatch: "a foreign key of another table does not fit it, and SQLite deletes none of its rows",
  cascade: "another table's foreign key acts when rows of this one go",
  long_key: "so many rows with a key of several columns",
} as const;

/** What can go wrong with any of them; said instead of the rule. */
export const generalObstacles = {
  temporary: "a temporary object has the same name, or acts on the table",
  temporary_left: "it would come upon a temporary object that the migration leaves in its session",
  no_effect: "it has no effect that shows in the schema",
  not_equal: "the schema would not be as before",
  not_tried: "it could not be tried out beforehand",
} as const;
