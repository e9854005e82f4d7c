/** The command line in a process of its own, on a server, and the statement that it is at. */
import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { setTimeout } from "node:timers/promises";
import { bin } from "./kill.ts";
import type { ServerProject } from "./server-project.ts";

export interface Child {
  readonly process: ChildProcess;
  readonly ended: Promise<{ readonly exit: number | null; readonly out: string; readonly err: string }>;
  readonly says: (text: string) => Promise<void>;
}

export function start(project: ServerProject, ...args: readonly string[]): Child {
  const child = spawn(process.execPath, [bin, ...args, "--db", project.url], { cwd: project.folder });
  let out = "";
  let err = "";
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => (out += chunk));
  child.stderr.setEncoding("utf8").on("data", (chunk: string) => (err += chunk));
  const ended = new Promise<{ exit: number | null; out: string; err: string }>((resolve) =>
    child.on("close", (exit) => resolve({ exit, out, err })),
  );
  return {
    process: child,
    ended,
    says: async (text) => {
      while (!err.includes(text)) {
        if (child.exitCode !== null) throw new Error(`It ended before it said “${text}”:\n${err}`);
        await setTimeout(10);
      }
    },
  };
}

/** The session that runs the statement, once it does. */
export async function running(project: ServerProject, sql: string): Promise<number> {
  const text = sql.slice(0, 60).replaceAll("'", "''");
  for (;;) {
    const [row] = await project.rows(
      `SELECT ID AS id FROM information_schema.PROCESSLIST
 WHERE DB = DATABASE() AND LEFT(INFO, ${sql.slice(0, 60).length}) = '${text}' AND ID <> CONNECTION_ID()`,
    );
    if (row !== undefined) return Number(row["id"]);
    await setTimeout(20);
  }
}
