import type { AlterAction, ColumnPart, IndexType, Position } from "./alter-action.ts";
import type { Cursor } from "./cursor.ts";
import type { Name } from "./names.ts";

/** One element of CREATE TABLE, or what stands behind ADD: a column, an index, a constraint, a period. */
export function readElement(cursor: Cursor): AlterAction {
  if (cursor.accept("CONSTRAINT")) return readConstraint(cursor);
  if (cursor.is("PRIMARY", "KEY") || cursor.is("UNIQUE") || cursor.is("FOREIGN", "KEY") || cursor.is("CHECK")) {
    return readKeyOrCheck(cursor, null, false);
  }
  if (cursor.acceptOne("INDEX", "KEY") !== "") return readIndex(cursor, "index");
  const special = cursor.acceptOne("FULLTEXT", "SPATIAL");
  if (special !== "") {
    cursor.acceptOne("INDEX", "KEY");
    return readIndex(cursor, special === "FULLTEXT" ? "fulltext" : "spatial");
  }
  if (cursor.accept("VECTOR", "INDEX") || cursor.accept("VECTOR", "KEY")) return readIndex(cursor, "vector");
  if (cursor.accept("PERIOD", "FOR")) {
    const name = cursor.identifier();
    cursor.parentheses();
    return { type: "add_period", name };
  }
  const ifNotExists = readIfNotExists(cursor);
  return { type: "add_column", column: readColumn(cursor), ifNotExists };
}

export function readIfNotExists(cursor: Cursor): boolean {
  return cursor.accept("IF", "NOT", "EXISTS");
}

function readConstraint(cursor: Cursor): AlterAction {
  const ifNotExists = readIfNotExists(cursor);
  const unnamed = ["PRIMARY", "UNIQUE", "FOREIGN", "CHECK"].includes(cursor.word());
  return readKeyOrCheck(cursor, unnamed ? null : cursor.identifier(), ifNotExists);
}

function readKeyOrCheck(cursor: Cursor, constraint: string | null, ifNotExists: boolean): AlterAction {
  if (cursor.accept("PRIMARY", "KEY")) return readIndex(cursor, "primary", "PRIMARY", ifNotExists);
  if (cursor.accept("UNIQUE")) {
    cursor.acceptOne("INDEX", "KEY");
    return readIndex(cursor, "unique", constraint, ifNotExists);
  }
  if (cursor.accept("FOREIGN", "KEY")) {
    const mayExist = readIfNotExists(cursor) || ifNotExists;
    if (!cursor.isMark("(")) cursor.identifier();
    const columns = readKeyColumns(cursor.parentheses());
    cursor.expect("REFERENCES");
    const references = cursor.name();
    skipElement(cursor);
    return { type: "add_foreign_key", name: constraint, columns, references, ifNotExists: mayExist };
  }
  cursor.expect("CHECK");
  cursor.parentheses();
  skipElement(cursor);
  return { type: "add_check", name: constraint, ifNotExists };
}

export function readIndex(
  cursor: Cursor,
  index: IndexType,
  constraint: string | null = null,
  conditional = false,
): AlterAction & { type: "add_index" } {
  const ifNotExists = readIfNotExists(cursor) || conditional;
  const written = cursor.isMark("(") || cursor.is("USING") ? null : cursor.identifier();
  const start = cursor.at;
  if (cursor.accept("USING") || cursor.accept("TYPE")) cursor.identifier();
  const parts = cursor.parentheses().parts();
  const whole = parts.every((part) => part.token(1) === undefined);
  const columns = keyColumns(parts);
  skipElement(cursor);
  const isTree = index === "primary" || index === "unique" || index === "index";
  return {
    type: "add_index",
    index,
    name: index === "primary" ? "PRIMARY" : (written ?? constraint),
    columns,
    plain: isTree && whole && !/ HASH\b/i.test(cursor.textFrom(start)),
    ifNotExists,
  };
}

