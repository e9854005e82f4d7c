/** The JSON output as zod schemas, for programs that read it. */
import { causes, stateTypes, variantNames } from "@surefoot/model";
import { z } from "zod";

const state = z.enum(stateTypes);
const storyVerdict = z.enum(["passes", "partial", "unclear", "fails"]);
const cause = z.enum(causes);

export const errorSchema = z.looseObject({
  code: z.string(),
  message: z.string(),
  file: z.string().optional(),
  line: z.number().int().optional(),
  column: z.number().int().optional(),
});

const base = {
  type: z.literal("result"),
  command: z.string(),
  exit: z.number().int(),
  state: state.nullable(),
  error: errorSchema.nullable(),
  next: z.array(z.string()),
};

const step = z.looseObject({
  step: z.number().int(),
  number: z.number().int(),
  line: z.number().int(),
  sql: z.string(),
  undo: z.array(z.string()).nullable(),
  inDoubt: z.boolean(),
});

const verified = z.looseObject({
  schema: z.enum(["equal", "exact"]),
  data: z.enum(["untouched", "rolled_back", "undone_not_compared", "compared"]),
});

export const upResultSchema = z.looseObject({
  ...base,
  outcome: z.enum(["applied", "nothing", "rolled_back", "failed", "interrupted", "busy", "drift"]),
  run: z.string(),
  applied: z.array(z.string()),
  verified: verified.nullable(),
  notCovered: z.array(z.string()),
  failed: z
    .looseObject({ migration: z.string(), cause, message: z.string().nullable(), path: z.array(state) })
    .nullable(),
  alsoRolledBack: z.array(z.string()),
  remaining: z.array(step),
});

export const downResultSchema = z.looseObject({ ...upResultSchema.shape, reverted: z.array(z.string()) });

export const statusResultSchema = z.looseObject({
  ...base,
  engine: z.string(),
  migration: z.string().nullable(),
  clean: z.boolean().nullable(),
  cause: cause.nullable(),
  applied: z.array(
    z.looseObject({ id: z.string(), how: z.enum(["executed", "resolved", "baseline"]), at: z.string() }),
  ),
  pending: z.array(z.string()),
  remaining: z.array(step),
});

export const planResultSchema = z.looseObject({
  ...base,
  migrations: z.array(
    z.looseObject({
      id: z.string(),
      steps: z.array(
        z.looseObject({
          line: z.number().int(),
          sql: z.string(),
          class: z.string(),
          why: z.string(),
          undo: z.looseObject({ from: z.string(), sql: z.string(), by: z.array(z.number().int()) }).nullable(),
          noUndo: z.string().nullable(),
          undoLater: z.boolean(),
          destroysData: z.string().nullable(),
        }),
      ),
      rollsBackUpTo: z.number().int(),
    }),
  ),
});

const tried = {
  by: z.enum(["engine", "undos", "down"]).nullable(),
  verdict: z.enum(["real", "not_real", "none"]),
  message: z.string().nullable(),
};

export const verifyResultSchema = z.looseObject({
  ...base,
  from: z.enum(["schema", "nothing"]),
  scratch: z.string().nullable(),
  notCopied: z.array(z.looseObject({ object: z.string(), why: z.string() })),
  migrations: z.array(
    z.looseObject({
      id: z.string(),
      steps: z.number().int(),
      notTried: z.string().nullable(),
      up: z.looseObject({ works: z.boolean(), message: z.string().nullable() }).nullable(),
      rollbacks: z.array(z.looseObject({ after: z.number().int(), ...tried })),
      down: z.looseObject(tried).nullable(),
      notes: z.array(z.string()),
    }),
  ),
});

export const restResultSchema = z.looseObject({
  ...base,
  migration: z.string().nullable(),
  outcome: z.enum(["rest", "applied", "rolled_back", "failed", "nothing", "busy", "interrupted"]),
  verified: verified.nullable(),
  remaining: z.array(step),
});

const story = z.looseObject({
  configuration: z.string(),
  steps: z.array(
    z.looseObject({ number: z.number().int(), actor: z.string(), text: z.string(), changes: z.array(z.string()) }),
  ),
  faults: z.number().int(),
  cycleFrom: z.number().int().nullable(),
  why: z.string(),
});

export const proveResultSchema = z.looseObject({
  ...base,
  verdict: z.enum(["holds", "violated", "unknown"]),
  variant: z.enum(variantNames),
  configurations: z.array(
    z.looseObject({
      name: z.string(),
      states: z.number().int(),
      transitions: z.number().int(),
      depth: z.number().int(),
      bound: z.number().int().nullable(),
    }),
  ),
  properties: z.array(
    z.looseObject({
      id: z.string(),
      kind: z.enum(["safety", "liveness", "reachability"]),
      verdict: z.enum(["holds", "violated", "unknown"]),
      witnesses: z.number().int(),
      counts: z.record(z.string(), z.number().int()),
      counterexample: story.nullable(),
    }),
  ),
  mutants: z.array(
    z.looseObject({
      id: z.string(),
      outcome: z.enum(["killed", "survived", "equivalent", "invalid"]),
      by: z.array(z.string()),
    }),
  ),
  complaints: z.array(z.string()),
});

/** Without names: what there is to be played, with its story and where it is played. */
export const replayResultSchema = z.looseObject({
  ...base,
  scenarios: z.array(
    z.looseObject({ name: z.string(), held: z.boolean().optional(), skipped: z.boolean().optional() }),
  ),
});

/** `replay --verdict`. */
export const verdictResultSchema = z.looseObject({
  ...base,
  verdicts: z.array(
    z.looseObject({
      scenario: z.string(),
      title: z.string(),
      variant: z.enum(variantNames),
      verdict: storyVerdict,
      because: z.string(),
      counterexample: z.looseObject({ configuration: z.string(), steps: z.array(z.looseObject({})) }).nullable(),
      worlds: z.array(
        z.looseObject({
          configuration: z.string(),
          verdict: storyVerdict,
          states: z.number().int(),
          bound: z.number().int().nullable(),
          touched: z.array(z.string()),
          violated: z.array(z.string()),
        }),
      ),
    }),
  ),
  costs: z.array(
    z.looseObject({
      variant: z.enum(variantNames),
      states: z.number().int(),
      moves: z.number().int(),
      bounds: z.record(z.string(), z.number().int().nullable()),
      cannotPromise: z.array(z.looseObject({ id: z.string(), sentence: z.string() })),
    }),
  ),
});

export const transitionLineSchema = z.looseObject({
  type: z.literal("transition"),
  seq: z.number().int(),
  run: z.string(),
  epoch: z.number().int(),
  migration: z.string(),
  direction: z.enum(["up", "down"]),
  from: state,
  event: z.string(),
  to: state,
  step: z.number().int().nullable(),
  at: z.string(),
  detail: z.looseObject({}),
});

export const noteLineSchema = z.looseObject({ type: z.literal("note") });
