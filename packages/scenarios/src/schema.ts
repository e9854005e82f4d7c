/** What a scenario that comes from outside must look like; see `scenario.ts` for what the fields mean. */
import { stateTypes, variantNames } from "@surefoot/model";
import { z } from "zod";
import { wordless } from "./in-words.ts";
import type { Scenario } from "./scenario.ts";
import { outcomes, places } from "./scenario.ts";

/** The commands that a story can be made of. */
const playable = [
  "up",
  "down",
  "status",
  "plan",
  "history",
  "explain",
  "recover",
  "retry",
  "retry-rollback",
  "resolve",
  "verify",
  "baseline",
  "accept-edit",
] as const;

const text = z.string().min(1, "write something");
const words = text.superRefine((value, context) => {
  const found = wordless(value);
  if (found === null) return;
  context.addIssue({
    code: "custom",
    message: `${found} needs words for each engine: {{SQLite|servers}} or {{SQLite|MariaDB|MySQL}}`,
  });
});
const id = z.string().regex(/^\d+_\S+$/, "ids of migrations are NUMBER_name, without .sql");
const number = z.int("count from 1").min(1, "count from 1");

const fault = z
  .strictObject({
    migration: id.optional(),
    step: number.optional(),
    undoOf: number.optional(),
    check: z.enum(["pre", "post"]).optional(),
    making: z.literal("journal").optional(),
    answers: z.enum(["error", "partly", "nothing", "false"]).optional(),
    kill: z.enum(["runner", "session", "server"]).optional(),
    when: z.enum(["before_effect", "during", "after_effect", "after_answer"]).optional(),
    lose: z.enum(["connection", "reply"]).optional(),
    statement: z.enum(["finishes", "ends", "runs_on"]).optional(),
    get meanwhile() {
      return z.array(act).min(1).optional();
    },
  })
  .superRefine((value, context) => {
    const say = (message: string) => context.addIssue({ code: "custom", message });
    const { kill, when, lose, statement, check, answers, making, meanwhile } = value;
    if (one(value, ["step", "undoOf", "check", "making"]) === null)
      say("say where it strikes: step, undoOf, check or making");
    const apart = lose === undefined ? (["meanwhile"] as const) : [];
    if (one(value, ["answers", "kill", "lose", ...apart]) === null)
      say("say what it is: answers, kill, lose or meanwhile");
    if ((kill === undefined) !== (when === undefined)) say("kill and when belong together");
    if (kill === "session" && when !== "during" && when !== "before_effect")
      say("a session is killed before its statement or during it");
    if (making !== undefined && (kill !== "runner" || when !== "after_effect"))
      say("while the journal is made, the runner can be killed after_effect");
    if ((kill !== undefined || lose !== undefined) && check !== undefined) say("nothing is killed or lost in a check");
    if (answers === "false" && check === undefined) say("only a check answers false");
    const orphans = kill === "runner" && when === "during";
    const fits =
      lose === "connection"
        ? statement === "ends" || (statement === "finishes" && meanwhile === undefined)
        : orphans
          ? statement === "finishes" || statement === "runs_on"
          : statement === undefined;
    if (!fits)
      say(
        lose === "connection"
          ? "say what becomes of the statement: finishes or ends"
          : orphans
            ? "say what becomes of the statement: finishes or runs_on"
            : "statement belongs to lose: connection, and to a runner that is killed during one",
      );
  });

/** The one of these keys that is there; null: none is, or several are. */
function one(value: object, keys: readonly string[]): string | null {
  const found = keys.filter((key) => key in value && (value as { [key: string]: unknown })[key] !== undefined);
  return found.length === 1 ? (found[0] ?? null) : null;
}

