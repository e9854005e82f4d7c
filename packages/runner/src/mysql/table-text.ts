import type { Dialect } from "../sql/dialect.ts";
import { tokens } from "../sql/lexer.ts";
import type { ColumnPart } from "../sql/reader/alter-action.ts";
import { Cursor, Unread } from "../sql/reader/cursor.ts";
import { same } from "../sql/reader/names.ts";
import { readColumn, readIndex, readKeyColumns } from "../sql/reader/table-element.ts";

/** Indexes stand in this order in SHOW CREATE TABLE, and within it in the order in which they were made. */
export type IndexGroup = "primary" | "unique" | "plain" | "fulltext";

interface Line {
  readonly name: string;
  /** The definition as it stands there, without the comma behind it: `KEY `i` (`a`)`. Null: not known how it stands there. */
  readonly definition: string | null;
}

export interface IndexLine extends Line {
  readonly group: IndexGroup;
  /** Null for a part that is an expression. */
  readonly columns: readonly (string | null)[];
  /** Whole columns in rising order, and a tree: what a foreign key can use. */
  readonly plain: boolean;
}

interface CheckLine extends Line {
  readonly namesColumn: boolean;
}

interface ColumnLine extends Line {
  readonly part: ColumnPart;
}

interface ForeignKeyLine extends Line {
  readonly columns: readonly (string | null)[];
}

/** What SHOW CREATE TABLE says, line by line. */
export interface TableText {
  readonly columns: readonly ColumnLine[];
  readonly indexes: readonly IndexLine[];
  readonly foreignKeys: readonly ForeignKeyLine[];
  readonly checks: readonly CheckLine[];
  /** As a literal; null: not known. */
  readonly comment: string | null;
  readonly versioned: boolean;
}

/** Reads the answer to SHOW CREATE TABLE. Null: it does not look as the servers write it. */
export function readTableText(createSql: string, dialect: Dialect): TableText | null {
  const [first = "", ...lines] = createSql.split("\n");
  const end = lines.findIndex((line) => line.startsWith(")"));
  if (!first.endsWith("(") || end === -1) return null;
  const text = {
    columns: [] as ColumnLine[],
    indexes: [] as IndexLine[],
    foreignKeys: [] as ForeignKeyLine[],
    checks: [] as CheckLine[],
  };
  try {
    for (const line of lines.slice(0, end)) {
      const definition = line.trim().replace(/,$/, "");
      const cursor = new Cursor(tokens(definition, dialect));
      if (definition.startsWith("`")) {
        const part = readColumn(cursor);
        text.columns.push({ name: part.name, definition, part });
      } else if (cursor.accept("CONSTRAINT")) {
        const name = cursor.identifier();
        if (cursor.accept("FOREIGN", "KEY")) {
          text.foreignKeys.push({ name, definition, columns: readKeyColumns(cursor.parentheses()) });
        } else text.checks.push({ name, definition, namesColumn: namesColumn(cursor) });
      } else if (!cursor.is("PERIOD") && !cursor.is("CHECK")) text.indexes.push(readIndexLine(cursor, definition));
    }
  } catch (error) {
    if (error instanceof Unread) return null;
    throw error;
  }
  const versioned = lines.slice(end).some((line) => line.includes("WITH SYSTEM VERSIONING"));
  return { ...text, comment: commentLiteral(lines[end]!), versioned };
}

function namesColumn({ list, at }: Cursor): boolean {
  return list.some(({ kind }, index) => index >= at && kind === "quoted_identifier");
}

function readIndexLine(cursor: Cursor, definition: string): IndexLine {
  const word = cursor.acceptOne("PRIMARY", "UNIQUE", "FULLTEXT", "SPATIAL", "VECTOR");
  cursor.expect("KEY");
  const { name, columns, plain } = readIndex(cursor, types[word as keyof typeof types]);
  const group =
    word === "PRIMARY" ? "primary" : word === "UNIQUE" ? "unique" : word === "FULLTEXT" ? "fulltext" : "plain";
  return { name: name ?? "", definition, group, columns, plain };
}

const types = {
  PRIMARY: "primary",
  UNIQUE: "unique",
  FULLTEXT: "fulltext",
  SPATIAL: "spatial",
  VECTOR: "vector",
  "": "index",
} as const;

export function indexNamed(text: TableText, name: string): IndexLine | undefined {
  return text.indexes.find((index) => same(index.name, name));
}

/** Whether an index that is dropped and made again stands where it stood: none of its group is behind it. */
export function isLastOfGroup(text: TableText, index: IndexLine): boolean {
  return text.indexes.filter(({ group }) => group === index.group).at(-1) === index;
}

/**
 * Whether the unique indexes stand as the server sorts them when the table is altered: first those without NULL, then
 * those of whole columns. They may not, after their columns have become NOT NULL by a primary key.
 */
export function isSorted({ columns, indexes }: TableText): boolean {
  const ranks = indexes.filter(({ group }) => group === "unique").map((index) => uniqueRank(index, columns));
  return ranks.every((one, at) => at === 0 || ranks[at - 1]! <= one);
}

/** A definition that is not known is one of whole columns. */
export function uniqueRank(index: Pick<IndexLine, "columns" | "definition">, columns: TableText["columns"]): number {
  const parts = index.columns.map((name) => columns.find((column) => name !== null && same(column.name, name))?.part);
  const nullable = parts.some((part) => part?.notNull !== true);
  return (nullable ? 2 : 0) + (/\(\d+\)/.test(index.definition ?? "") ? 1 : 0);
}

/** The comment among the options of a table as a literal, or `''`. */
function commentLiteral(options: string): string {
  const list = tokens(options, "mysql");
  const at = list.findIndex(({ text }, index) => text === "COMMENT" && list[index + 1]?.text === "=");
  return at === -1 ? "''" : (list[at + 2]?.text ?? "''");
}
