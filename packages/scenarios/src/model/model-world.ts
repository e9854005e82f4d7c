/** What a story has made of the model's world so far: the journal, what is under way, the files, and the tables beside it. */
import type { Applied, Detail, Event, JournalRecord, State, TransitionRecord, VariantName } from "@surefoot/model";
import { appliedSet, atStart } from "@surefoot/model";
import type { ActionName } from "@surefoot/model/explorer";
import type { MigrationFile } from "surefoot/parts";
import { checksumDetail, examine, MigrationFolder } from "surefoot/parts";
import type { Aimed, Hearer } from "../play/stage.ts";
import { StoryFolder } from "../play/story-folder.ts";
import type { Engine, HandWork } from "../scenario.ts";
import type { Abstract } from "./abstract.ts";
import { abstractUp, configurationOf } from "./abstract.ts";
import { Attempt } from "./attempt.ts";
import { Shadow } from "./shadow.ts";

/** What strikes while a command is at work, and who hears of it. */
export interface Scene {
  readonly faults: readonly Aimed[];
  readonly hearer: Hearer;
}

/** A migration under way, and what is to be found out about it on the way. */
export interface Subject {
  readonly abstract: Abstract;
  readonly attempt: Attempt;
  readonly newer: boolean;
  readonly refused: boolean;
  readonly violates: boolean;
  readonly checksums: Detail | null;
}

export class ModelWorld {
  readonly engine: Engine;
  private readonly variant: VariantName;
  /** The engine's words, and SQLite's in their place. */
  private readonly inSqlite: ReadonlyMap<string, string>;
  private readonly folder = new StoryFolder();
  private readonly plainFolder = new StoryFolder();
  readonly shadow = new Shadow();
  /** What has taken effect for everybody, in the engine's words. */
  readonly executed: string[] = [];
  readonly records: JournalRecord[] = [];
  /** What must never be, and was. */
  readonly hazards = new Set<string>();
  subject: Subject | null = null;
  scene: Scene | null = null;
  /** What the journal says while nothing is under way. */
  private idle: State = atStart;
  /** The cells change because a person has changed them, and the shadow knows already. */
  private isByHand = false;

  constructor(engine: Engine, variant: VariantName, inSqlite: ReadonlyMap<string, string>) {
    this.engine = engine;
    this.variant = variant;
    this.inSqlite = inSqlite;
  }

  write(files: { readonly [id: string]: string | null }): void {
    this.folder.write(files);
    const plain = Object.entries(files).map(([id, text]) => [id, text === null ? null : this.plain(text)] as const);
    this.plainFolder.write(Object.fromEntries(plain));
  }

  byHand(statements: readonly string[], leaves: HandWork["leaves"]): void {
    this.shadow.execute(statements.map((sql) => this.plain(sql)));
    this.executed.push(...statements);
    const name = handWork[leaves];
    if (name === null || this.subject === null) return;
    this.isByHand = true;
    this.subject.attempt.take(name);
    this.isByHand = false;
  }

  /** Nobody is at work any more; in `idle` nothing is under way. */
  rest(): void {
    const { state } = this;
    if (state.type !== "idle") return;
    this.idle = state;
    this.subject = null;
  }

  /** The files that there are. @throws SurefootError for names that don't fit */
  files(): MigrationFolder {
    return new MigrationFolder(this.folder.migrations, this.engine);
  }

  close(): void {
    this.shadow.close();
    this.folder.remove();
    this.plainFolder.remove();
  }

  private plain(text: string): string {
    return this.inSqlite.get(text) ?? text;
  }

  get state(): State {
    return this.subject?.attempt.state ?? this.idle;
  }

  get applied(): ReadonlyMap<string, Applied> {
    return appliedSet(this.records);
  }

  pending(policy: "refuse" | "apply"): ReturnType<MigrationFolder["pending"]> & { readonly folder: MigrationFolder } {
    const folder = this.files();
    return { ...folder.pending(this.applied, policy), folder };
  }

  fileOf(id: string): MigrationFile {
    return this.files().file(id);
  }

  plainFileOf(id: string): MigrationFile {
    return new MigrationFolder(this.plainFolder.migrations, "sqlite").file(id);
  }

  async subjectOf(
    file: MigrationFile,
    folder: MigrationFolder,
    obstacle: { readonly missing: readonly string[]; readonly newer: readonly string[] } | undefined,
  ): Promise<Subject> {
    const abstract = await abstractUp(file, this.plainFileOf(file.id), this);
    return {
      abstract,
      attempt: this.attemptOf(abstract, obstacle?.missing ?? []),
      newer: (obstacle?.newer ?? []).length > 0,
      refused: abstract.isRefused,
      violates: examine(file, {}, this.engine).errors.length > 0,
      checksums: checksumDetail(file, folder),
    };
  }

  attemptOf(
    abstract: Abstract,
    missing: readonly string[],
    from: ConstructorParameters<typeof Attempt>[2] = {
      state: this.idle,
      ...(abstract.begin === null ? {} : { world: abstract.begin }),
    },
  ): Attempt {
    return new Attempt(configurationOf(abstract, missing, this.engine, this.variant), this.variant, from, {
      records: this.records,
      onRecord: (record) => this.hear(record),
      facts: (event) => this.factsOf(event),
      onCells: (changed) => this.follows(abstract, changed),
      onHazards: (seen) => {
        for (const name of seen) this.hazards.add(name);
      },
    });
  }

  private factsOf({ type }: Event): Detail {
    const checksums = this.subject?.checksums ?? null;
    return type === "recorded" && checksums !== null ? { checksums } : {};
  }

  private hear(record: TransitionRecord): void {
    const { seq, run, epoch, migration, direction, from, event, to, step, at, detail } = record;
    this.scene?.hearer.watch({
      type: "transition",
      seq,
      run,
      epoch,
      migration,
      direction,
      from,
      event,
      to,
      step,
      at,
      detail,
    });
  }

  /** The shadow and the list of what has taken effect follow the world: what is made in order, what is unmade in reverse. */
  private follows(
    abstract: Abstract,
    changed: readonly { readonly at: number; readonly from: number; readonly to: number }[],
  ): void {
    if (this.isByHand) return;
    const made = changed.filter(({ from, to }) => to > from);
    const unmade = changed.filter(({ from, to }) => to < from).toReversed();
    for (const { at, from, to } of [...unmade, ...made]) {
      this.shadow.execute(abstract.plain.statements(at, from, to));
      this.executed.push(...abstract.own.statements(at, from, to));
    }
  }
}

const handWork = {
  finished: "finish_by_hand",
  restored: "restore_by_hand",
  changed: "object_changed",
  untouched: null,
} as const satisfies { readonly [L in HandWork["leaves"]]: ActionName | null };
