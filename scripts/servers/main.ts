/** `npm run servers`: starts both servers, prints their URLs, and keeps them until Ctrl-C. */
import { engineNames, engines } from "./engine.ts";
import { Keeper } from "./keeper.ts";

const keeper = new Keeper((line) => process.stderr.write(`${line}\n`));
process.on("exit", () => keeper.close());
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => process.exit(0));

const all = await Promise.all(engineNames.map(async (name) => ({ name, found: await keeper.find(name) })));
for (const { name, found } of all) {
  if (found.type === "found") process.stdout.write(`export ${engines[name].variable}=${found.url}\n`);
  else process.exitCode = 1;
}
if (all.some(({ found }) => found.type === "found")) {
  process.stderr.write("They run until Ctrl-C, and leave nothing behind.\n");
  setInterval(() => {}, 1 << 30);
}
