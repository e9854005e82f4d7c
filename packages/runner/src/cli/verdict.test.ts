import { expect, test } from "vitest";
import { exitOf } from "./verdict.ts";

test("only the model as it is must pass every story", () => {
  const adjusted = { variant: "adjusted", verdict: "passes" } as const;
  const documented = { variant: "documented", verdict: "fails" } as const;

  expect(exitOf([adjusted, documented])).toBe(0);
  expect(exitOf([adjusted, { ...adjusted, verdict: "partial" }])).toBe(3);
});
