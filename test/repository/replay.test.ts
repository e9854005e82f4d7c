/** The check that every integration test gets for nothing, tried on histories that it must refuse. */
import { expect, test } from "vitest";
import { newProject, replay } from "../support/project.ts";

test("a journal that the machine could have written replays; an empty one, or one with a record changed or missing, does not", async () => {
  const project = newProject({ "0001_t": "-- migrate:up\nCREATE TABLE t (id INTEGER);\n" });
  await project.json(["up"]);
  const records = project.journal();
  const [first, second, ...rest] = records;

  expect(() => replay(records)).not.toThrow();
  expect(() => replay([])).toThrow("records to replay");
  expect(() => replay(records, "nothing")).toThrow("records where none should be");
  expect(() => replay([first!, ...rest])).toThrow("impossible");
  expect(() => replay([first!, { ...second!, to: "migrating" } as typeof first & object, ...rest])).toThrow(
    "impossible",
  );
  expect(() => replay([], "nothing")).not.toThrow();
});
