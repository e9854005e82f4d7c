import type { TransactionMode } from "@surefoot/model";
import type { StatementFacts } from "../port.ts";
import type { Name } from "../sql/reader/names.ts";
import type { Server } from "../sql/reader/server.ts";
import type { Statement } from "../sql/reader/statement.ts";
import type { Catalogue } from "./catalogue.ts";
import { calledFunction, classRuleOf, takesSequenceValue } from "./class-rule.ts";
import { classRules, refusals, skips } from "./class-rules.ts";
import type { ClassRuleId } from "./class-rules.ts";
import { derive } from "./derive.ts";
import type { Derived } from "./derive.ts";
import { destroyedBy } from "./destroys.ts";
import { Known } from "./known.ts";
import { meetsRows } from "./meets-rows.ts";
import { objectsOf } from "./objects.ts";
import { ownNames } from "./own-names.ts";

export interface MysqlFacts extends StatementFacts {
  readonly rule: ClassRuleId;
  /** Why it is not sent at all; null: it is. */
  readonly skipped: string | null;
  /** Every table and column that begins empty with it; `makes` is the first. */
  readonly makesAll: readonly string[];
  readonly undo: Derived;
}

/**
 * The facts of each statement of a migration, in the light of those before it: what it made itself it may destroy, and
 * USE and SET change how the rest is read. Pure: everything about the database comes from the catalogue.
 */
export function classify(
  statements: readonly string[],
  server: Server,
  catalogue: Catalogue,
  mode: TransactionMode,
): readonly MysqlFacts[] {
  const known = new Known(catalogue, server);
  return statements.map((sql) => {
    const statement = known.read(sql);
    const facts = factsOf(statement, known, mode);
    const { undo } = facts;
    known.apply(statement, undo.type === "undo" || undo.reason === "nothing_seen");
    return facts;
  });
}

function factsOf(statement: Statement, known: Known, mode: TransactionMode): MysqlFacts {
  const inStep = classRuleOf(statement, known);
  const rule = mode === "none" && inStep === "rows" ? "rows_alone" : inStep;
  const { class: kind, why } = classRules[rule];
  const destroyed = destroyedBy(statement, known);
  const makesAll = made(statement, known);
  return {
    rule,
    class: kind === "session" ? "atomic" : kind,
    kind,
    why: statement.kind === "unread" ? `${why}: ${statement.why}` : why,
    lossy: destroyed.lossy,
    destroys: destroyed.what,
    changesRows: changesRows.has(statement.kind) || rule === "moves_rows",
    keepsRows: keepsRows.has(statement.kind) || (statement.kind === "create_table" && !statement.select),
    refused: refusal(statement, rule, mode, known),
    skipped: statement.kind === "table_locks" ? skips.table_locks : null,
    objects: rule === "temporary_table" ? [] : objectsOf(statement, known),
    makes: makesAll[0] ?? null,
    removes: removed(statement, known),
    renames: renamed(statement, known),
    meetsRows: meetsRows(statement, known),
    makesAll,
    notCovered: notCovered(statement, rule, known),
    undo: derive(statement, known),
  };
}

const changesRows: ReadonlySet<Statement["kind"]> = new Set([
  "insert",
  "update",
  "delete",
  "load_data",
  "truncate_table",
  "call",
  "program",
  "unread",
]);

const keepsRows: ReadonlySet<Statement["kind"]> = new Set(["create_index", "drop_index", "create_view", "drop_view"]);

function made(statement: Statement, known: Known): readonly string[] {
  if (statement.conditional || statement.temporary || statement.orReplace) return [];
  if (statement.kind === "create_table") return [`table:${known.shown(statement.table)}`];
  if (statement.kind !== "alter_table") return [];
  return statement.actions.flatMap((action) =>
    action.type === "add_column" && !action.ifNotExists ? [columnKey(statement.table, action.column.name, known)] : [],
  );
}

function removed(statement: Statement, known: Known): string | null {
  if (statement.temporary) return null;
  if (statement.kind === "drop_table") return `table:${known.shown(statement.names[0]!)}`;
  if (statement.kind !== "alter_table") return null;
  const dropped = statement.actions.find((action) => action.type === "drop_column");
  return dropped === undefined ? null : columnKey(statement.table, dropped.name, known);
}

/** Of several the first one that this migration has made. */
function renamed(statement: Statement, known: Known): string | null {
  if (statement.kind === "rename_table") {
    const [first] = statement.renames;
    const { from } = statement.renames.find((rename) => known.isOwn(rename.from)) ?? first!;
    return `table:${known.shown(from)}`;
  }
  if (statement.kind !== "alter_table") return null;
  if (statement.actions.some(({ type }) => type === "rename_table")) return `table:${known.shown(statement.table)}`;
  for (const action of statement.actions) {
    const changes = action.type === "modify_column" && action.from !== action.column.name;
    if (changes || action.type === "rename_column") return columnKey(statement.table, action.from, known);
  }
  return null;
}

function columnKey(table: Name, column: string, known: Known): string {
  return `column:${known.shown(table)}.${column.toLowerCase()}`;
}

function refusal(statement: Statement, rule: ClassRuleId, mode: TransactionMode, known: Known): string | null {
  if (rule === "transaction_control" || rule === "server_lock") return refusals[rule];
  if (statement.kind === "drop_database" && !known.isElsewhere({ database: statement.database, name: "" })) {
    return refusals.own_database;
  }
  const names = statement.targets.filter(({ type }) => type === "table");
  if (names.some((target) => ownNames.has(target.name.toLowerCase()) && !known.isElsewhere(target)))
    return refusals.own_tables;
  const { class: kind } = classRules[rule];
  return mode === "migration" && kind !== "transactional" && kind !== "session" ? refusals.mode_migration : null;
}

/** What a statement touches that no fingerprint sees; null: nothing. */
function notCovered(statement: Statement, rule: ClassRuleId, known: Known): string | null {
  const called = calledFunction(statement, known);
  if (rule === "stored_function" && called !== null) return `what ${called} does`;
  if (rule === "temporary_table" || statement.temporary) return null;
  switch (statement.kind) {
    case "unread":
      return "what could not be read";
    case "program":
      return `what ${statement.what} does`;
    case "call":
      return `what ${known.shown(statement.routine)} does`;
    case "server":
      return statement.what;
    case "set":
      return rule === "server" ? "settings of the server" : null;
    case "reading":
      if (rule === "writes_file") return "a file on the server";
      return rule === "sequence_value" ? "the next value of a sequence" : null;
    default: {
      const elsewhere = statement.targets
        .map((target) => (target.type === "database" ? { database: target.name, name: "" } : target))
        .filter((target) => known.isElsewhere(target))
        .map((target) => known.full(target).database);
      if (elsewhere.length > 0) return `the database ${[...new Set(elsewhere)].join(", ")}`;
      return takesSequenceValue(statement, known) ? "the next value of a sequence" : null;
    }
  }
}
