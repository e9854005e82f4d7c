import { assertNever } from "@surefoot/model";
import type { Progress } from "surefoot/parts";
import type { Actor, Moment } from "./observation.ts";

/** What a runner tells, in a line. Null: the transitions tell it. */
export function momentOf(actor: Actor, event: Progress): Moment | null {
  switch (event.type) {
    case "transition": {
      const { migration, from, to, step } = event;
      const where = from === to ? `stays in ${to}` : `${from} → ${to}`;
      return { actor, text: `${migration}: ${where} (${event.event}${step === null ? "" : ` ${step + 1}`})` };
    }
    case "step":
      if (event.status === "failed")
        return {
          actor: "database",
          text: `${event.way === "undo" ? "the undo of " : ""}step ${event.step + 1}: ${event.message ?? "an error"}`,
        };
      return event.status === "sent"
        ? {
            actor,
            text: `${event.way === "undo" ? "takes back" : "sends"} step ${event.step + 1}: ${event.sql.replace(/\s+/g, " ")}`,
          }
        : null;
    case "waiting":
    case "note":
      return { actor, text: event.message };
    default:
      return assertNever(event);
  }
}
