/** The texts beside a plan: what the machine knows by number, people and databases know by SQL. */
import type { Detail, Json, Plan, TransactionMode, TransitionRecord } from "@surefoot/model";
import type { Timeouts } from "./files/migration.ts";
import { firstOfRun } from "./sql/rows-run.ts";

/**
 * Where an undo comes from: its author; the `down` section, of which it is an exact inverse; nowhere, because the undo of
 * an earlier step takes it along; its own text; the step that is reverted.
 */
const undoSources = ["given", "matched", "covered", "derived", "step"] as const;
type UndoSource = (typeof undoSources)[number];

export interface MaterialStep {
  /** Of a run that the journal tells: the first of its statements. */
  readonly sql: string;
  /** More than one for a run of INSERTs of literal rows. */
  readonly count: number;
  /** Line in the file, counted from 1; 0 when there is no file. */
  readonly line: number;
  readonly undo: {
    readonly from: UndoSource;
    readonly statements: readonly string[];
    /** The steps whose undos take it along, when it is covered. */
    readonly by: readonly number[];
  } | null;
  /** An undo is looked for just before the step runs, and is kept with the record that it is sent. */
  readonly later: boolean;
  readonly probe: string | null;
  /** The objects that it creates, changes or drops, as `kind:name`. */
  readonly objects: readonly string[];
  readonly changesRows: boolean;
  /** Surely no row and no value is another afterwards. */
  readonly keepsRows: boolean;
  /** A table or column that begins empty with it, as `table:t` or `column:t.c`. */
  readonly makes: string | null;
  /** It changes only the session; a restart must run it again before it sends anything else. */
  readonly session: boolean;
  /** What it touches that no fingerprint sees. */
  readonly notCovered: string | null;
  /** Its own, and where it has none those of the file. */
  readonly timeouts: Timeouts;
}

export interface MaterialCheck {
  readonly name: string;
  readonly expect: "true" | "empty";
  readonly sql: string;
  readonly line: number;
}

export interface Material {
  readonly steps: readonly MaterialStep[];
  readonly down: readonly string[] | null;
  readonly downTransaction: TransactionMode | null;
  readonly pre: readonly MaterialCheck[];
  readonly post: readonly MaterialCheck[];
  /** Tables whose rows are compared as well. */
  readonly data: readonly string[];
  /** Those of the file, for statements that are no step's. */
  readonly timeouts: Timeouts;
}

export const noMaterial: Material = {
  steps: [],
  down: null,
  downTransaction: null,
  pre: [],
  post: [],
  data: [],
  timeouts: {},
};

/** The statement that an effect means. */
export function statementOf(
  material: Material,
  route: "steps" | "down" | "engine" | null,
  at: { readonly way: "up" | "undo"; readonly step: number; readonly part: number },
): string {
  const sql =
    at.way === "up"
      ? material.steps[at.step]?.sql
      : route === "down"
        ? material.down?.[at.step]
        : material.steps[at.step]?.undo?.statements[at.part];
  if (sql === undefined) throw new Error(`No statement ${at.way} ${at.step}.${at.part}`);
  return sql;
}

/** The text of a step for people. */
export function shownSql({ sql, count }: Pick<MaterialStep, "sql" | "count">): string {
  return count === 1 ? sql : `${firstOfRun(sql) ?? sql}; … and ${count - 1} more`;
}

/** Is what is known of the way back of one true of the other? Of a run that depends on the first and on their number. */
export function isSameStep(
  one: Pick<MaterialStep, "sql" | "count">,
  other: Pick<MaterialStep, "sql" | "count">,
): boolean {
  if (one.count !== other.count) return false;
  return (
    one.sql === other.sql ||
    (one.count > 1 && (firstOfRun(one.sql) ?? one.sql) === (firstOfRun(other.sql) ?? other.sql))
  );
}

/** Only what a restart, a later `down` or `resolve` needs; `pre` has been asked by then. */
export function materialDetail(material: Material, goesOn: boolean): Detail {
  return {
    steps: material.steps.map(
      ({
        sql,
        count,
        line,
        undo,
        later,
        probe,
        objects,
        changesRows,
        keepsRows,
        makes,
        session,
        notCovered,
        timeouts,
      }) => ({
        // A restart that goes on runs it again. Everything else has the file, or takes rows back without their text.
        sql: count === 1 || goesOn ? sql : (firstOfRun(sql) ?? sql),
        ...(count === 1 ? {} : { count }),
        line,
        ...(undo === null
          ? {}
          : {
              undo: { from: undo.from, statements: undo.statements, ...(undo.by.length === 0 ? {} : { by: undo.by }) },
            }),
        ...(later ? { later } : {}),
        ...(probe === null ? {} : { probe }),
        ...(objects.length === 0 ? {} : { objects }),
        ...(changesRows ? { changesRows } : {}),
        ...(keepsRows ? { keepsRows } : {}),
        ...(makes === null ? {} : { makes }),
        ...(session ? { session } : {}),
        ...(notCovered === null ? {} : { notCovered }),
        ...timeoutsDetail(timeouts),
      }),
    ),
    ...(material.down === null ? {} : { down: material.down }),
    ...(material.downTransaction === null ? {} : { downTransaction: material.downTransaction }),
    ...(material.post.length === 0
      ? {}
      : { post: material.post.map(({ name, expect, sql, line }) => ({ name, expect, sql, line })) }),
    ...(material.data.length === 0 ? {} : { data: material.data }),
    ...timeoutsDetail(material.timeouts),
  };
}

