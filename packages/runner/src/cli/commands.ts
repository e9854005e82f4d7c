/** Every command with its options, as data: what is parsed, what help says, and the call that comes of it. */
import type { VariantName } from "@surefoot/model";
import { runnerCountMax, stepCountMax, variantNames } from "@surefoot/model";
import { SurefootError } from "../error.ts";
import type { Command, Common, Writing } from "./command.ts";
import { replayFormats, replayPlaces } from "./replay-command.ts";

/** The values of one call, by long option in camel case. */
export type Values = { readonly [name: string]: unknown };

export interface OptionSpec {
  readonly name: string;
  /** What stands for its value in help; null: it has none. */
  readonly value: string | null;
  readonly summary: string;
  /** Turns the text into the value. @throws BadValue */
  readonly parse?: (text: string, before: unknown) => unknown;
  readonly choices?: readonly string[];
  readonly conflicts?: string;
  readonly required?: boolean;
  /** Several values, in one or in several options. */
  readonly many?: boolean;
}

export interface CommandSpec {
  readonly name: Command["type"];
  readonly summary: string;
  readonly example: string;
  readonly group: string;
  /** `many`: none, one, or several. */
  readonly argument?: { readonly name: string; readonly summary: string; readonly many?: boolean };
  readonly options: readonly OptionSpec[];
  readonly call: (values: Values, argument: string, all: readonly string[]) => Command;
}

/** An option's text that does not fit; the message says what does. */
export class BadValue extends Error {
  override readonly name = "BadValue";
}

const everyDay = "Every day:";
const failed = "When something failed:";
const beforeMerging = "Before merging:";
const adopting = "Adopting:";

const json: OptionSpec = { name: "json", value: null, summary: "print JSON lines to stdout" };
const at: readonly OptionSpec[] = [
  json,
  { name: "db", value: "url", summary: "the database, such as sqlite:app.db", parse: noFlag },
  { name: "dir", value: "folder", summary: "the folder of migrations (default: migrations)", parse: noFlag },
];
const writing: readonly OptionSpec[] = [
  ...at,
  { name: "wait", value: "duration", summary: "wait so long for a live runner, such as 60s", parse: duration },
  { name: "kill-orphan", value: null, summary: "end a statement that a dead runner has left running on the server" },
  { name: "reconnect", value: "duration", summary: "wait so long for a lost database (default: 30s)", parse: duration },
];
const strict: OptionSpec = { name: "strict", value: null, summary: "exit 6 when the schema was changed from outside" };
const climbing: readonly OptionSpec[] = [
  ...writing,
  { name: "to", value: "id", summary: "the last migration to apply", parse: noFlag },
  { name: "atomic", value: null, summary: "all pending migrations in one transaction, all or none" },
  { name: "out-of-order", value: null, summary: "apply a migration that comes before an applied one" },
  strict,
  {
    name: "recovery",
    value: "policy",
    summary: "what a restart does with a migration that it finds unfinished",
    choices: ["rollback", "resume", "stop"],
  },
];

const graphFormats = ["mermaid", "dot", "svg", "json", "promela"] as const;

