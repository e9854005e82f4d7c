import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Database, Scratch } from "../port.ts";
import type { SqliteHandle } from "./driver.ts";
import { loadDriver } from "./driver.ts";
import { emptyCopy } from "./rehearsal.ts";

/** Files in a folder of their own, under the system's folder for temporary files. */
export class SqliteScratch implements Scratch {
  readonly database: Database;
  readonly place = null;
  /** Whatever can't be built anew keeps all of it from being made. */
  readonly missing: ReadonlyMap<string, string> = new Map();
  private readonly folder: string;
  private readonly path: string;
  private readonly open: (path: string) => Database;

  private constructor(folder: string, open: (path: string) => Database) {
    this.folder = folder;
    this.path = join(folder, "scratch.db");
    this.open = open;
    this.database = open(this.path);
  }

  /**
   * `origin`: whose schema it gets, without rows; null: none.
   * @throws Error when the schema can't be built anew: a missing extension, say.
   */
  static make(origin: SqliteHandle | null, open: (path: string) => Database): SqliteScratch {
    const scratch = new SqliteScratch(newFolder(), open);
    try {
      const Driver = loadDriver();
      const schema = origin === null ? new Driver(":memory:") : emptyCopy(origin);
      try {
        schema.prepare("VACUUM INTO ?").run(scratch.path);
      } finally {
        schema.close();
      }
      return scratch;
    } catch (error) {
      scratch.remove();
      throw error;
    }
  }

  /** Nobody has it open between two calls, so that the file is all there is. */
  async copy(): Promise<Scratch> {
    const copied = new SqliteScratch(newFolder(), this.open);
    copyFileSync(this.path, copied.path);
    return copied;
  }

  async hurdles(statements: readonly string[]): Promise<readonly (string | null)[]> {
    const reader = await this.database.read();
    try {
      const facts = await reader.classify(statements, "none");
      return facts.map(({ notCovered }) => (notCovered === null ? null : `reaches outside: ${notCovered}`));
    } finally {
      await reader.close();
    }
  }

  /** SQLite says nothing of the file. */
  inWords(message: string): string {
    return message;
  }

  async close(): Promise<void> {
    this.remove();
  }

  private remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

function newFolder(): string {
  return mkdtempSync(join(tmpdir(), "surefoot-verify-"));
}
