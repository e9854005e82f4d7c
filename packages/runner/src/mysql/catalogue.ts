import type { Name } from "../sql/reader/names.ts";

/** A table, as far as the class of a statement and its undo depend on it. */
export type CatalogueEntry =
  | {
      readonly type: "table";
      readonly engine: string;
      /** The answer to SHOW CREATE TABLE; null: made by this very migration, so that nobody has seen it yet. */
      readonly createSql: string | null;
      readonly triggers: readonly CatalogueTrigger[];
    }
  | {
      readonly type: "view";
      /** Those that it shows rows of, views resolved; null when that is not known. */
      readonly tables: readonly Name[] | null;
      /** What it calls, and the views that it is made of. */
      readonly calls: readonly string[];
    }
  | { readonly type: "sequence" };

export interface CatalogueTrigger {
  readonly name: string;
  readonly event: "insert" | "update" | "delete";
  readonly body: string;
}

/**
 * What is in the database before a migration. An adapter fills it from information_schema, for the names that the
 * statements hold; every Name that is asked for has its database.
 */
export interface Catalogue {
  /** The migrated database, where names without a database belong. */
  readonly database: string;
  readonly defaultEngine: string;
  /** As the session begins, in capitals, separated by commas. */
  readonly sqlMode: string;
  /** Whether names of tables are the same in capitals: lower_case_table_names is not 0. */
  readonly caseless: boolean;
  /** DDL runs under a GTID of Surefoot's choosing, which tells whether it took effect. MySQL only. */
  readonly gtidMarks: boolean;
  /** Null: there is no such table, view or sequence. */
  entry(name: Name): CatalogueEntry | null;
  /** Tables with a foreign key to this one, which need not exist. */
  referencing(name: Name): readonly Name[];
  /** Null: there is no such trigger. */
  tableOfTrigger(name: Name): Name | null;
  /** Whether a stored function has this name; loadable functions count. */
  hasFunction(name: Name): boolean;
}
