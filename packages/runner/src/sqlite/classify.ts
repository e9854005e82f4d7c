import type { StepClass, TransactionMode } from "@surefoot/model";
import type { StatementFacts } from "../port.ts";
import type { SqliteStatement } from "./statement.ts";
import { readStatement } from "./statement.ts";
import { TemporaryObjects } from "./temporary-objects.ts";

/** The class of each statement of a migration, in the light of those before it: what it made itself it may destroy. */
export function classify(
  statements: readonly string[],
  mode: TransactionMode,
  temporaryAtFirst: readonly string[] = [],
): readonly StatementFacts[] {
  const made = new Set<string>();
  const temporary = new TemporaryObjects(temporaryAtFirst);
  return statements.map((sql) => {
    const statement = temporary.see(readStatement(sql));
    const facts = factsOf(statement, mode, made);
    if (statement.drops !== null) made.delete(`${statement.drops.kind}:${statement.drops.name}`);
    if (statement.creates !== null) made.add(statement.creates);
    // What was renamed is not what was made, and may be something that was there before.
    const [from, to] = statement.objects;
    if (
      statement.kind === "ddl" &&
      statement.creates === null &&
      to !== undefined &&
      from !== undefined &&
      made.has(from)
    ) {
      made.delete(from);
      made.add(to);
    }
    return facts;
  });
}

function factsOf(statement: SqliteStatement, mode: TransactionMode, made: ReadonlySet<string>): StatementFacts {
  const { kind, objects, drops, dropsTable, dropsColumn, elsewhere } = statement;
  const dropped = drops?.kind === "table" ? `table:${drops.name}` : null;
  const ownTable = dropped !== null && made.has(dropped);
  const destroys =
    dropped !== null && !ownTable
      ? `every row of ${drops?.name}`
      : dropsColumn !== null && !made.has(`table:${dropsColumn.table}`)
        ? `the values of ${dropsColumn.table}.${dropsColumn.column}`
        : statement.deletesRows && !made.has(objects[0] ?? "")
          ? `rows of ${elsewhere ? "another database file" : (objects[0]?.slice(6) ?? "a table")}`
          : null;
  return {
    class: classOf(statement, mode),
    kind: kind === "session" ? "session" : classOf(statement, mode),
    why: whyOf(statement, mode),
    lossy:
      (elsewhere && dropsTable) ||
      (dropped !== null && !ownTable) ||
      (dropsColumn !== null && !made.has(`table:${dropsColumn.table}`)),
    changesRows: kind === "dml" || (kind === "other" && objects.length === 0),
    keepsRows: kind === "ddl" && statement.creates !== null && statement.fills === null && !elsewhere,
    refused: refusal(statement, mode),
    objects,
    destroys,
    makes: statement.makes,
    removes: dropped ?? (dropsColumn === null ? null : `column:${dropsColumn.table}.${dropsColumn.column}`),
    renames: statement.renames,
    meetsRows: statement.constrains || kind === "dml" || kind === "other",
    notCovered: elsewhere || statement.opensFile ? "another database file" : null,
  };
}

function classOf({ kind, outsideTransaction, elsewhere }: SqliteStatement, mode: TransactionMode): StepClass {
  if (elsewhere && mode !== "migration") return "opaque";
  if (kind === "upkeep" || kind === "session" || kind === "reading")
    return outsideTransaction ? "atomic" : "transactional";
  if (kind === "header" && outsideTransaction) return "atomic";
  if (mode !== "none") return "transactional";
  return kind === "ddl" || kind === "header" ? "atomic" : "opaque";
}

function whyOf({ kind, outsideTransaction, elsewhere }: SqliteStatement, mode: TransactionMode): string {
  if (elsewhere && mode !== "migration") return "changes another database file, which nothing compares";
  if (kind === "session") return "changes only this connection";
  if (kind === "upkeep") return "changes neither schema nor rows";
  if (kind === "reading") return "reads only";
  if (outsideTransaction) return "runs outside a transaction";
  if (mode === "migration") return "commits with the whole migration";
  if (mode === "step") return "commits with its record";
  return kind === "ddl" || kind === "header"
    ? "commits by itself; its effect shows in the schema"
    : "commits by itself; nothing shows whether it did";
}

function refusal(
  { kind, outsideTransaction, foreignKeys, touchesJournal }: SqliteStatement,
  mode: TransactionMode,
): string | null {
  if (touchesJournal) return "the tables surefoot_journal and surefoot_lease are Surefoot's own";
  if (kind === "transaction_control")
    return "Surefoot itself begins and ends the transaction; remove this statement, or choose `-- migrate:option transaction=…`";
  if (outsideTransaction && foreignKeys === null && mode === "migration")
    return "SQLite refuses or ignores it inside a transaction; put it in a file of its own with `-- migrate:option transaction=none`";
  return null;
}
