import { expect, test } from "vitest";
import { nearest } from "./nearest.ts";

const words = ["up", "down", "undo", "depends"];

test("swapped letters are found again", () => {
  expect(nearest("dwon", words)).toBe("down");
});

test("a differently cased word is its own nearest", () => {
  expect(nearest("UNDO", words)).toBe("undo");
});

test("a word that is like none has no nearest", () => {
  expect(nearest("rollback", words)).toBeNull();
  expect(nearest("xx", words)).toBeNull();
});
