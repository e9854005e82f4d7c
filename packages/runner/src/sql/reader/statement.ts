import type { AlterAction, IndexPart } from "./alter-action.ts";
import type { Name } from "./names.ts";

export type ObjectType =
  | "table"
  | "view"
  | "trigger"
  | "procedure"
  | "function"
  | "event"
  | "sequence"
  | "package"
  | "package_body"
  | "library"
  | "database";

/** Something that a statement creates, changes, drops or writes to. Indexes and constraints belong to their table. */
export interface Target extends Name {
  readonly type: ObjectType;
}

/** What every statement has. */
interface Common {
  readonly targets: readonly Target[];
  /** Tables and views that it reads, as far as they stand behind FROM, JOIN and the like. */
  readonly reads: readonly Name[];
  /** Words that stand before a parenthesis, in lower case: built-in functions, and perhaps stored ones. */
  readonly calls: readonly string[];
  /** CREATE TEMPORARY, DROP TEMPORARY. */
  readonly temporary: boolean;
  /** IF EXISTS or IF NOT EXISTS: it may change nothing. */
  readonly conditional: boolean;
  readonly orReplace: boolean;
}

/** A value as it was written, where it is a single literal; null for everything else. */
export type Literal =
  | { readonly type: "string" | "number"; readonly text: string }
  | { readonly type: "null" | "default" }
  | null;

export type Assignment =
  | { readonly scope: "user"; readonly name: string }
  | {
      /** Where a system variable is set; `local` without a word, too. */
      readonly scope: "session" | "global" | "persist";
      /** In lower case. */
      readonly name: string;
      /** In lower case, without quotes; null when it is more than one word or literal. */
      readonly value: string | null;
    };

/** What a statement is, and what only this kind has. */
type Detail =
  | {
      readonly kind: "create_table";
      readonly table: Name;
      readonly elements: readonly AlterAction[];
      readonly like: Name | null;
      /** It takes rows from a query. */
      readonly select: boolean;
      readonly engine: string | null;
      readonly partitioned: boolean;
    }
  | {
      readonly kind: "alter_table";
      readonly table: Name;
      readonly actions: readonly AlterAction[];
      /** MariaDB: rows that would break a new unique key are dropped. */
      readonly ignore: boolean;
    }
  | { readonly kind: "drop_table"; readonly names: readonly Name[] }
  | { readonly kind: "rename_table"; readonly renames: readonly { readonly from: Name; readonly to: Name }[] }
  | { readonly kind: "truncate_table"; readonly table: Name }
  | { readonly kind: "create_index"; readonly table: Name; readonly index: IndexPart }
  | { readonly kind: "drop_index"; readonly table: Name; readonly name: string }
  | { readonly kind: "create_view" | "alter_view"; readonly view: Name }
  | { readonly kind: "drop_view"; readonly names: readonly Name[] }
  | {
      readonly kind: "create_trigger";
      readonly trigger: Name;
      readonly table: Name;
      /** It takes a place among other triggers: FOLLOWS or PRECEDES. */
      readonly ordered: boolean;
    }
  | { readonly kind: "drop_trigger"; readonly trigger: Name }
  | { readonly kind: "create_routine" | "alter_routine" | "drop_routine"; readonly routine: Target }
  | {
      readonly kind: "create_event";
      readonly event: Name;
      /** It happens once, or until a time, and is then dropped by the server. */
      readonly vanishes: boolean;
    }
  | {
      readonly kind: "alter_event";
      readonly event: Name;
      readonly renameTo: Name | null;
      readonly onlyRenames: boolean;
    }
  | { readonly kind: "drop_event"; readonly event: Name }
  | { readonly kind: "create_sequence" | "alter_sequence"; readonly sequence: Name }
  | { readonly kind: "drop_sequence"; readonly names: readonly Name[] }
  | { readonly kind: "create_database" | "alter_database" | "drop_database"; readonly database: string | null }
  | {
      readonly kind: "insert";
      readonly table: Name;
      /** REPLACE or ON DUPLICATE KEY UPDATE: rows that are there may change or go. */
      readonly overwrites: boolean;
      readonly ignore: boolean;
      /** Null: not written. */
      readonly columns: readonly string[] | null;
      /** Null: the rows are not literal. */
      readonly rows: readonly (readonly Literal[])[] | null;
    }
  | { readonly kind: "update" | "delete"; readonly tables: readonly Name[] }
  | { readonly kind: "load_data"; readonly table: Name; readonly replaces: boolean }
  /** SELECT, TABLE, VALUES, SHOW, EXPLAIN, HELP, and DO. */
  | { readonly kind: "reading"; readonly into: "file" | "variable" | null }
  | { readonly kind: "call"; readonly routine: Name }
  | { readonly kind: "set"; readonly assignments: readonly Assignment[] }
  | { readonly kind: "use"; readonly database: string }
  /** PREPARE, DEALLOCATE, HANDLER, SET ROLE: known to this session only. */
  | { readonly kind: "session" }
  | { readonly kind: "transaction_control"; readonly what: string }
  | { readonly kind: "table_locks" }
  /** FLUSH TABLES WITH READ LOCK and the like: they would stop Surefoot itself. */
  | { readonly kind: "server_lock"; readonly what: string }
  /** ANALYZE, CHECK, OPTIMIZE …: neither schema nor rows change. */
  | { readonly kind: "upkeep" }
  /** Users, privileges, plugins, replication, settings of the server. */
  | { readonly kind: "server"; readonly what: string }
  /** EXECUTE, and MariaDB's compound statements: whatever is in them. */
  | { readonly kind: "program"; readonly what: string }
  /** `why`: with its line and column in the statement, and what was expected there. */
  | { readonly kind: "unread"; readonly why: string };

export type Statement = Common & Detail;

/** What a reader of one kind returns: the rest is found by the same rules for all. */
export type Read = Detail & Partial<Common>;
