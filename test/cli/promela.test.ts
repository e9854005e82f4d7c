/** `surefoot graph --format promela`, as built, in processes of its own. */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";
import { configurationsOf, Explored, promela } from "@surefoot/model/explorer";

const bin = join(import.meta.dirname, "../../node_modules/.bin/surefoot");

function graph(options = "") {
  const { status, stdout, stderr } = spawnSync(
    bin,
    ["graph", "--format", "promela", ...options.split(" ").filter(Boolean)],
    { encoding: "utf8" },
  );
  return { exit: status, stdout, stderr };
}

test("a whole configuration is printed for SPIN", () => {
  const found = configurationsOf("documented", { steps: 1, runners: 2 }).find(({ name }) => name === "up-and-down");

  const { exit, stdout, stderr } = graph("--configuration up-and-down --variant documented --bounds steps=1 --calm");

  expect([exit, stderr]).toEqual([0, ""]);
  expect(stdout).toBe(promela(new Explored(found!), { calm: true }));
});

test("without a configuration it is told which there are", () => {
  const { exit, stdout, stderr } = graph();

  expect([exit, stdout]).toEqual([2, ""]);
  expect(stderr).toContain("one of: sqlite-one-transaction, ");
});
