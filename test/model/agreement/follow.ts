/** A way through the world that is written down by the names of its actions, driven. */
import { Walker } from "@surefoot/model/arbitraries";
import type { Configuration } from "@surefoot/model/explorer";
import { expect } from "vitest";
import type { Ground } from "./ground.ts";
import { agree } from "./streams.ts";

/**
 * `way`: actions by name, `name/commit` where their records end in another way than being written. Answers with how many
 * were compared.
 */
export async function follow(ground: Ground, configuration: Configuration, way: string): Promise<number> {
  const names = way.trim().split(/\s+/);
  const walker = new Walker(configuration);
  const steps = walker.walk(
    names.map(() => 0),
    {
      permit: ({ action: { name, commit } }, before) =>
        names[before.length] === (commit === "" ? name : `${name}/${commit}`),
    },
  );
  expect(steps.map(({ action: { name } }) => name)).toEqual(names.map((name) => name.split("/")[0]));
  return (await agree(ground, { configuration }, walker, steps)).actionCount;
}
