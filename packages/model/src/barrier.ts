import type { Effect } from "./effect.ts";
import type { Plan } from "./plan/step-plan.ts";

/**
 * Must every record so far be durable before this effect is performed? Yes before an effectful statement is sent, and
 * before a result is reported (null). In one transaction with its steps the journal needs no lead: statement and record
 * become durable together, or neither does.
 */
export function isBarrier(plan: Plan, effect: Effect | null): boolean {
  if (effect === null) return true;
  return effect.type === "run" && effect.by === "statement" && plan.transaction !== "migration";
}