/** `(a, b(10) DESC, (lower(c)))`. With WITHOUT OVERLAPS, MariaDB's last part is the name of a period. */
export function readKeyColumns(inside: Cursor): (string | null)[] {
  return keyColumns(inside.parts());
}

function keyColumns(parts: readonly Cursor[]): (string | null)[] {
  return parts.map((part) => (part.isMark("(") ? null : part.identifier()));
}

/** To the comma behind an element; a partitioning may follow the last one without a comma. */
export function skipElement(cursor: Cursor): void {
  while (!cursor.done && !cursor.isMark(",") && !atPartitioning(cursor)) cursor.skip();
}

export function atPartitioning(cursor: Cursor): boolean {
  return cursor.is("PARTITION", "BY") || cursor.is("REMOVE", "PARTITIONING");
}

interface Mutable {
  notNull: boolean;
  primaryKey: boolean;
  unique: boolean;
  autoIncrement: boolean;
  check: boolean;
  generated: boolean;
  invisible: boolean;
  references: Name | null;
  position: Position;
}

/** A column's name and definition, to the comma behind it. */
export function readColumn(cursor: Cursor): ColumnPart {
  const name = cursor.identifier();
  const typeStart = cursor.at;
  // A type by itself; behind another one it is an attribute.
  cursor.accept("SERIAL");
  while (!cursor.done && !cursor.isMark(",") && !atPartitioning(cursor) && !endsType.has(cursor.word())) cursor.skip();
  if (cursor.at === typeStart && !cursor.is("GENERATED") && !cursor.is("AS"))
    throw cursor.unread("the type of a column");
  const dataType = cursor.textFrom(typeStart).toLowerCase();
  const serial = dataType === "serial";
  const part: Mutable = {
    notNull: serial,
    primaryKey: false,
    unique: serial,
    autoIncrement: serial,
    check: false,
    generated: false,
    invisible: false,
    references: null,
    position: null,
  };
  while (!cursor.done && !cursor.isMark(",") && !atPartitioning(cursor)) readAttribute(cursor, part);
  return { name, dataType, ...part };
}

/** The words that may follow a type. CHARACTER SET, COLLATE, UNSIGNED and ZEROFILL belong to it. */
const endsType = new Set(
  (
    "NOT NULL DEFAULT VISIBLE INVISIBLE AUTO_INCREMENT UNIQUE PRIMARY KEY COMMENT COLUMN_FORMAT STORAGE GENERATED AS " +
    "CONSTRAINT CHECK REFERENCES ON FIRST AFTER SERIAL COMPRESSED WITH WITHOUT REF_SYSTEM_ID SRID ENGINE_ATTRIBUTE " +
    "SECONDARY_ENGINE_ATTRIBUTE"
  ).split(" "),
);

function readAttribute(cursor: Cursor, part: Mutable): void {
  if (cursor.accept("NOT", "NULL")) part.notNull = true;
  else if (cursor.accept("SERIAL", "DEFAULT", "VALUE")) part.notNull = part.autoIncrement = part.unique = true;
  else if (cursor.accept("PRIMARY", "KEY") || cursor.accept("PRIMARY") || cursor.accept("KEY")) part.primaryKey = true;
  else if (cursor.accept("UNIQUE")) {
    cursor.accept("KEY");
    part.unique = true;
  } else if (cursor.accept("AUTO_INCREMENT")) part.autoIncrement = true;
  else if (cursor.accept("CHECK")) part.check = true;
  else if (cursor.accept("INVISIBLE")) part.invisible = true;
  else if (cursor.is("AS") && cursor.isMark("(", 1)) {
    cursor.at++;
    part.generated = true;
  } else if (cursor.accept("REFERENCES")) part.references = cursor.name();
  else if (cursor.accept("FIRST")) part.position = { type: "first" };
  else if (cursor.accept("AFTER")) part.position = { type: "after", column: cursor.identifier() };
  else if (cursor.accept("CONSTRAINT")) {
    if (!cursor.is("CHECK")) cursor.identifier();
  } else cursor.skip();
}
