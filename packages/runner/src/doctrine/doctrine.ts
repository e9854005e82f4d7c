import type { MigrationFile } from "../files/migration.ts";
import { toRead } from "../files/migration.ts";
import type { Dialect } from "../sql/dialect.ts";
import { nearest } from "../nearest.ts";
import { noForeignKey } from "./no-foreign-key.ts";
import type { Finding, Level, Rule } from "./rule.ts";

/** Every rule, in the order in which they are told. */
export const rules: readonly Rule[] = [noForeignKey];

export type DoctrineLevels = { readonly [rule: string]: Level };

export interface Judgement {
  /** In the way of a migration. */
  readonly errors: readonly Finding[];
  readonly warnings: readonly Finding[];
}

/** Holds the `up` of a migration against the rules, their levels in the config, and what the file itself allows. */
export function examine(file: MigrationFile, levels: DoctrineLevels, dialect: Dialect): Judgement {
  const errors: Finding[] = [];
  const warnings: Finding[] = [];
  for (const rule of rules) {
    const level = levels[rule.id] ?? rule.level;
    if (level === "off" || file.allow.some((allowance) => allowance.rule === rule.id)) continue;
    const found = file.up
      .flatMap((step) => rule.check({ ...step, sql: toRead(step) }, dialect))
      .map((finding) => ({ rule: rule.id, ...finding }));
    (level === "error" ? errors : warnings).push(...found);
  }
  for (const { rule, line } of file.allow) {
    if (rules.some(({ id }) => id === rule)) continue;
    const near = nearest(
      rule,
      rules.map(({ id }) => id),
    );
    const hint = near === null ? "" : ` Did you mean ${near}?`;
    warnings.push({ rule, line, column: 1, message: `There is no rule ${rule}; this line allows nothing.${hint}` });
  }
  return { errors, warnings };
}
