import type { PlannedStepResult, PlanResult } from "../results.ts";
import type { Command } from "./command.ts";
import type { Io } from "./io.ts";
import { finish, oneLine } from "./present.ts";
import { runnerFor } from "./project.ts";

export async function plan(command: Extract<Command, { type: "plan" }>, io: Io): Promise<number> {
  const runner = await runnerFor(command, io);
  return finish(await runner.plan(), command, io, planText);
}

function planText({ migrations, exit }: PlanResult): string {
  if (exit !== 0) return "";
  if (migrations.length === 0) return "Nothing is pending.";
  return migrations.map(migrationText).join("\n\n");
}

function migrationText({
  id,
  transaction,
  steps,
  rollsBackUpTo,
  warnings,
  refused,
}: PlanResult["migrations"][number]): string {
  const lines = [`${id} (transaction=${transaction})`];
  for (const [index, step] of steps.entries()) {
    lines.push(`  ${index + 1}. ${oneLine(step.sql)}`, `     ${step.class}: ${step.why}`);
    lines.push(`     ${undoText(step)}`);
    if (step.destroysData !== null) lines.push(`     destroys ${step.destroysData}`);
  }
  lines.push(
    rollsBackUpTo >= steps.length
      ? "  A failure at any step is rolled back by itself."
      : rollsBackUpTo === 0
        ? "  A failure needs a person."
        : `  A failure up to step ${rollsBackUpTo} is rolled back by itself; after that ${after(steps)}.`,
  );
  lines.push(...warnings.map((text) => `  Warning: ${text}`), ...refused.map((text) => `  Refused: ${text}`));
  return lines.join("\n");
}

function after(steps: readonly PlannedStepResult[]): string {
  const needed = steps.some(
    ({ undo, undoLater, destroysData }) => (undo === null && !undoLater) || destroysData !== null,
  );
  return needed ? "a person is needed" : "as far as undos are found when the steps run";
}

function undoText({ undo, noUndo, undoLater }: PlannedStepResult): string {
  if (undo === null && undoLater) return `undo: looked for when the step runs; ${noUndo ?? ""}`;
  if (undo === null) return noUndo === null ? "no undo" : `no undo: ${noUndo}`;
  if (undo.by.length > 0)
    return `undo (${undo.from}): goes with the undo of ${undo.by.map((by) => `step ${by}`).join(" and ")}`;
  return undo.sql === "" ? "undo: nothing to take back" : `undo (${undo.from}): ${oneLine(undo.sql)}`;
}
