/** A story on a SQLite file of its own. What kills the runner kills a process; the rest happens in this one. */
import { join } from "node:path";
import type { JournalRecord } from "@surefoot/model";
import type { SqliteHandle } from "surefoot";
import { loadDriver } from "surefoot/parts";
import { callCommand } from "./call-command.ts";
import { ChildCommand } from "./child-command.ts";
import type { Gate } from "./gate.ts";
import { gated } from "./gate.ts";
import { readRecords } from "./read-records.ts";
import { lookAt } from "./sqlite-look.ts";
import type { Call, Hearer, Left, Stage } from "./stage.ts";
import { CannotPlay } from "./stage.ts";
import { StoryFolder } from "./story-folder.ts";
import { aimOf } from "./target.ts";

export class SqliteStage implements Stage {
  readonly engine = "sqlite";
  readonly silent = false;
  readonly violations = [];
  private readonly folder = new StoryFolder();
  private file = join(this.folder.path, "app.db");
  private copyCount = 0;
  /** Somebody's open transaction. */
  private other: SqliteHandle | null = null;

  private get url(): string {
    return `sqlite:${this.file}`;
  }

  write(files: { readonly [id: string]: string | null }): void {
    this.folder.write(files);
  }

  async command({ words, faults, through }: Call, hearer: Hearer): Promise<number | "killed"> {
    if (through !== null) throw new CannotPlay("SQLite has no server and no connection");
    const call = { words, url: this.url, folder: this.folder.path };
    const aim = aimOf(faults, this.folder.migrations, this.engine);
    if (aim === null) return callCommand(call, hearer);
    const { fault, sql } = aim;
    if (typeof sql !== "string" || "lose" in fault) throw new CannotPlay("SQLite has no server and no connection");
    if (!("kill" in fault)) {
      const stop = async (): Promise<void> => {
        hearer.struck();
        await hearer.meanwhile();
      };
      const between = {
        between: (inner: Parameters<typeof gated>[0]) => gated(inner, { sql, when: "before_effect" }, stop),
      };
      return callCommand(call, { ...hearer, ...between });
    }
    if (fault.kill !== "runner") throw new CannotPlay("SQLite has no server and no connection");
    // In SQLite there is nothing between a statement that was sent and one that has run.
    const when: Gate["when"] = fault.when === "during" ? "before_effect" : fault.when;
    const child = new ChildCommand({ call, gate: { sql, when } }, (heard) => {
      if (heard.type === "said") hearer.said(heard.text, heard.stream);
      else if (heard.type === "watch") hearer.watch(heard.event);
      else {
        hearer.struck();
        void child.kill();
      }
    });
    return child.ended();
  }

  async byHand(statements: readonly string[]): Promise<void> {
    this.open((handle) => {
      for (const sql of statements) handle.exec(sql);
    });
  }

  async opens(statements: readonly string[] | null): Promise<void> {
    this.other?.close();
    this.other = null;
    if (statements === null) return;
    this.other = new (loadDriver())(this.file);
    for (const sql of ["BEGIN", ...statements]) this.other.exec(sql);
  }

  async copy(): Promise<void> {
    const copy = join(this.folder.path, `copy-${String(++this.copyCount)}.db`);
    this.open((handle) => handle.prepare("VACUUM INTO ?").run(copy));
    this.file = copy;
  }

  async look(): Promise<Left> {
    return this.open(lookAt);
  }

  journal(): Promise<readonly JournalRecord[]> {
    return readRecords(this.url);
  }

  async close(): Promise<void> {
    this.other?.close();
    this.folder.remove();
  }

  private open<T>(act: (handle: SqliteHandle) => T): T {
    const handle = new (loadDriver())(this.file);
    try {
      return act(handle);
    } finally {
      handle.close();
    }
  }
}
