/**
 * The machine as the exported model knows it: numbers, and nothing to be worked out again. What `transition` and `judge`
 * have answered is read from the explorer's memo; the rest says what a configuration's statements change.
 */
import type { Explored } from "../explorer/explored.ts";
import { jobTables, statementTables } from "./change-tables.ts";
import type { Choice } from "./choices.ts";
import { choicesOf, noChoice } from "./choices.ts";
import { sightsOf } from "./evidence.ts";
import { machineTables } from "./machine-tables.ts";
import { stateTables } from "./state-tables.ts";

export interface Tables {
  readonly choices: readonly Choice[];
  /** Rows of numbers by the name that they have in the exported model. */
  readonly tables: { readonly [name: string]: readonly number[] };
  /** The tables of tables, whose rows stand one after another: how many entries a row has. */
  readonly widths: { readonly [name: string]: number };
}

export function tablesOf(explored: Explored): Tables {
  const { rows: sights, width: sightWidth } = sightsOf(explored);
  const codes = new Set(sights.flatMap(({ first, drifted, otherMark }) => [first, drifted, otherMark]));
  const evidence = [...codes].filter((one) => one >= 0).toSorted((one, other) => one - other);
  const choices = choicesOf(explored.configuration.jobs.length, evidence);
  const choiceOf = (evidenceCode: number): number =>
    evidenceCode < 0 ? noChoice : 1 + choices.findIndex(({ code }) => code === evidenceCode);
  return {
    choices,
    tables: {
      ...machineTables(explored, choices),
      ...stateTables(explored),
      ...jobTables(explored),
      ...statementTables(explored),
      sight: sights.map(({ first }) => choiceOf(first)),
      sight_drifted: sights.map(({ drifted }) => choiceOf(drifted)),
      sight_other_mark: sights.map(({ otherMark }) => choiceOf(otherMark)),
    },
    widths: {
      move: choices.length + 1,
      sight: sightWidth,
      sight_drifted: sightWidth,
      sight_other_mark: sightWidth,
    },
  };
}
