/** The folder that a story is played in. It goes with the story. */
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export class StoryFolder {
  readonly path: string;
  readonly migrations: string;

  constructor() {
    this.path = realpathSync(mkdtempSync(join(tmpdir(), "surefoot-replay-")));
    this.migrations = join(this.path, "migrations");
    mkdirSync(this.migrations);
  }

  /** Null removes a file. */
  write(files: { readonly [id: string]: string | null }): void {
    for (const [id, text] of Object.entries(files)) {
      const path = join(this.migrations, `${id}.sql`);
      if (text === null) rmSync(path);
      else writeFileSync(path, text);
    }
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true, maxRetries: 5 });
  }
}
