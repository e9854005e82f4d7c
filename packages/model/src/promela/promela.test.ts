import { expect, test } from "vitest";
import { code } from "../explorer/codes.ts";
import { configurationsOf, smallBounds } from "../explorer/configuration.ts";
import { Explored, production } from "../explorer/explored.ts";
import { localProperties } from "../properties/properties.ts";
import { noMoves } from "./machine-tables.ts";
import { promela } from "./promela.ts";
import { tablesOf } from "./tables.ts";

const configuration = configurationsOf("adjusted", smallBounds).find(({ name }) => name === "opaque");
const explored = new Explored(configuration!);

test("an export is the same every time, and a calm one is another", () => {
  const text = promela(explored, { calm: false });

  expect(promela(new Explored(configuration!), { calm: false })).toBe(text);
  expect(promela(explored, { calm: true })).not.toBe(text);
});

test("what the machine was never asked is a hole, and everything that it was asked is a move", () => {
  const { tables, choices, widths } = tablesOf(explored);
  const { machines } = explored.moves;

  for (const machine of machines)
    for (const [at, choice] of choices.entries()) {
      if (choice.code < 0) continue;
      const number = tables["move"]![machine.id * widths["move"]! + at + 1]!;
      const known = machine.moves.get(choice.code);
      if (known === undefined) expect(noMoves[number]).toBe("HOLE");
      else if (known.machine === null) expect(noMoves[number]).toBe("NOTHING");
      else expect(tables["move_to"]![number]).toBe(known.machine.id);
    }
});

test("every code that a machine has answered to has a choice", () => {
  const { choices } = tablesOf(explored);
  const codes = new Set(choices.map((choice) => choice.code));

  const asked = explored.moves.machines.flatMap(({ moves }) => [...moves.keys()]);

  expect(asked.some((one) => one >= code.evidence)).toBe(true);
  expect(asked.filter((one) => !codes.has(one))).toEqual([]);
});

test("each property that hazards answer is a claim under its own name", () => {
  const text = promela(explored, { calm: false });

  const claimed = [...text.matchAll(/^ltl (\w+)/gm)].map(([, id]) => id);

  expect(claimed).toEqual(localProperties.filter(({ hazards }) => hazards.length > 0).map(({ id }) => id));
  expect([...promela(explored, { calm: true }).matchAll(/^ltl (\w+)/gm)].map(([, id]) => id)).toEqual([
    "comes_to_rest",
  ]);
});

test("what was not searched whole is not exported", () => {
  const part = new Explored(configuration!, production, { countMax: 100 });

  expect(() => promela(part, { calm: false })).toThrow("was not searched whole");
});
