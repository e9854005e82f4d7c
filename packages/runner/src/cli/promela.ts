import { configurationsOf, defaultBounds, Explored, promela } from "@surefoot/model/explorer";
import type { Command } from "./command.ts";

/** A configuration of the model with everything that can happen in it, for SPIN; or why there is none. It is searched first. */
export function promelaText({
  configuration,
  variant,
  bounds,
  calm,
}: Extract<Command, { type: "graph" }>["whole"]): { readonly text: string } | { readonly problem: string } {
  const all = configurationsOf(variant, { ...defaultBounds, ...bounds });
  const found = all.find(({ name }) => name === configuration);
  if (found === undefined) {
    const names = all.map(({ name }) => name).join(", ");
    return { problem: `--format promela needs a --configuration, one of: ${names}.` };
  }
  const explored = new Explored(found);
  if (!explored.exploration.complete)
    return { problem: `${found.name} is too large to be searched whole; choose smaller --bounds.` };
  return { text: promela(explored, { calm }) };
}
