import { expect, test } from "vitest";
import { configurationsOf, smallBounds } from "../explorer/configuration.ts";
import { Explored } from "../explorer/explored.ts";
import { storyDiagram, storyText } from "../explorer/story.ts";
import { emptyWorld, unpack, wordCount } from "../explorer/world.ts";
import { coverageProperties, localProperties } from "../properties/properties.ts";
import type { VariantName } from "../variant.ts";
import { variantNames } from "../variant.ts";
import type { Proof } from "./prove.ts";
import { assemble, proveConfiguration } from "./prove.ts";
import { allMutants, tryMutant } from "./try-mutant.ts";

const proofs = new Map<VariantName, Proof>();

function proofOf(variant: VariantName): Proof {
  const known = proofs.get(variant);
  if (known !== undefined) return known;
  const results = configurationsOf(variant, smallBounds).map((configuration) => proveConfiguration(configuration));
  const proof = assemble(variant, results, []);
  proofs.set(variant, proof);
  return proof;
}

const violatedBy = (variant: VariantName): readonly string[] =>
  proofOf(variant)
    .properties.filter(({ verdict }) => verdict === "violated")
    .map(({ id }) => id);

const countsOf = (variant: VariantName) =>
  proofOf(variant).configurations.map(({ name, states, transitions }) => [name, states, transitions]);

const storyOf = (variant: VariantName, id: string) => {
  const story = proofOf(variant).properties.find((property) => property.id === id)?.counterexample;
  if (story === undefined || story === null) throw new Error(`${variant} does not violate ${id}.`);
  return story;
};

test("adjusted holds, every property of it was put to the test, and these are its states", () => {
  const { verdict, properties, configurations } = proofOf("adjusted");

  expect(properties.filter((property) => property.verdict !== "holds")).toEqual([]);
  expect(properties.filter(({ witnesses }) => witnesses === 0)).toEqual([]);
  expect(verdict).toBe("holds");
  // A model that changed is a change to be seen: say in the commit what became possible or impossible.
  expect(
    configurations.map(({ name, states, transitions, depth, bound }) => [name, states, transitions, depth, bound]),
  ).toEqual([
    ["sqlite-one-transaction", 2_915, 26_546, 24, 20],
    ["sqlite-by-step", 39_667, 375_882, 44, 26],
    ["atomic-ddl", 30_668, 253_692, 52, 19],
    ["opaque", 8_296, 66_480, 40, 17],
    ["dependency-arrives", 3_104, 28_377, 25, 20],
    ["up-and-down", 4_624, 29_512, 55, 17],
    ["records-at-once", 5_864, 45_660, 35, 24],
    ["shared-and-idle-undos", 5_252, 38_340, 43, 21],
    ["rows-destroyed", 8_368, 67_368, 42, 17],
    ["down-section", 7_824, 62_960, 40, 17],
    ["policy-resume", 9_488, 74_332, 33, 26],
    ["policy-stop", 5_296, 40_804, 41, 14],
  ]);
});

test("documented is refuted, once for each gap that was named", () => {
  expect(violatedBy("documented")).toEqual(
    expect.arrayContaining(["sink_is_reachable", "comes_to_rest", "rolled_back_is_true", "manual_override"]),
  );

  const noRecovery = storyOf("documented", "sink_is_reachable");
  const noDependencyPath = storyOf("documented", "comes_to_rest");
  const unverified = storyOf("documented", "rolled_back_is_true");
  const noOverride = storyOf("documented", "manual_override");

  // No recovery after a crash: one crash, and a restart has no way on.
  expect(noRecovery.faults).toBe(1);
  expect(noRecovery.steps.map(({ action }) => action)).toContain("crash");
  // No path for a missing dependency: nothing goes wrong, and it never comes to rest.
  expect(noDependencyPath).toMatchObject({ configuration: "dependency-arrives", faults: 0 });
  expect(noDependencyPath.steps.at(-1)?.action).toBe("start");
  // A rollback that nobody has verified.
  expect(unverified.steps.map(({ action }) => action)).not.toContain("verify");
  expect(unverified.end["journal"]).toMatch(/^idle/);
  // No way to say that it was done by hand.
  expect(noOverride.end["journal"]).toMatch(/^failed/);
});

test("blocked waits for ever for a dependency that never comes, and is sound in everything else", () => {
  const waiting = storyOf("blocked", "comes_to_rest");

  expect(violatedBy("blocked")).toEqual(["comes_to_rest"]);
  expect(waiting.cycleFrom).not.toBeNull();
  expect(waiting.steps.at(-1)?.action).toBe("dependency_missing");
});

test("resuming and the state that rollback_state shows break nothing, and need every move of their tables", () => {
  const seen = (variant: VariantName) => {
    const { verdict, properties } = proofOf(variant);
    const witnesses = (id: string) => properties.find((property) => property.id === id)?.witnesses;
    return [verdict, witnesses("states_reached"), witnesses("edges_taken")];
  };

  expect([seen("adjusted"), seen("resuming"), seen("rollback_state")]).toEqual([
    ["holds", 8, 44],
    ["holds", 8, 40],
    ["holds", 9, 54],
  ]);
  // The same graph, with more of it told apart.
  expect(countsOf("rollback_state")).toEqual(countsOf("adjusted"));
});

test("a counterexample names who acts, what changed and why it must not be, and draws itself", () => {
  const story = storyOf("documented", "sink_is_reachable");

  const text = storyText(story);
  const diagram = storyDiagram(story);

  expect(text).toMatch(/^ +1 {2}operator +is started and takes the lease$/m);
  expect(text).toMatch(/^ +\d+ {2}fault +runner A is killed$/m);
  expect(text).toMatch(/^ {2}why {2}From here no continuation/m);
  for (const { number, changes } of story.steps) expect([number, changes.length > 0]).toEqual([number, true]);
  expect(diagram).toMatch(/^sequenceDiagram\n/);
  expect(diagram.trimEnd().split("\n")).toHaveLength(story.steps.length + 5);
});