function timeoutsDetail({ timeoutMs, lockTimeoutMs }: Timeouts): Detail {
  return {
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
    ...(lockTimeoutMs === undefined ? {} : { lockTimeoutMs }),
  };
}

function timeoutsOf({ timeoutMs, lockTimeoutMs }: Detail): Timeouts {
  return {
    ...(typeof timeoutMs === "number" ? { timeoutMs } : {}),
    ...(typeof lockTimeoutMs === "number" ? { lockTimeoutMs } : {}),
  };
}

/** Reads what `materialDetail` wrote; null when it is anything else. */
export function materialOf(value: Json | undefined): Material | null {
  if (!isObject(value)) return null;
  const steps = list(value["steps"]).flatMap((step): MaterialStep[] => {
    if (!isObject(step) || typeof step["sql"] !== "string") return [];
    const undo = step["undo"];
    return [
      {
        sql: step["sql"],
        count: typeof step["count"] === "number" ? step["count"] : 1,
        line: typeof step["line"] === "number" ? step["line"] : 0,
        undo: isObject(undo)
          ? {
              from: undoSources.find((source) => source === undo["from"]) ?? "given",
              statements: texts(undo["statements"]),
              by: list(undo["by"]).filter((by) => typeof by === "number"),
            }
          : null,
        later: step["later"] === true,
        probe: typeof step["probe"] === "string" ? step["probe"] : null,
        objects: texts(step["objects"]),
        changesRows: step["changesRows"] === true,
        keepsRows: step["keepsRows"] === true,
        makes: typeof step["makes"] === "string" ? step["makes"] : null,
        session: step["session"] === true,
        notCovered: typeof step["notCovered"] === "string" ? step["notCovered"] : null,
        timeouts: timeoutsOf(step),
      },
    ];
  });
  if (steps.length !== list(value["steps"]).length) return null;
  const downTransaction = value["downTransaction"];
  return {
    steps,
    down: value["down"] === undefined ? null : texts(value["down"]),
    downTransaction:
      downTransaction === "none" || downTransaction === "migration" || downTransaction === "step"
        ? downTransaction
        : null,
    pre: [],
    post: list(value["post"]).flatMap((check) =>
      isObject(check) && typeof check["sql"] === "string"
        ? [
            {
              name: typeof check["name"] === "string" ? check["name"] : "",
              expect: check["expect"] === "empty" ? ("empty" as const) : ("true" as const),
              sql: check["sql"],
              line: typeof check["line"] === "number" ? check["line"] : 0,
            },
          ]
        : [],
    ),
    data: texts(value["data"]),
    timeouts: timeoutsOf(value),
  };
}

/** The material as the records of a migration have it: its last whole text, and the undos that were found since. */
export function materialIn(records: readonly TransitionRecord[]): Material {
  const at = records.findLastIndex(({ detail }) => detail["texts"] !== undefined);
  let material = materialOf(records[at]?.detail["texts"]) ?? noMaterial;
  for (const { event, step, detail } of records.slice(at + 1))
    if (event === "step_sent" && step !== null) material = withFoundUndo(material, step, detail);
  return material;
}

/** `detail`: of `step_sent`; it holds an undo where one was found just before the step was sent. */
export function withFoundUndo(material: Material, step: number, detail: Detail): Material {
  const found = detail["undo"];
  return isObject(found) ? withUndos(material, new Map([[step, texts(found["statements"])]])) : material;
}

/** The undos of single steps, by number. */
export function withUndos(material: Material, undos: ReadonlyMap<number, readonly string[]>): Material {
  const steps = material.steps.map((step, index): MaterialStep => {
    const statements = undos.get(index);
    return statements === undefined ? step : { ...step, undo: { from: "derived", statements, by: [] } };
  });
  return { ...material, steps };
}

/** As `recorded` keeps them for a later `down`; null: none were found on the way. */
export function foundUndosDetail(records: readonly TransitionRecord[]): Detail | null {
  const found = records.flatMap(({ event, step, detail }) => {
    const undo = detail["undo"];
    return event === "step_sent" && step !== null && isObject(undo)
      ? [[String(step), texts(undo["statements"])] as const]
      : [];
  });
  return found.length === 0 ? null : Object.fromEntries(found);
}

/** Reads what `foundUndosDetail` wrote. */
export function foundUndosOf(value: Json | undefined): ReadonlyMap<number, readonly string[]> {
  return new Map(isObject(value) ? Object.entries(value).map(([step, undo]) => [Number(step), texts(undo)]) : []);
}

/** What `plan` and the loop need to know of a migration: numbers and texts, made by `prepare-migration`. */
export interface Prepared {
  readonly plan: Plan;
  readonly material: Material;
}

function isObject(value: Json | undefined): value is Detail {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function list(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? (value as readonly Json[]) : [];
}

function texts(value: Json | undefined): readonly string[] {
  return list(value).filter((text) => typeof text === "string");
}
