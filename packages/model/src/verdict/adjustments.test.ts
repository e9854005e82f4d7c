import { expect, test } from "vitest";
import { variants } from "../variant.ts";
import { adjustmentName, adjustments, documentedWith } from "./adjustments.ts";

const all = adjustments.map(adjustmentName);

test("with no adjustment it is documented, with all of them adjusted", () => {
  const { name, summary, ...adjusted } = variants.adjusted;

  expect(documentedWith([])).toEqual(variants.documented);
  expect(documentedWith(all)).toMatchObject(adjusted);
  expect([name, summary.length > 0]).toEqual(["adjusted", true]);
});

test("each of them makes a difference, and there are as many as were named", () => {
  for (const one of all) expect([one, documentedWith([one])]).not.toEqual([one, variants.documented]);

  expect(all).toHaveLength(15);
  expect(new Set(all).size).toBe(15);
});
