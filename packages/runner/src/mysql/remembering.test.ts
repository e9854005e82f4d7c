import { expect, test } from "vitest";
import { Remembering } from "./remembering.ts";

test("the same question is asked once until tables change; foreign keys and programs are remembered longer", async () => {
  const asked: string[] = [];
  const handle = new Remembering({
    query: async (sql) => {
      asked.push(sql);
      return [[{ n: asked.length }], []];
    },
  });
  const tables = "SELECT 1 FROM information_schema.TABLES";
  const keys = "SELECT 1 FROM information_schema.REFERENTIAL_CONSTRAINTS";
  const programs = "SELECT 1 FROM information_schema.ROUTINES";

  const first = await handle.query(tables, ["a"]);
  const again = await handle.query(tables, ["a"]);
  await handle.query(tables, ["b"]);
  await handle.query(keys);
  await handle.query(programs);
  handle.forgetTables(false);
  await handle.query(tables, ["a"]);
  await handle.query(keys);
  handle.forgetTables(true);
  await handle.query(keys);
  await handle.query(programs);
  handle.forget();
  await handle.query(programs);

  expect(again).toEqual(first);
  expect(asked).toEqual([tables, tables, keys, programs, tables, keys, programs]);
});