const act = z
  .strictObject({
    run: text
      .refine((value) => playable.some((name) => value.split(" ")[0] === name), {
        message: `the first word is one of ${playable.join(", ")}`,
      })
      .optional(),
    faults: z.array(fault).optional(),
    through: z.literal("pool").optional(),
    files: z.record(id, words.nullable()).optional(),
    byHand: z.array(words).min(1).optional(),
    leaves: z.enum(["finished", "restored", "changed", "untouched"]).optional(),
    opens: z.array(words).min(1).nullable().optional(),
    copied: z.literal(true).optional(),
  })
  .superRefine((value, context) => {
    const kind = one(value, ["run", "files", "byHand", "opens", "copied"]);
    const message =
      kind === null
        ? "an act is one of run, files, byHand, opens and copied"
        : (value.faults !== undefined || value.through !== undefined) && kind !== "run"
          ? "faults and through belong to a command"
          : (value.leaves !== undefined) !== (kind === "byHand")
            ? "byHand says what it leaves: finished, restored, changed or untouched"
            : null;
    if (message !== null) context.addIssue({ code: "custom", message });
  });

const left = z.strictObject({
  applied: z.array(id),
  tables: z.record(text, z.array(text)),
  rows: z.record(text, z.int()).optional(),
});

const then = z.strictObject({
  exits: z.array(z.union([z.int(), z.literal("killed")])).min(1),
  path: z.array(z.enum(stateTypes)).min(1),
  outcome: z.enum(outcomes),
  left,
  told: z.array(words).min(1),
  keeps: z.array(text.regex(/^[a-z_]+( \d+)?(: .+)?$/s, "write EVENT, EVENT STEP, or either with : TEXT")),
});

const otherwise = z.strictObject({ because: text, then: then.partial() });
const answer = z.union([z.literal("run"), z.strictObject({ skip: text }), otherwise], {
  error: 'write "run", { skip: REASON }, or { because: REASON, then: … }',
});

const scenario = z
  .strictObject({
    name: z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, "names are in kebab-case"),
    story: text,
    source: text,
    given: z.record(id, words),
    pending: z.record(id, words),
    when: z.array(act).min(1),
    then,
    engines: z.strictObject(Object.fromEntries(places.map((place) => [place, answer])) as Answers),
    variants: z.partialRecord(z.enum(variantNames), z.union([otherwise, z.strictObject({ skip: text })])).optional(),
  })
  .superRefine((value, context) => {
    const commands = value.when.flatMap(commandsIn);
    const say = (path: string[], message: string) => context.addIssue({ code: "custom", path, message });
    if (value.then.exits.length !== commands.length)
      say(["then", "exits"], `one for each command: ${commands.length}, and there are ${value.then.exits.length}`);
    if (value.then.path[0] !== "idle") say(["then", "path"], "a story begins in idle");
    if (value.then.path.length > 1 && value.then.keeps.length === 0)
      say(["then", "keeps"], "what moves leaves records; name those that are never lost");
    const server = commands.some(
      ({ faults = [], through }) =>
        through !== undefined ||
        faults.some(
          ({ kill, lose, making }) =>
            lose !== undefined || making !== undefined || kill === "session" || kill === "server",
        ),
    );
    if (server && !(typeof value.engines.sqlite === "object" && "skip" in value.engines.sqlite))
      say(["engines", "sqlite"], "SQLite has no connections and no server to lose: skip it with that reason");
  });

type Answers = { readonly [P in (typeof places)[number]]: typeof answer };

interface AnyAct {
  readonly run?: string | undefined;
  readonly through?: string | undefined;
  readonly faults?:
    | readonly {
        readonly kill?: string | undefined;
        readonly lose?: string | undefined;
        readonly making?: string | undefined;
        readonly meanwhile?: readonly AnyAct[] | undefined;
      }[]
    | undefined;
}

function commandsIn(one: AnyAct): readonly AnyAct[] {
  if (one.run === undefined) return [];
  return [one, ...(one.faults ?? []).flatMap(({ meanwhile = [] }) => meanwhile.flatMap(commandsIn))];
}

export type Parsed =
  | { readonly type: "scenario"; readonly scenario: Scenario }
  /** Says the file, the field, and what is expected there. */
  | { readonly type: "problem"; readonly message: string };

/** Reads what claims to be a scenario. `file` is for the message. */
export function parseScenario(value: unknown, file: string): Parsed {
  const parsed = scenario.safeParse(value);
  if (parsed.success) return { type: "scenario", scenario: parsed.data as Scenario };
  const [issue] = parsed.error.issues;
  const where = issue === undefined || issue.path.length === 0 ? "" : `${issue.path.join(".")}: `;
  return { type: "problem", message: `${file}: ${where}${issue?.message ?? "it is no scenario"}` };
}
