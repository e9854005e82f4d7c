/** A process that ends itself with SIGKILL at a chosen call: `die-at.ts DATABASE MIGRATIONS CALL before|after`. */
import { SqliteDatabase } from "../../packages/runner/src/sqlite/adapter.ts";
import { up } from "../../packages/runner/src/up.ts";
import { crashing } from "./crashing-database.ts";

const [path = "", dir = "", call = "0", when = "before"] = process.argv.slice(2);
const moment = { call: Number(call), when: when === "after" ? ("after" as const) : ("before" as const) };
const database = crashing(new SqliteDatabase({ path }), moment, () => {
  process.kill(process.pid, "SIGKILL");
  // The signal is delivered before the next instruction of this thread, so this is never reached.
  throw new Error("still alive");
});
const result = await up({ database, dir, config: {}, signal: undefined, onEvent: undefined }, {});
process.stdout.write(`${JSON.stringify(result)}\n`);
