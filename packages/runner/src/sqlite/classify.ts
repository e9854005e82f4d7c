import type { StepClass, TransactionMode } from "@surefoot/model";
import type { StatementFacts } from "../port.ts";
import type { SqliteStatement } from "./statement.ts";
import { readStatement } from "./statement.ts";

/** The class of each statement of a migration, in the light of those before it: what it made itself it may destroy. */
export function classify(statements: readonly string[], mode: TransactionMode): readonly StatementFacts[] {
  const made = new Set<string>();
  return statements.map((sql) => {
    const statement = readStatement(sql);
    const facts = factsOf(statement, mode, made);
    if (statement.creates !== null) made.add(statement.creates);
    return facts;
  });
}

function factsOf(statement: SqliteStatement, mode: TransactionMode, made: ReadonlySet<string>): StatementFacts {
  const { kind, objects, drops, dropsColumn } = statement;
  const dropped = drops?.kind === "table" ? `table:${drops.name}` : null;
  const ownTable = dropped !== null && made.has(dropped);
  const destroys =
    dropped !== null && !ownTable
      ? `every row of ${drops?.name}`
      : dropsColumn !== null && !made.has(`table:${dropsColumn.table}`)
        ? `the values of ${dropsColumn.table}.${dropsColumn.column}`
        : statement.deletesRows
          ? `rows of ${objects[0]?.slice(6) ?? "a table"}`
          : null;
  return {
    class: classOf(statement, mode),
    kind: kind === "session" ? "session" : classOf(statement, mode),
    why: whyOf(statement, mode),
    lossy: (dropped !== null && !ownTable) || (dropsColumn !== null && !made.has(`table:${dropsColumn.table}`)),
    changesRows: kind === "dml" || (kind === "other" && objects.length === 0),
    refused: refusal(statement, mode),
    objects,
    destroys,
  };
}

function classOf({ kind, outsideTransaction }: SqliteStatement, mode: TransactionMode): StepClass {
  if (kind === "upkeep" || kind === "session" || kind === "reading")
    return outsideTransaction ? "atomic" : "transactional";
  if (mode !== "none") return "transactional";
  return kind === "ddl" || kind === "header" ? "atomic" : "opaque";
}

function whyOf({ kind, outsideTransaction }: SqliteStatement, mode: TransactionMode): string {
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

function refusal({ kind, outsideTransaction, foreignKeys }: SqliteStatement, mode: TransactionMode): string | null {
  if (kind === "transaction_control")
    return "Surefoot itself begins and ends the transaction; remove this statement, or choose `-- migrate:option transaction=…`";
  if (outsideTransaction && foreignKeys === null && mode === "migration")
    return "SQLite refuses or ignores it inside a transaction; put it in a file of its own with `-- migrate:option transaction=none`";
  return null;
}
