import { z } from "zod";
import { rules } from "./doctrine/doctrine.ts";
import { nearest } from "./nearest.ts";

const levels = z.enum(["error", "warn", "off"]);
const ruleIds = rules.map(({ id }) => id);
const keys = ["database", "dir", "outOfOrder", "transaction", "recovery", "doctrine", "strict"] as const;

/** What a configuration file may hold. Unknown keys are errors, since a misspelt one would be silently without effect. */
export const configSchema = z.strictObject(
  {
    database: z.string().optional(),
    dir: z.string().optional(),
    outOfOrder: z.enum(["refuse", "apply"]).optional(),
    transaction: z.enum(["migration", "step", "none"]).optional(),
    recovery: z.enum(["rollback", "resume", "stop"]).optional(),
    doctrine: z
      .record(z.string(), levels)
      .superRefine((value, context) => {
        for (const rule of Object.keys(value))
          if (!ruleIds.includes(rule)) context.addIssue(unknown("rule", rule, ruleIds));
      })
      .optional(),
    strict: z.boolean().optional(),
  },
  {
    error: (issue) => (issue.code === "unrecognized_keys" ? unknown("key", String(issue.keys[0]), keys) : undefined),
  },
);

function unknown(what: string, word: string, known: readonly string[]): string {
  const near = nearest(word, known);
  return `unknown ${what} “${word}”${near === null ? `; known are ${known.join(", ")}` : `; did you mean ${near}?`}`;
}
