import type { AlterAction } from "../sql/reader/alter-action.ts";
import { readBodyWrites } from "../sql/reader/body-writes.ts";
import type { Name } from "../sql/reader/names.ts";
import { controlsTransactions } from "../sql/reader/read-statement.ts";
import type { Statement } from "../sql/reader/statement.ts";
import type { CatalogueTrigger } from "./catalogue.ts";
import { atomicEngines, createSelectIsAtomicFrom, transactionalEngines } from "./class-rules.ts";
import type { ClassRuleId } from "./class-rules.ts";
import type { Known } from "./known.ts";

/** The rule that gives a statement its class, when each step has a transaction of its own. */
export function classRuleOf(statement: Statement, known: Known): ClassRuleId {
  const { kind } = statement;
  if (calls.has(kind)) {
    if (releasesLocks(statement) || setsTransaction(statement)) return "transaction_control";
    // A table may be temporary; what is called may do more.
    if (calledFunction(statement, known) !== null) return "stored_function";
  }
  if (onlyTemporary(statement, known)) return "temporary_table";
  if (renamesTemporary(statement, known)) return "unread";
  switch (kind) {
    case "unread":
      return "unread";
    case "transaction_control":
    case "server_lock":
    case "program":
    case "upkeep":
    case "server":
    case "table_locks":
      return kind;
    case "call":
      return "program";
    case "session":
    case "use":
      return "session";
    case "set":
      return setRule(statement);
    case "reading":
      if (statement.into === "file") return "writes_file";
      if (takesSequenceValue(statement, known)) return "sequence_value";
      return statement.into === "variable" ? "session" : "reading";
    case "insert":
    case "update":
    case "delete":
    case "load_data":
      return rowsRule(statement, known);
    case "create_database":
    case "drop_database":
      return "other_schema";
    default:
      return statement.targets.some((target) => isElsewhere(target, known))
        ? "other_schema"
        : ddlRule(statement, known);
  }
}

function isElsewhere(target: Statement["targets"][number], known: Known): boolean {
  return known.isElsewhere(target.type === "database" ? { database: target.name, name: "" } : target);
}

/** These run what they call; a view or a trigger only names it. */
const calls: ReadonlySet<Statement["kind"]> = new Set([
  "create_table",
  "insert",
  "update",
  "delete",
  "load_data",
  "reading",
  "set",
]);

/** MariaDB renames a temporary table before the one behind it, also beside others. MySQL renames only the one behind. */
function renamesTemporary(statement: Statement, known: Known): boolean {
  if (statement.kind !== "rename_table" || known.server.dialect === "mysql") return false;
  return statement.renames.some(({ from }) => known.isTemporary(from));
}

/** Everything that it changes is a temporary table. */
function onlyTemporary(statement: Statement, known: Known): boolean {
  if (statement.temporary) return true;
  if (statement.kind === "alter_table" && known.isTemporary(statement.table)) return true;
  if (statement.kind === "rename_table") {
    return known.server.dialect === "mariadb" && statement.renames.every(({ from }) => known.isTemporary(from));
  }
  const changes = statement.targets.length > 0 && statement.targets.every((target) => target.type === "table");
  return changes && statement.kind !== "create_table" && statement.targets.every((target) => known.isTemporary(target));
}

function setRule(statement: Statement & { kind: "set" }): ClassRuleId {
  if (statement.assignments.some(({ scope }) => scope === "global" || scope === "persist")) return "server";
  return "session";
}

function setsTransaction(statement: Statement): boolean {
  return (
    statement.kind === "set" &&
    statement.assignments.some(({ scope, name }) => scope !== "user" && controlsTransactions.has(name))
  );
}

function releasesLocks({ calls }: Statement): boolean {
  return calls.includes("release_lock") || calls.includes("release_all_locks");
}

/** The first stored function that a statement calls, itself or through a view; null: there is none. */
export function calledFunction(statement: Statement, known: Known): string | null {
  return firstFunction(known.callsIn(statement), known);
}

function firstFunction(calls: readonly string[], known: Known): string | null {
  return calls.find((name) => known.catalogue.hasFunction(known.full({ database: null, name }))) ?? null;
}

export function takesSequenceValue({ calls }: Statement, known: Known): boolean {
  return known.server.dialect === "mariadb" && (calls.includes("nextval") || calls.includes("setval"));
}

function rowsRule(
  statement: Statement & { kind: "insert" | "update" | "delete" | "load_data" },
  known: Known,
): ClassRuleId {
  const written = writtenTables(statement, known);
  if (written === null) return "rows_trigger";
  for (const name of written) {
    const entry = known.entry(name);
    if (known.isTemporary(name) || entry === null) continue;
    if (entry.type !== "table") return "rows_unknown";
    if (!transactionalEngines.has(entry.engine.toLowerCase())) return "rows_engine";
  }
  return "rows";
}

/**
 * Every table that a statement on rows writes to: those that it names, behind views too, and those that triggers write
 * to. A foreign key's actions stay within InnoDB and fire no triggers. Null: a trigger does what can't be read.
 */
