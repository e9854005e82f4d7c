import { errnoOf, rowsOf } from "./driver.ts";
import type { MysqlHandle } from "./driver.ts";

/** Tells what a statement is at that takes long, in a sentence, again and again until its end. */
export class Watching {
  private readonly timer: NodeJS.Timeout;
  private isAsking = false;

  /** `look`: what the server says of it; null when it says nothing. */
  constructor(everyMs: number, look: () => Promise<string | null>, tell: (message: string) => void) {
    const begun = performance.now();
    this.timer = setInterval(() => {
      if (this.isAsking) return;
      this.isAsking = true;
      const seconds = Math.round((performance.now() - begun) / 1000);
      look()
        .then((found) => {
          if (!this.isOver) tell(`Still running, ${seconds} s${found === null ? "" : `: ${found}`}.`);
        })
        // A connection that is lost is found out by whoever waits for the statement.
        .catch(() => undefined)
        .finally(() => (this.isAsking = false));
    }, everyMs).unref();
  }

  private isOver = false;

  end(): void {
    this.isOver = true;
    clearInterval(this.timer);
  }
}

/**
 * What the server says that a session is at: its state, and how far it is where that is counted. MariaDB counts ALTER TABLE
 * in its process list; MySQL counts stages where performance_schema's consumer `events_stages_current` is on.
 */
export async function stageOf(handle: MysqlHandle, dialect: "mysql" | "mariadb", id: number): Promise<string | null> {
  return dialect === "mariadb" ? stageOnMariadb(handle, id) : stageOnMysql(handle, id);
}

async function stageOnMariadb(handle: MysqlHandle, id: number): Promise<string | null> {
  const [row] = await rowsOf(
    handle,
    `SELECT STATE AS state, STAGE AS stage, MAX_STAGE AS stages, PROGRESS AS percent
 FROM information_schema.PROCESSLIST WHERE ID = ${id}`,
  );
  if (row === undefined) return null;
  const stages = Number(row["stages"]);
  const far = stages === 0 ? "" : ` (stage ${String(row["stage"])} of ${stages}, ${percent(Number(row["percent"]))})`;
  return said(row["state"], far);
}

async function stageOnMysql(handle: MysqlHandle, id: number): Promise<string | null> {
  const [process] = await rowsOf(handle, `SELECT STATE AS state FROM performance_schema.processlist WHERE ID = ${id}`);
  if (process === undefined) return null;
  try {
    const [stage] = await rowsOf(
      handle,
      `SELECT s.WORK_COMPLETED AS done, s.WORK_ESTIMATED AS all_of_it FROM performance_schema.events_stages_current s
 JOIN performance_schema.threads t ON t.THREAD_ID = s.THREAD_ID WHERE t.PROCESSLIST_ID = ${id} AND s.WORK_ESTIMATED > 0`,
    );
    const far = stage === undefined ? "" : ` (${percent((100 * Number(stage["done"])) / Number(stage["all_of_it"]))})`;
    return said(process["state"], far);
  } catch (error) {
    // Not everybody may look there.
    if (errnoOf(error) === null) throw error;
    return said(process["state"], "");
  }
}

function said(state: unknown, far: string): string | null {
  const text = typeof state === "string" && state !== "" ? state : null;
  return text === null && far === "" ? null : `${text ?? "at work"}${far}`;
}

function percent(value: number): string {
  return `${Math.min(100, Math.max(0, value)).toFixed(0)} %`;
}
