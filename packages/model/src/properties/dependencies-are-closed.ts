import { judged } from "./alter.ts";
import type { LocalProperty } from "./property.ts";
import { noHazard } from "./property.ts";

export const dependenciesAreClosed: LocalProperty = {
  id: "dependencies_are_closed",
  kind: "safety",
  sentence: "The applied set is closed under dependencies, on the way up and on the way down.",
  formula: "AG (m applied and m needs d => d applied)",
  hazards: ["dependency_broken"],
  check: noHazard(["dependency_broken"], ["prepared", "dependency_missing", "dependents_applied"], {
    dependency_broken: "A migration is recorded as applied without what it needs, or reverted under what needs it.",
  }),
  mutants: [
    {
      id: "dependencies-are-not-asked-for",
      alone: true,
      place: "machine",
      story: "What is missing is not looked up.",
      protocol: { asksDependencies: false },
    },
    {
      id: "dependents-are-ignored",
      place: "machine",
      story: "A migration is reverted although applied ones depend on it.",
      rules: judged((effect, reply, event) =>
        effect.type === "prepare" &&
        reply.type === "preparation" &&
        reply.dependents.length > 0 &&
        event.type === "preparation_failed"
          ? { type: "prepared" }
          : null,
      ),
    },
  ],
  notAlone: null,
};
