import type { SqliteHandle } from "./driver.ts";
import type { SqliteStatement } from "./statement.ts";

/**
 * The temporary tables at each statement. One hides the table of the same name in the file, so what names it changes only
 * the connection.
 */
export class TemporaryObjects {
  private readonly tables: Set<string>;
  /** What writes to a temporary table can reach the file by a trigger on it. */
  private hasTriggers: boolean;

  constructor(present: readonly string[] = []) {
    this.tables = new Set(present.filter((object) => object.startsWith("table:")));
    this.hasTriggers = present.some((object) => object.startsWith("trigger:"));
  }

  /** The statement as it acts among them. */
  see(statement: SqliteStatement): SqliteStatement {
    const { kind, temporary, target, drops, renames, objects } = statement;
    if (temporary !== null) this.add(temporary);
    const isHidden = target !== null && !statement.inMain && this.tables.has(`table:${target}`);
    if ((kind !== "ddl" && kind !== "dml") || !isHidden) return statement;
    const [made = ""] = objects;
    if (made.startsWith("trigger:")) this.hasTriggers = true;
    if (this.hasTriggers && kind === "dml") return statement;
    if (drops !== null || renames === `table:${target}`) this.tables.delete(`table:${target}`);
    if (renames === `table:${target}` && objects[1] !== undefined) this.tables.add(objects[1]);
    return {
      ...statement,
      kind: "session",
      objects: [],
      drops: null,
      dropsTable: false,
      dropsColumn: null,
      creates: null,
      makes: null,
      renames: null,
      fills: null,
      deletesRows: false,
      constrains: false,
    };
  }

  private add(object: string): void {
    if (object.startsWith("table:")) this.tables.add(object);
    if (object.startsWith("trigger:")) this.hasTriggers = true;
  }
}

/** As `kind:name`. A connection that was opened for us has none before a migration makes them. */
export function temporaryObjects(db: SqliteHandle): readonly string[] {
  const rows = db.prepare("SELECT type || ':' || lower(name) FROM sqlite_temp_schema").raw(true).all();
  return (rows as (readonly [string])[]).map(([object]) => object);
}