test("a property that is never true is seen to be violated, and one that was never asked does not hold", () => {
  const configuration = configurationsOf("adjusted", smallBounds)[0]!;
  const result = proveConfiguration(configuration);
  const with_ = (change: object) =>
    assemble("adjusted", [{ ...result, properties: result.properties.map((one) => ({ ...one, ...change })) }], []);

  expect(with_({ verdict: "violated" }).verdict).toBe("violated");
  expect(with_({ witnesses: 0 }).properties[0]?.verdict).toBe("unknown");
});

test("a search that a bound has ended proves nothing", () => {
  const configuration = configurationsOf("adjusted", smallBounds)[2]!;

  const result = proveConfiguration(configuration, { countMax: 500 });
  const proof = assemble("adjusted", [result], []);

  expect(result).toMatchObject({ complete: false, states: 500, bound: null });
  expect(new Set(result.properties.map(({ verdict }) => verdict))).toEqual(new Set(["unknown"]));
  expect(proof.verdict).not.toBe("holds");
});

test("a survivor without a reason, and a property that no mutant fails alone, are complaints that fail the proof", () => {
  const base = { story: "", alone: false, where: "opaque", steps: null, by: [], because: null } as const;

  const { verdict, complaints } = assemble("adjusted", proofOf("adjusted").configurations, [
    { ...base, id: "one", outcome: "survived" },
    { ...base, id: "other", outcome: "invalid", because: "it throws" },
  ]);

  expect(verdict).toBe("violated");
  expect(complaints[0]).toContain("“one”");
  expect(complaints[1]).toContain("“other”");
  expect(complaints.filter((line) => line.includes("only it kills")).length).toBeGreaterThan(5);
});

test("that only one property kills a mutant counts when every configuration was asked, and is a complaint when it is not so", () => {
  const base = { story: "", outcome: "killed", where: "opaque", steps: 9, because: null } as const;
  const complaintsOf = (alone: boolean, ...by: readonly string[]) =>
    assemble("adjusted", proofOf("adjusted").configurations, [{ ...base, id: "one", alone, by }]).complaints;
  const ofHandsOff = (complaints: readonly string[]) => complaints.filter((line) => line.includes(" hands_off "));

  expect(ofHandsOff(complaintsOf(true, "hands_off", "edges_taken"))).toEqual([]);
  expect(ofHandsOff(complaintsOf(false, "hands_off"))).toHaveLength(1);
  expect(complaintsOf(true, "hands_off", "fencing")[0]).toBe(
    "The mutant “one” is not seen by one property alone: hands_off, fencing.",
  );
});

test("mutants have names of their own, and thirty of them were thought of by hand", () => {
  const ids = allMutants().map(({ id }) => id);

  expect(new Set(ids).size).toBe(ids.length);
  expect(allMutants().filter(({ place }) => place !== "table").length).toBeGreaterThanOrEqual(30);
  for (const { id, mutants, notAlone } of [...localProperties, ...coverageProperties])
    expect([id, mutants.length > 0 || notAlone !== null]).toEqual([id, true]);
});

test("a mutant that changes nothing is equivalent, and one that throws is invalid and no kill", () => {
  const place = "machine" as const;
  const small = configurationsOf("adjusted", smallBounds).slice(0, 1);

  const nothing = tryMutant({ id: "nothing", place, story: "", rules: {} }, small);
  const throwing = tryMutant(
    {
      id: "throwing",
      place,
      story: "",
      rules: {
        judge() {
          throw new Error("broken");
        },
      },
    },
    small,
  );

  // One small configuration does not reach everything, so that the coverage properties see it; no other does.
  expect(nothing.by.filter((id) => !coverageProperties.some((property) => property.id === id))).toEqual([]);
  expect(throwing).toMatchObject({ outcome: "invalid", because: "broken" });
});

test("ghosts change nothing: worlds that differ in them alone do alike", () => {
  let alike = 0;
  for (const configuration of configurationsOf("adjusted", smallBounds)) {
    const { exploration, graph } = new Explored(configuration);
    const width = wordCount(configuration.runners);
    const world = emptyWorld(configuration.runners);
    const names = new Map<string, number>();
    const projected = Array.from({ length: exploration.stateCount }, (_, state) => {
      unpack(exploration.words, state * width, world);
      for (const one of world.runners) [one.refused, one.checked] = [0, 0];
      const text = JSON.stringify({ ...world, hazards: 0, hazardsInside: 0 });
      const known = names.get(text);
      if (known === undefined) names.set(text, names.size);
      return known ?? names.size - 1;
    });
    const moves = new Map<number, string>();
    for (const [state, without] of projected.entries()) {
      const list: string[] = [];
      for (let edge = graph.edgeStart[state]!; edge < graph.edgeStart[state + 1]!; edge++)
        list.push(`${graph.edgeAction[edge]} ${projected[graph.edgeTarget[edge]!]}`);
      const text = list.toSorted().join("\n");
      const known = moves.get(without);
      moves.set(without, text);
      if (known === undefined) continue;
      alike++;
      if (known !== text) expect(text).toBe(known);
    }
  }

  expect(alike).toBeGreaterThan(100);
});

test("every variant can be explored", () => {
  for (const variant of variantNames)
    expect(proofOf(variant).configurations.every(({ complete }) => complete)).toBe(true);
});
