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

// Whoever reads the output may go away (`surefoot up | head`); the migration goes on all the same.
for (const stream of [process.stdout, process.stderr]) stream.on("error", () => {});

const io: Io = {
  out: (text) => process.stdout.write(text),
  err: (text) => process.stderr.write(text),
  env: process.env,
  cwd: process.cwd(),
  signal: stop.signal,
  ask: process.stdin.isTTY
    ? async (question) => {
        const { createInterface } = await import("node:readline/promises");
        const terminal = createInterface({ input: process.stdin, output: process.stderr });
        try {
          return /^y(es)?$/i.test((await terminal.question(question)).trim());
        } finally {
          terminal.close();
        }
      }
    : null,
};

void main(process.argv.slice(2), io).then((exit) => {
  process.exitCode = exit;
});