export const commands: readonly CommandSpec[] = [
  {
    name: "init",
    summary: "set up a project: a config file and a folder of migrations",
    example: "surefoot init --db sqlite:app.db",
    group: everyDay,
    options: at,
    call: (values) => ({ type: "init", ...common(values) }),
  },
  {
    name: "new",
    summary: "write a migration file with the next number",
    example: "surefoot new add_users",
    group: everyDay,
    argument: { name: "name", summary: "what it does, in a few words" },
    options: at,
    call: (values, name) => ({ type: "new", name, ...common(values) }),
  },
  {
    name: "status",
    summary: "state, applied and pending migrations; writes nothing",
    example: "surefoot status --check",
    group: everyDay,
    options: [...at, { name: "check", value: null, summary: "exit 4, 6 or 7 when something is to be done" }, strict],
    call: (values) => ({
      type: "status",
      check: values["check"] === true,
      strict: values["strict"] === true,
      ...common(values),
    }),
  },
  {
    name: "plan",
    summary: "what would run, step by step, with each undo; writes nothing",
    example: "surefoot plan",
    group: everyDay,
    options: at,
    call: (values) => ({ type: "plan", ...common(values) }),
  },
  {
    name: "history",
    summary: "the journal, record by record; writes nothing",
    example: "surefoot history --json",
    group: everyDay,
    options: at,
    call: (values) => ({ type: "history", ...common(values) }),
  },
  {
    name: "up",
    summary: "recover if needed, then apply what is pending, in order",
    example: "surefoot up --to 0003_orders",
    group: everyDay,
    options: climbing,
    call: (values) => climb("up", values),
  },
  {
    name: "down",
    summary: "revert the last applied migration, or more",
    example: "surefoot down --steps 2",
    group: everyDay,
    options: [
      ...writing,
      { name: "to", value: "id", summary: "revert everything after this one", parse: noFlag, conflicts: "steps" },
      { name: "steps", value: "number", summary: "how many to revert", parse: positive },
      { name: "yes", value: null, summary: "destroy what it destroys without asking" },
    ],
    call: (values) => ({
      type: "down",
      to: text(values, "to"),
      steps: values["steps"] as number | undefined,
      yes: values["yes"] === true,
      ...written(values),
    }),
  },
  {
    name: "explain",
    summary: "what happened, what is known, which commands are safe; writes nothing",
    example: "surefoot explain",
    group: failed,
    options: at,
    call: (values) => ({ type: "explain", ...common(values) }),
  },
  {
    name: "recover",
    summary: "bring an interrupted migration to rest, and no more",
    example: "surefoot recover",
    group: failed,
    options: writing,
    call: (values) => ({ type: "recover", ...written(values) }),
  },
  {
    name: "retry",
    summary: "leave a clean failure, then do what `up` does",
    example: "surefoot retry",
    group: failed,
    options: climbing,
    call: (values) => climb("retry", values),
  },
  {
    name: "retry-rollback",
    summary: "go on undoing, with undos corrected in the file",
    example: "surefoot retry-rollback --decide 2=applied",
    group: failed,
    options: [
      ...writing,
      {
        name: "allow-data-loss",
        value: null,
        summary: "run an undo although it destroys rows that the migration did not write",
      },
      {
        name: "decide",
        value: "step=word",
        summary: "what became of a step in doubt: N=applied or N=not-applied",
        parse: decision,
      },
    ],
    call: (values) => ({
      type: "retry-rollback",
      allowDataLoss: values["allowDataLoss"] === true,
      decide: (values["decide"] as Decisions | undefined) ?? new Map(),
      ...written(values),
    }),
  },
  {
    name: "resolve",
    summary: "say that it was finished or taken back by hand; looks before it believes",
    example: "surefoot resolve --applied",
    group: failed,
    options: [
      ...writing,
      { name: "applied", value: null, summary: "its steps are all in effect", conflicts: "reverted" },
      { name: "reverted", value: null, summary: "nothing of it is left" },
      { name: "force", value: null, summary: "believe it against the evidence; needs --reason" },
      { name: "reason", value: "text", summary: "kept in the journal", parse: noFlag },
    ],
    call: (values) => {
      if (values["applied"] !== true && values["reverted"] !== true)
        throw new SurefootError("USAGE", "resolve needs to know what was done: --applied or --reverted.");
      return {
        type: "resolve",
        claim: values["applied"] === true ? "applied" : "reverted",
        force: values["force"] === true,
        reason: text(values, "reason"),
        ...written(values),
      };
    },
  },
  {
    name: "verify",
    summary:
      "try the pending migrations, and every rollback that is promised, on a scratch database; touches nothing else",
    example: "surefoot verify --from-empty",
    group: beforeMerging,
    options: [
      ...at,
      { name: "from-empty", value: null, summary: "begin with an empty database and try every file" },
      {
        name: "scratch",
        value: "url",
        summary: "server to try on, for MySQL and MariaDB; default: SUREFOOT_SCRATCH_URL",
        parse: noFlag,
      },
    ],
    call: (values) => ({
      type: "verify",
      fromEmpty: values["fromEmpty"] === true,
      scratch: text(values, "scratch"),
      ...common(values),
    }),
  },
  {
    name: "baseline",
    summary: "record migrations as applied without running them",
    example: "surefoot baseline --to 0007_invoices",
    group: adopting,
    options: [
      ...writing,
      { name: "to", value: "id", summary: "everything up to this one", parse: noFlag, conflicts: "only" },
      { name: "only", value: "id", summary: "only these", many: true },
    ],
    call: (values) => ({
      type: "baseline",
      to: text(values, "to"),
      only: values["only"] as readonly string[] | undefined,
      ...written(values),
    }),
  },
  {
    name: "accept-edit",
    summary: "take the file of an applied migration as it is now",
    example: 'surefoot accept-edit 0003_orders --reason "typo in a name"',
    group: adopting,
    argument: { name: "id", summary: "the migration" },
    options: [
      ...writing,
      { name: "reason", value: "text", summary: "kept in the journal", parse: noFlag, required: true },
    ],
    call: (values, id) => ({ type: "accept-edit", id, reason: text(values, "reason") ?? "", ...written(values) }),
  },
  {
    name: "prove",
    summary: "explore Surefoot's own model: every property, every mutant; needs no database",
    example: "surefoot prove --variant documented",
    group: "The model:",
    options: [
      json,
      { name: "variant", value: "name", summary: "which model (default: adjusted)", choices: variantNames },
      { name: "quick", value: null, summary: "one step and no mutants: for a hook before each commit" },
      { name: "bounds", value: "sizes", summary: "how large, such as steps=4,runners=3", parse: bounds },
      { name: "symmetry", value: null, summary: "take runners for interchangeable: fewer states, and only safety" },
      { name: "states", value: "number", summary: "give up after so many states (default: 10000000)", parse: positive },
      {
        name: "format",
        value: "name",
        summary: "text, or junit, or mermaid for counterexamples",
        choices: ["text", "junit", "mermaid"],
      },
    ],
    call: (values) => ({
      type: "prove",
      json: values["json"] === true,
      variant: (values["variant"] as VariantName | undefined) ?? "adjusted",
      quick: values["quick"] === true,
      format: (values["format"] as "text" | "junit" | "mermaid" | undefined) ?? "text",
      bounds: (values["bounds"] as { readonly steps?: number; readonly runners?: number } | undefined) ?? {},
      stateMax: values["states"] as number | undefined,
      symmetry: values["symmetry"] === true,
    }),
  },
  {
    name: "replay",
    summary: "play documented failures on the model or on databases of its own; without names: list them",
    example: "surefoot replay 3 --on sqlite",
    group: "The model:",
    argument: { name: "name", summary: "a scenario, a number of the first five, or all", many: true },
    options: [
      json,
      {
        name: "verdict",
        value: null,
        summary: "what the checker says of the first five under each variant; of one under one, the shortest story too",
      },
      {
        name: "on",
        value: "place",
        summary: "where (default: model)",
        choices: replayPlaces,
        conflicts: "verdict",
      },
      {
        name: "db",
        value: "url",
        summary: "the server to make databases on; without it, one of its own is started where it is installed",
        parse: noFlag,
        conflicts: "verdict",
      },
      { name: "variant", value: "name", summary: "of which model (default: adjusted)", choices: variantNames },
      {
        name: "scenarios",
        value: "folder",
        summary: "a folder of your own scenarios, instead of these",
        parse: noFlag,
        conflicts: "verdict",
      },
      { name: "format", value: "name", summary: "text, junit or markdown", choices: replayFormats },
    ],
    call: (values, _, names) => {
      const variant = values["variant"] as VariantName | undefined;
      const told = {
        names,
        json: values["json"] === true,
        format: replayFormats.find((format) => format === values["format"]) ?? "text",
      };
      return values["verdict"] === true
        ? { type: "verdict", ...told, variant: variant ?? null }
        : {
            type: "replay",
            ...told,
            on: replayPlaces.find((place) => place === values["on"]) ?? "model",
            db: text(values, "db"),
            variant: variant ?? "adjusted",
            scenarios: text(values, "scenarios"),
          };
    },
  },
  {
    name: "graph",
    summary: "the state diagram, or a whole configuration for SPIN",
    example: "surefoot graph --format svg > states.svg",
    group: "The model:",
    options: [
      json,
      {
        name: "format",
        value: "name",
        summary: "mermaid (the default), dot for Graphviz, svg, the table as json, or promela for SPIN",
        choices: graphFormats,
      },
      { name: "configuration", value: "name", summary: "promela: which one, such as opaque", parse: noFlag },
      { name: "variant", value: "name", summary: "promela: of which model (default: adjusted)", choices: variantNames },
      { name: "bounds", value: "sizes", summary: "promela: how large, such as steps=3,runners=2", parse: bounds },
      { name: "calm", value: null, summary: "promela: faults and people may cease, to ask what comes to rest" },
    ],
    call: (values) => ({
      type: "graph",
      json: values["json"] === true,
      format: graphFormats.find((format) => format === values["format"]) ?? "mermaid",
      whole: {
        configuration: text(values, "configuration"),
        variant: (values["variant"] as VariantName | undefined) ?? "adjusted",
        bounds: (values["bounds"] as { readonly steps?: number; readonly runners?: number } | undefined) ?? {},
        calm: values["calm"] === true,
      },
    }),
  },
];

