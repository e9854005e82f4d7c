/**
 * A SQLite database in memory that follows the model's world: what takes effect there is executed here, so that what a story
 * leaves can be told by its tables, also in the model.
 */
import type { SqliteHandle } from "surefoot";
import type { Judge } from "surefoot/parts";
import { databaseOf, loadDriver } from "surefoot/parts";
import { lookAt } from "../play/sqlite-look.ts";
import type { Left } from "../play/stage.ts";

export class Shadow {
  private readonly handle: SqliteHandle = new (loadDriver())(":memory:");

  /** @throws Error when SQLite refuses what the world has done */
  execute(statements: readonly string[]): void {
    for (const sql of statements) this.handle.exec(sql);
  }

  look(): Left {
    return lookAt(this.handle);
  }

  /** Reads statements as SQLite does, in the schema as it is now. */
  async judge<T>(act: (judge: Judge) => Promise<T>): Promise<T> {
    const reader = await databaseOf(this.handle).read();
    try {
      return await act(reader);
    } finally {
      await reader.close();
    }
  }

  close(): void {
    this.handle.close();
  }
}
