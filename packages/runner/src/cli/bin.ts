import { createInterface } from "node:readline/promises";
import type { Io } from "./io.ts";
import { main } from "./main.ts";

const stop = new AbortController();
let asked = false;
const onSignal = (): void => {
  if (asked) process.exit(130);
  asked = true;
  process.stderr.write("Stopping: what is under way is being brought to rest. Once more ends at once.\n");
  stop.abort();
};
process.on("SIGINT", onSignal);
process.on("SIGTERM", onSignal);

const io: Io = {
  out: (text) => process.stdout.write(text),
  err: (text) => process.stderr.write(text),
  env: process.env,
  cwd: process.cwd(),
  signal: stop.signal,
  ask: process.stdin.isTTY
    ? async (question) => {
        const terminal = createInterface({ input: process.stdin, output: process.stderr });
        try {
          return /^y(es)?$/i.test((await terminal.question(question)).trim());
        } finally {
          terminal.close();
        }
      }
    : null,
};

process.exitCode = await main(process.argv.slice(2), io);