/** `out-of-order` is `outOfOrder` among the values. */
export function keyOf(name: string): string {
  return name.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

type Decisions = ReadonlyMap<number, "applied" | "not_applied">;

function common(values: Values): Common {
  return { db: text(values, "db"), dir: text(values, "dir"), json: values["json"] === true };
}

function written(values: Values): Writing {
  const { wait, reconnect } = values as { readonly wait?: number; readonly reconnect?: number };
  return {
    ...common(values),
    waitMs: wait ?? 0,
    reconnectMs: reconnect ?? 30_000,
    killOrphan: values["killOrphan"] === true,
  };
}

function climb(type: "up" | "retry", values: Values): Command {
  return {
    type,
    to: text(values, "to"),
    atomic: values["atomic"] === true,
    outOfOrder: values["outOfOrder"] === true,
    strict: values["strict"] === true,
    recovery: values["recovery"] as "rollback" | "resume" | "stop" | undefined,
    ...written(values),
  };
}

function text(values: Values, name: string): string | undefined {
  const value = values[name];
  return typeof value === "string" ? value : undefined;
}

/** Milliseconds of `500ms`, `60s`, `5m`, `1h`. */
function duration(given: string): number {
  const [, number, unit] = /^(\d+)(ms|s|m|h)$/.exec(given) ?? [];
  if (number === undefined) throw new BadValue("Write a duration with its unit: 500ms, 60s, 5m, 1h.");
  const factor = unit === "ms" ? 1 : unit === "s" ? 1_000 : unit === "m" ? 60_000 : 3_600_000;
  return Number(number) * factor;
}

/** `--to --json` is a forgotten value, not a migration called --json. */
function noFlag(given: string): string {
  if (given.startsWith("--")) throw new BadValue("A value is missing before it.");
  return given;
}

function positive(given: string): number {
  if (!/^[1-9]\d*$/.test(given)) throw new BadValue("Write a whole number from 1.");
  return Number(given);
}

/** `steps=4,runners=3`, or one of them. */
function bounds(given: string): { readonly [name: string]: number } {
  const found = new Map<string, number>();
  for (const part of given.split(",")) {
    const [, name, number] = /^(steps|runners)=([1-9]\d*)$/.exec(part.trim()) ?? [];
    const most = name === "steps" ? stepCountMax : runnerCountMax;
    if (name === undefined || Number(number) > most)
      throw new BadValue(
        `Write steps=N (1 to ${stepCountMax}), runners=N (1 to ${runnerCountMax}), or both with a comma.`,
      );
    found.set(name, Number(number));
  }
  return Object.fromEntries(found);
}

function decision(given: string, before: unknown): Decisions {
  const [, step, word] = /^([1-9]\d*)=(applied|not-applied)$/.exec(given) ?? [];
  if (step === undefined) throw new BadValue("Write N=applied or N=not-applied, N being the number of the step.");
  const known = before instanceof Map ? (before as Decisions) : new Map<number, "applied" | "not_applied">();
  return new Map([...known, [Number(step), word === "applied" ? "applied" : "not_applied"]]);
}
