import { createRequire } from "node:module";
import type V8 from "node:v8";
import type { Io } from "./io.ts";
import { main } from "./main.ts";
import type { Scenarios } from "./replay.ts";

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
  out: (text) => opened("stdout").write(text),
  err: (text) => opened("stderr").write(text),
  env: process.env,
  cwd: process.cwd(),
  signal: stop.signal,
  // Young objects get room at once: a run of many migrations is over before the heap has grown to its size by itself. A call
  // that finds nothing to do would spend a tenth of its time on loading what sets that.
  atWork: () => (createRequire(import.meta.url)("node:v8") as typeof V8).setFlagsFromString(growth),
  // Built from packages/scenarios, which needs the runner, so that the runner can't import it: docs/decisions/0010.
  scenarios: async () => createRequire(import.meta.url)("../replay/replay.cjs") as Scenarios,
  // Looking at stdin makes a stream of it, which takes its time; only `down` asks.
  get ask() {
    return process.stdin.isTTY ? ask : null;
  },
};

const growth = "--semi-space-growth-factor=16";

const known = new Set<string>();

/** Whoever reads the output may go away (`surefoot up | head`); the migration goes on all the same. */
function opened(name: "stdout" | "stderr"): NodeJS.WriteStream {
  const stream = process[name];
  if (!known.has(name)) stream.on("error", () => {});
  known.add(name);
  return stream;
}

async function ask(question: string): Promise<boolean> {
  const { createInterface } = await import("node:readline/promises");
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return /^y(es)?$/i.test((await terminal.question(question)).trim());
  } finally {
    terminal.close();
  }
}

void main(process.argv.slice(2), io).then((exit) => {
  process.exitCode = exit;
});
