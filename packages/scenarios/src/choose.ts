import { nearest } from "surefoot/parts";
import type { Group } from "./library/library.ts";
import { Problem } from "./problem.ts";
import type { Scenario } from "./scenario.ts";

/** Those that are named: by name, by the id of a group, or `all`. @throws Problem for a name that nothing has */
export function choose(groups: readonly Group[], names: readonly string[]): readonly Scenario[] {
  const all = groups.flatMap(({ scenarios }) => scenarios);
  const chosen = names.flatMap((name) => {
    const found =
      name === "all"
        ? all
        : (groups.find(({ id }) => id === name)?.scenarios ?? all.filter((one) => one.name === name));
    if (found.length > 0) return found;
    const near = nearest(name, [...groups.map(({ id }) => id), ...all.map((one) => one.name)]);
    throw new Problem(
      `There is no scenario ${name}.${near === null ? " `surefoot replay` lists them." : ` Did you mean ${near}?`}`,
    );
  });
  return [...new Set(chosen)];
}
