/** Gets the servers that the tests need, before they run: one line for each. In CI one that is missing is a failure. */
import { engineNames, engines } from "./engine.ts";
import { check, inCi } from "./keeper.ts";

const lines = engineNames.map((name) =>
  check(name).catch((error: unknown) => {
    if (inCi()) process.exitCode = 1;
    const then = inCi() ? "" : "\nTests that need it are skipped.";
    return `${engines[name].title} is missing. ${(error as Error).message}${then}`;
  }),
);
for (const line of lines) process.stdout.write(`${await line}\n`);
