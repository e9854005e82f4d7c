import type { Name } from "./names.ts";

/** Where ALTER TABLE puts a column; null: where it is, or last. */
export type Position = { readonly type: "first" } | { readonly type: "after"; readonly column: string } | null;

/** What is read of the definition of a column: not its type, but what it brings along. */
export interface ColumnPart {
  readonly name: string;
  /** The type and its parentheses as written, in lower case, with single spaces: `varchar ( 20 )`. */
  readonly dataType: string;
  readonly notNull: boolean;
  readonly primaryKey: boolean;
  readonly unique: boolean;
  readonly autoIncrement: boolean;
  readonly check: boolean;
  readonly generated: boolean;
  /** INSERT without names of columns passes it over. */
  readonly invisible: boolean;
  readonly references: Name | null;
  readonly position: Position;
}

export type IndexType = "primary" | "unique" | "index" | "fulltext" | "spatial" | "vector";

export interface IndexPart {
  readonly index: IndexType;
  /** Null: the server chooses one. `PRIMARY` for the primary key. */
  readonly name: string | null;
  /** The columns in their order; null for a part that is an expression. */
  readonly columns: readonly (string | null)[];
  /** Whole columns in rising order, and a tree: what a foreign key can use. */
  readonly plain: boolean;
  readonly ifNotExists: boolean;
}

/** One action of ALTER TABLE; the elements of CREATE TABLE are the `add_…` ones. */
export type AlterAction =
  | { readonly type: "add_column"; readonly column: ColumnPart; readonly ifNotExists: boolean }
  | ({ readonly type: "add_index" } & IndexPart)
  | {
      readonly type: "add_foreign_key";
      /** Behind CONSTRAINT; null: the server chooses one. */
      readonly name: string | null;
      readonly columns: readonly (string | null)[];
      readonly references: Name;
      readonly ifNotExists: boolean;
    }
  | { readonly type: "add_check"; readonly name: string | null; readonly ifNotExists: boolean }
  | { readonly type: "add_period"; readonly name: string }
  | { readonly type: "drop_column"; readonly name: string; readonly ifExists: boolean }
  | { readonly type: "drop_index"; readonly name: string; readonly ifExists: boolean }
  | { readonly type: "drop_primary_key" }
  | { readonly type: "drop_foreign_key"; readonly name: string; readonly ifExists: boolean }
  | { readonly type: "drop_check"; readonly name: string; readonly ifExists: boolean }
  /** DROP CONSTRAINT does not say of which type the constraint is. */
  | { readonly type: "drop_constraint"; readonly name: string; readonly ifExists: boolean }
  | { readonly type: "drop_period"; readonly name: string }
  | { readonly type: "modify_column"; readonly from: string; readonly column: ColumnPart; readonly ifExists: boolean }
  | {
      readonly type: "set_default" | "drop_default" | "column_visibility";
      readonly column: string;
      readonly ifExists: boolean;
    }
  | { readonly type: "index_visibility"; readonly name: string; readonly visible: boolean; readonly ifExists: boolean }
  | { readonly type: "check_enforcement"; readonly name: string }
  | {
      readonly type: "rename_column" | "rename_index";
      readonly from: string;
      readonly to: string;
      readonly ifExists: boolean;
    }
  | { readonly type: "rename_table"; readonly to: Name }
  | { readonly type: "convert_charset" | "order_by" | "force" | "enable_keys" | "disable_keys" }
  | { readonly type: "add_system_versioning" | "drop_system_versioning" }
  | { readonly type: "discard_tablespace" | "import_tablespace" | "secondary_load" | "secondary_unload" }
  /** How the work is done, not what: ALGORITHM, LOCK, WITH VALIDATION, WAIT. */
  | { readonly type: "manner" }
  | { readonly type: "option"; readonly name: string; readonly value: string }
  | {
      readonly type:
        | "partition_by"
        | "remove_partitioning"
        | "add_partition"
        | "coalesce_partition"
        | "reorganize_partition";
    }
  | {
      readonly type: "drop_partition" | "truncate_partition" | "rebuild_partition";
      readonly partitions: readonly string[];
    }
  | { readonly type: "discard_partition" | "import_partition" }
  /** EXCHANGE with a table, or CONVERT to or from one. */
  | { readonly type: "exchange_partition" | "convert_partition"; readonly table: Name };
