/** A command in a process of its own, which can be killed. */
import { fork } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { dirname, extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Progress } from "surefoot/parts";
import type { Call } from "./call-command.ts";
import type { Gate } from "./gate.ts";

/** What the process is asked for. */
export interface Asked {
  readonly call: Call;
  /** Where it stops and waits to be killed; null: nowhere. */
  readonly gate: Gate | null;
}

/** What it tells. */
export type Heard =
  | { readonly type: "said"; readonly text: string; readonly stream: "out" | "err" }
  | { readonly type: "watch"; readonly event: Progress }
  | { readonly type: "gate" }
  | { readonly type: "end"; readonly exit: number };

/** Stands beside this file, whatever it was compiled to. */
const here = fileURLToPath(import.meta.url);
const program = join(dirname(here), `command-process${extname(here)}`);

export class ChildCommand {
  private readonly child: ChildProcess;
  private exit: number | null = null;
  private readonly closed: Promise<unknown>;
  private stderr = "";

  constructor(asked: Asked, hear: (heard: Exclude<Heard, { type: "end" }>) => void) {
    this.child = fork(program, [JSON.stringify(asked)], {
      execArgv: extname(here) === ".ts" ? ["--conditions=source"] : [],
      stdio: ["ignore", "ignore", "pipe", "ipc"],
    });
    // Its last messages may come after its end.
    this.closed = Promise.all([once(this.child, "close"), once(this.child, "disconnect")]);
    this.child.stderr?.setEncoding("utf8").on("data", (text: string) => (this.stderr += text));
    this.child.on("message", (heard: Heard) => {
      if (heard.type === "end") this.exit = heard.exit;
      else hear(heard);
    });
  }

  /** SIGKILL; settles when the process is gone. */
  async kill(): Promise<void> {
    this.child.kill("SIGKILL");
    await this.closed;
  }

  /**
   * How it ended; `killed`: not by itself.
   * @throws Error when it died of something else
   */
  async ended(): Promise<number | "killed"> {
    await this.closed;
    if (this.exit !== null) return this.exit;
    if (this.child.signalCode === "SIGKILL") return "killed";
    const { exitCode, signalCode } = this.child;
    throw new Error(`The process of a command has died (${signalCode ?? `exit ${String(exitCode)}`}):\n${this.stderr}`);
  }
}
