/**
 * Keeps the servers of a test run, in a process of its own: it ends them when its standard input closes, which happens
 * in whatever way the test run ends. It prints the address at which it answers.
 */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { engineNames } from "./engine.ts";
import type { EngineName } from "./engine.ts";
import { Keeper } from "./keeper.ts";

const keeper = new Keeper((line) => process.stderr.write(`${line}\n`));

process.on("exit", () => keeper.close());
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => process.exit(130));
process.stdin.on("end", () => process.exit(0)).resume();

const server = createServer((request, response) => {
  answer(request.url ?? "").then(
    (value) => response.end(JSON.stringify(value ?? null)),
    (error: unknown) => response.writeHead(500).end((error as Error).message),
  );
});
// Starting a server that must be downloaded first takes longer than an HTTP client usually waits.
server.requestTimeout = 0;
server.listen(0, "127.0.0.1", () => {
  process.stdout.write(`http://127.0.0.1:${(server.address() as AddressInfo).port}\n`);
});

async function answer(path: string): Promise<unknown> {
  const [, action, argument = ""] = path.split("/");
  switch (action) {
    case "find":
      return keeper.find(engineNamed(argument));
    case "start":
      return keeper.start(engineNamed(argument));
    case "kill":
      return keeper.kill(Number(argument));
    case "restart":
      return keeper.restart(Number(argument));
    case "stop":
      return keeper.stop(Number(argument));
    default:
      throw new Error(`Nobody answers ${path}.`);
  }
}

function engineNamed(name: string): EngineName {
  const found = engineNames.find((known) => known === name);
  if (found === undefined) throw new Error(`There is no engine “${name}”.`);
  return found;
}
