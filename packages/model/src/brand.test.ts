import { expect, test } from "vitest";
import { epoch, fingerprint, seq } from "./brand.ts";

test("an epoch and a sequence number are whole numbers from 0", () => {
  expect([epoch(0), seq(7)]).toEqual([0, 7]);
  for (const wrong of [-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, Number.MAX_SAFE_INTEGER + 1]) {
    expect(() => epoch(wrong)).toThrow(RangeError);
    expect(() => seq(wrong)).toThrow(RangeError);
  }
});

test("a fingerprint is not empty", () => {
  expect(fingerprint("a1")).toBe("a1");
  expect(() => fingerprint("")).toThrow(RangeError);
});
