/** Holds a folder of files against what is applied: what is pending, in which order, and what has drifted. */
import type { Applied, Detail, Node } from "@surefoot/model";
import { migrationOrder } from "@surefoot/model";
import { digest } from "./digest.ts";
import { SurefootError } from "./error.ts";
import { numberOf } from "./files/file-name.ts";
import type { Checksums, MigrationFile } from "./files/migration.ts";
import { digestOfTexts } from "./files/folder-digest.ts";
import type { FolderEntry } from "./files/read-folder.ts";
import { listFolder, readText } from "./files/read-folder.ts";
import { readMigration } from "./files/read-migration.ts";
import { nearest } from "./nearest.ts";
import type { Dialect } from "./sql/dialect.ts";

interface Drift {
  readonly id: string;
  readonly path: string;
  readonly message: string;
}

/** Why a pending migration can't begin yet. */
interface Obstacle {
  readonly missing: readonly string[];
  readonly newer: readonly string[];
}

export interface Pending {
  /** In the order in which they run. */
  readonly files: readonly MigrationFile[];
  readonly obstacles: ReadonlyMap<string, Obstacle>;
  /** The `up` of an applied file was changed. */
  readonly drift: readonly Drift[];
  /** Changes that don't matter to what was applied, and applied files that are gone. */
  readonly notes: readonly string[];
}

export class MigrationFolder {
  readonly dir: string;
  private readonly dialect: Dialect;
  private readonly entries: ReadonlyMap<string, FolderEntry>;
  private readonly texts = new Map<string, string>();
  private readonly files = new Map<string, MigrationFile>();

  /** @throws SurefootError USAGE when there is no such folder, MIGRATION_FILE_INVALID for names that don't fit */
  constructor(dir: string, dialect: Dialect) {
    this.dir = dir;
    this.dialect = dialect;
    this.entries = new Map(listFolder(dir).map((entry) => [entry.id, entry]));
  }

  get ids(): readonly string[] {
    return [...this.entries.keys()];
  }

  has(id: string): boolean {
    return this.entries.has(id);
  }

  /** @throws SurefootError MIGRATION_FILE_INVALID */
  file(id: string): MigrationFile {
    const known = this.files.get(id);
    if (known !== undefined) return known;
    const entry = this.entries.get(id);
    if (entry === undefined)
      throw new SurefootError("USAGE", `There is no migration ${id} in ${this.dir}.${this.hint(id)}`);
    const file = readMigration(entry.path, this.text(id), this.dialect);
    this.files.set(id, file);
    return file;
  }

  /** Of the texts that have been read. */
  digestOfTexts(): string {
    return digestOfTexts(this.ids.map((id) => ({ name: `${id}.sql`, text: this.text(id) })));
  }

  /** The nearest name in the folder; `asking` is the file that names it, and is not meant itself. */
  hint(id: string, asking?: string): string {
    const near = nearest(
      id,
      this.ids.filter((other) => other !== asking),
    );
    return near === null ? "" : ` Did you mean ${near}?`;
  }

  rawHash(id: string): string {
    return digest(this.text(id));
  }

  private text(id: string): string {
    const known = this.texts.get(id) ?? readText(this.entries.get(id)?.path ?? "");
    this.texts.set(id, known);
    return known;
  }

  /**
   * What is pending. A file whose text is exactly what was applied is not parsed.
   * @throws SurefootError MIGRATION_FILE_INVALID, DEPENDENCY_CYCLE; nothing has been executed then
   */
  pending(applied: ReadonlyMap<string, Applied>, outOfOrder: "refuse" | "apply"): Pending {
    const drift: Drift[] = [];
    const notes: string[] = [];
    const waiting: MigrationFile[] = [];
    for (const [id, entry] of this.entries) {
      const known = applied.get(id);
      if (known === undefined) {
        waiting.push(this.file(id));
        continue;
      }
      const stored = checksumsOf(known.detail);
      if (stored === null || stored.raw === this.rawHash(id)) continue;
      const { checksums } = this.file(id);
      if (checksums.up !== stored.up)
        drift.push({
          id,
          path: entry.path,
          message:
            `${entry.path} was changed after it was applied on ${known.at}: its \`up\` is not what this database has run. ` +
            `Put the old text back and write a new migration, or accept it: surefoot accept-edit ${id} --reason "…".`,
        });
      else {
        const parts = (["undo", "down", "checks", "header"] as const).filter(
          (part) => checksums[part] !== stored[part],
        );
        if (parts.length > 0)
          notes.push(`${entry.path}: its ${parts.join(", ")} changed after it was applied; its \`up\` did not.`);
      }
    }
    for (const id of applied.keys()) if (!this.entries.has(id)) notes.push(`${id} is applied, and its file is gone.`);
    const ordered = migrationOrder(waiting.map(nodeOf), new Set(applied.keys()));
    if (ordered.type === "cycle") throw this.cycle(ordered.ids);
    const newest = outOfOrder === "apply" ? [] : this.appliedInOrder(applied);
    const obstacles = new Map<string, Obstacle>();
    for (const file of waiting) {
      const missing = ordered.missing.get(file.id) ?? [];
      const newer = newest.filter(({ number }) => number > file.number).map(({ id }) => id);
      if (missing.length > 0 || newer.length > 0) obstacles.set(file.id, { missing, newer });
    }
    return { files: ordered.ids.map((id) => this.file(id)), obstacles, drift, notes };
  }

  private appliedInOrder(applied: ReadonlyMap<string, Applied>): readonly { id: string; number: bigint }[] {
    return [...applied.keys()].flatMap((id) => {
      const number = numberOf(id);
      return number === null ? [] : [{ id, number }];
    });
  }

  private cycle(ids: readonly string[]): SurefootError {
    const [first = ""] = ids;
    const file = this.file(first);
    const line = file.depends.find(({ id }) => ids.includes(id))?.line ?? 1;
    return new SurefootError(
      "DEPENDENCY_CYCLE",
      `${file.path}:${line}: These migrations depend on each other in a circle: ${[...ids, first].join(" → ")}. ` +
        "Take one of the `-- migrate:depends` lines out. Nothing was executed.",
      { place: { file: file.path, line } },
    );
  }
}

export function nodeOf(file: MigrationFile): Node {
  return { id: file.id, depends: file.depends };
}

export interface StoredChecksums extends Checksums {
  readonly raw: string;
}

/** What the record of an applied migration says of its file; null when it was recorded without one. */
export function checksumsOf(detail: Detail): StoredChecksums | null {
  const value = detail["checksums"];
  return typeof value === "object" && value !== null && "up" in value ? (value as unknown as StoredChecksums) : null;
}