export function writtenTables(statement: Statement, known: Known): readonly Name[] | null {
  const events = eventsOf(statement);
  const found: Name[] = [];
  const seen = new Set<string>();
  const queue: { name: Name; events: ReadonlySet<CatalogueTrigger["event"]> }[] = [];
  for (const { database, name, type } of statement.targets) {
    if (type !== "table") continue;
    const entry = known.entry({ database, name });
    const tables = entry?.type === "view" ? (entry.tables ?? [{ database, name }]) : [{ database, name }];
    for (const table of tables) queue.push({ name: table, events });
  }
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    const key = known.shown(next.name);
    if (seen.has(key)) continue;
    seen.add(key);
    found.push(next.name);
    const entry = known.entry(next.name);
    if (entry?.type !== "table") continue;
    for (const trigger of entry.triggers) {
      if (!next.events.has(trigger.event)) continue;
      const writes = readBodyWrites(trigger.body, known.server);
      if (writes === null || firstFunction(writes.calls, known) !== null) return null;
      const { database } = known.full(next.name);
      for (const table of writes.tables) {
        queue.push({ name: { database: table.database ?? database, name: table.name }, events: allEvents });
      }
    }
  }
  return found;
}

const allEvents: ReadonlySet<CatalogueTrigger["event"]> = new Set(["insert", "update", "delete"]);

function eventsOf(statement: Statement): ReadonlySet<CatalogueTrigger["event"]> {
  if (statement.kind === "update" || statement.kind === "delete") return new Set([statement.kind]);
  const overwrites =
    statement.kind === "insert" ? statement.overwrites : statement.kind === "load_data" && statement.replaces;
  return overwrites ? allEvents : new Set(["insert"]);
}

function ddlRule(statement: Statement, known: Known): ClassRuleId {
  const { dialect, version } = known.server;
  const { gtidMarks } = known.catalogue;
  if (enginesOf(statement, known).some((engine) => !atomicEngines[dialect].has(engine.toLowerCase())))
    return "ddl_engine";
  if (dialect === "mariadb") {
    if (statement.orReplace && (statement.kind === "create_table" || statement.kind === "create_sequence"))
      return "replace_table";
    if (statement.kind === "create_sequence") return "sequence_made";
    if ("names" in statement && statement.names.length > 1) return "drop_several";
    if (partitions(statement, known)) return "partitioning";
  }
  switch (statement.kind) {
    case "create_table":
      return statement.select && version < createSelectIsAtomicFrom[dialect] ? "create_select" : "ddl";
    case "truncate_table":
      return gtidMarks ? "marked" : "truncate";
    case "alter_table": {
      const { actions, table } = statement;
      if (actions.some(({ type }) => movesRows.has(type))) return gtidMarks ? "marked" : "moves_rows";
      const kinds = actions.map((action) => visibility(action, table, known));
      if (kinds.includes("seen")) return "ddl";
      return kinds.includes("unseen") ? (gtidMarks ? "marked" : "unseen") : "upkeep";
    }
    default:
      return "ddl";
  }
}

const movesRows: ReadonlySet<AlterAction["type"]> = new Set([
  "truncate_partition",
  "exchange_partition",
  "convert_partition",
  "discard_tablespace",
  "import_tablespace",
  "discard_partition",
  "import_partition",
]);

const withoutEffect: ReadonlySet<AlterAction["type"]> = new Set([
  "manner",
  "force",
  "order_by",
  "enable_keys",
  "disable_keys",
  "rebuild_partition",
]);

/** Whether the schema shows an action's effect, or there is none to show. */
export function visibility(action: AlterAction, table: Name, known: Known): "seen" | "unseen" | "no_effect" {
  if (withoutEffect.has(action.type)) return "no_effect";
  if (action.type === "secondary_load" || action.type === "secondary_unload") return "unseen";
  if (action.type !== "option") return "seen";
  if (action.name === "AUTO_INCREMENT") return "unseen";
  const entry = known.entry(table);
  const same =
    entry?.type === "table" && action.name === "ENGINE" && entry.engine.toLowerCase() === action.value.toLowerCase();
  return same ? "no_effect" : "seen";
}

function partitions(statement: Statement, known: Known): boolean {
  if (statement.kind === "alter_table") {
    return statement.actions.some(({ type }) => type === "partition_by" || type === "remove_partitioning");
  }
  if (statement.kind !== "create_table") return false;
  const like = statement.like === null ? null : known.entry(statement.like);
  const likeSql = like?.type === "table" ? like.createSql : "";
  return statement.partitioned || likeSql === null || /\bPARTITION BY\b/.test(likeSql);
}

/** The engines of the tables that a statement changes, before and after; an empty name for one that is not known. */
function enginesOf(statement: Statement, known: Known): readonly string[] {
  const engines: string[] = [];
  if (statement.kind === "create_table") {
    const like = statement.like === null ? null : known.entry(statement.like);
    engines.push(statement.engine ?? (like?.type === "table" ? like.engine : known.defaultEngine) ?? "");
    if (!statement.orReplace) return engines;
  }
  for (const target of statement.targets) {
    const entry = target.type === "table" ? known.entry(target) : null;
    if (entry?.type === "table" && !known.isTemporary(target)) engines.push(entry.engine);
  }
  if (statement.kind === "alter_table") {
    for (const action of statement.actions)
      if (action.type === "option" && action.name === "ENGINE") engines.push(action.value);
  }
  return engines;
}
