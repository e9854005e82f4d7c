/**
 * A story in the model's world, in the words of an engine. Files are read, ordered and judged by the runner's own code, and
 * their statements classified as for that engine; from there on everything happens in the world that the checker explores.
 */
import type { Applied, Detail, Event, JournalRecord, State, TransitionRecord, VariantName } from "@surefoot/model";
import { appliedSet, assertNever, atStart, isSink } from "@surefoot/model";
import type { ActionName } from "@surefoot/model/explorer";
import { phase, progress } from "@surefoot/model/explorer";
import type { CliCommand, MigrationFile } from "surefoot/parts";
import { checksumDetail, commands, examine, MigrationFolder, quickParse, SurefootError } from "surefoot/parts";
import type { Aimed, Call, Hearer, Left, Stage, Strike } from "../play/stage.ts";
import { CannotPlay, isStrike } from "../play/stage.ts";
import { StoryFolder } from "../play/story-folder.ts";
import type { Engine, Fault, HandWork } from "../scenario.ts";
import type { Abstract } from "./abstract.ts";
import { abstractDown, abstractUp, configurationOf, correctedUp } from "./abstract.ts";
import { Attempt } from "./attempt.ts";
import { Shadow } from "./shadow.ts";

/** The runner's process is gone. */
class Killed extends Error {
  override readonly name = "Killed";
}

/** Nothing leads on: a variant that lacks a move. */
class Stuck extends Error {
  override readonly name = "Stuck";
}

/** So a command ends that leaves the database in motion. */
const notAtRest = 8;

/** More than any story takes. */
const actionCountMax = 10_000;

/** A migration under way, and what is to be found out about it on the way. */
interface Subject {
  readonly abstract: Abstract;
  readonly attempt: Attempt;
  readonly newer: boolean;
  readonly refused: boolean;
  readonly violates: boolean;
  readonly checksums: Detail | null;
}

type Of<T extends CliCommand["type"]> = Extract<CliCommand, { type: T }>;

export class ModelStage implements Stage {
  readonly engine: Engine;
  readonly silent = true;
  private readonly variant: VariantName;
  /** The engine's words, and SQLite's in their place. */
  private readonly inSqlite: ReadonlyMap<string, string>;
  private readonly folder = new StoryFolder();
  private readonly plainFolder = new StoryFolder();
  private readonly shadow = new Shadow();
  /** What has taken effect for everybody, in the engine's words. */
  private readonly executed: string[] = [];
  private readonly records: JournalRecord[] = [];
  private subject: Subject | null = null;
  /** What the journal says while nothing is under way. */
  private idle: State = atStart;
  private faults: readonly Aimed[] = [];
  private hearer: Hearer | null = null;
  private isSpent = false;
  private readonly hazards = new Set<string>();
  /** Settles when the runner that is at work has ended. */
  private busy: Promise<unknown> | null = null;

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

  async command({ words, faults, through }: Call, hearer: Hearer): Promise<number | "killed"> {
    if (through !== null) throw new CannotPlay("the world has no pools");
    const spec = commands.find(({ name }) => name === words[0]);
    const command = spec === undefined ? null : quickParse(spec, words.slice(1));
    if (command === null) return 2;
    if (this.busy !== null) {
      const waits = "waitMs" in command && command.waitMs > 0;
      if ("waitMs" in command && !waits) return 5;
      const message = "Waiting for the lease: the first runner is at work.";
      hearer.watch({ type: "waiting", for: "lease", holder: "the first runner", message });
      await this.busy;
    }
    this.faults = faults;
    this.hearer = hearer;
    this.isSpent = false;
    const ended = this.guarded(command);
    this.busy = ended;
    try {
      return await ended;
    } finally {
      if (this.busy === ended) this.busy = null;
    }
  }

  async byHand(statements: readonly string[], leaves: HandWork["leaves"]): Promise<void> {
    this.shadow.execute(statements.map((sql) => this.plain(sql)));
    this.executed.push(...statements);
    const name = {
      finished: "finish_by_hand",
      restored: "restore_by_hand",
      changed: "object_changed",
      untouched: null,
    }[leaves];
    const { subject } = this;
    if (name === null || subject === null) return;
    this.isByHand = true;
    subject.attempt.take(name as ActionName);
    this.isByHand = false;
  }

  /** Nobody waits for a lock in the model: what a lock leads to is said by the story. */
  async opens(): Promise<void> {
    await Promise.resolve();
  }

  /** The world has no names: a copy of it is the same world. */
  async copy(): Promise<void> {
    if (this.subject?.attempt.hasOrphan === true) this.settle("ends");
  }

  get violations(): readonly string[] {
    return [...this.hazards].map((name) => `safety: ${name}, which must never be`);
  }

  async look(): Promise<Left> {
    return this.shadow.look();
  }

  async journal(): Promise<readonly JournalRecord[]> {
    return [...this.records];
  }

  async close(): Promise<void> {
    this.shadow.close();
    this.folder.remove();
    this.plainFolder.remove();
  }

  /** The cells change because a person has changed them, and the shadow knows already. */
  private isByHand = false;

  private plain(text: string): string {
    return this.inSqlite.get(text) ?? text;
  }

  private async guarded(command: CliCommand): Promise<number | "killed"> {
    try {
      return await this.run(command);
    } catch (error) {
      if (error instanceof SurefootError) return error.exitCode;
      if (error instanceof Killed) return "killed";
      if (!(error instanceof Stuck)) throw error;
      // Whoever waits for nothing is ended some day.
      this.subject?.attempt.take("crash");
      return notAtRest;
    }
  }

  private async run(command: CliCommand): Promise<number> {
    switch (command.type) {
      case "status":
        return this.status(command);
      case "plan":
        this.pending("refuse");
        return 0;
      case "history":
      case "explain":
        return 0;
      case "up":
      case "retry":
        return this.climb(command);
      case "down":
        return this.descend(command);
      case "recover":
        return this.recover();
      case "retry-rollback":
        return this.retryRollback(command);
      case "resolve":
        return this.resolve(command);
      case "baseline":
      case "accept-edit":
        return this.noteOf(command);
      default:
        throw new CannotPlay(`the model has nothing that \`${command.type}\` would do`);
    }
  }

  // ---- commands, as the runner carries them out

  private status({ check }: Of<"status">): number {
    const { drift, files } = this.pending("refuse");
    if (!check) return 0;
    const { state } = this;
    if (state.type === "failed" && (state.wayBack !== null || state.cause === "crash_loop")) return 4;
    if (drift.length > 0) return 6;
    return state.type !== "idle" || files.length > 0 ? 7 : 0;
  }

  private async climb(command: Of<"up" | "retry">): Promise<number> {
    if (!isSink(this.state.type)) await this.life();
    const { state } = this;
    if (state.type === "failed" && state.wayBack !== null) return 4;
    if (state.type === "failed" && state.cause === "crash_loop" && command.type === "up") return 4;
    const { drift, files, obstacles, folder } = this.pending(command.outOfOrder ? "apply" : "refuse");
    if (drift.length > 0) return 6;
    const last = command.to === undefined ? files.length - 1 : files.findIndex(({ id }) => id === command.to);
    if (command.to !== undefined && last === -1) return this.applied.has(command.to) ? 0 : 2;
    if (state.type === "failed") await this.life(command.type === "up" ? "retry_by_up" : "retry");
    for (const file of files.slice(0, last + 1)) {
      await this.begin(await this.subjectOf(file, folder, obstacles.get(file.id)));
      if (this.applied.has(file.id)) continue;
      const now = this.state;
      const needsPerson = now.type === "failed" && (now.wayBack !== null || now.cause === "crash_loop");
      return needsPerson ? 4 : 3;
    }
    return 0;
  }

  private async descend({ to, steps, yes }: Of<"down">): Promise<number> {
    if (!isSink(this.state.type)) {
      await this.life();
      if (this.subject === null) return 0;
    }
    const { state } = this;
    if (state.type === "failed" && state.wayBack !== null) return 4;
    if (state.type === "failed") await this.life("retry");
    const newestFirst = [...this.applied.keys()].reverse();
    const kept = to === undefined ? (steps ?? 1) : newestFirst.indexOf(to);
    if (kept === -1) return 2;
    for (const id of newestFirst.slice(0, kept)) {
      const abstract = await abstractDown(this.fileOf(id), this.plainFileOf(id), this);
      if (abstract.undoMissing || (abstract.destroys && !yes)) return 2;
      const attempt = this.attemptOf(abstract, []);
      await this.begin({ abstract, attempt, newer: false, refused: false, violates: false, checksums: null });
      if (!this.applied.has(id)) continue;
      return this.state.type === "failed" && this.state.wayBack !== null ? 4 : 3;
    }
    return 0;
  }

  private async recover(): Promise<number> {
    if (!isSink(this.state.type)) await this.life();
    const { state } = this;
    return state.type === "failed" && state.wayBack !== null ? 4 : 0;
  }

  private async retryRollback({ decide }: Of<"retry-rollback">): Promise<number> {
    const { state, subject } = this;
    if (subject === null || (state.type === "failed" && state.wayBack === null)) return 2;
    if (state.type !== "failed") return this.recover();
    const { migration } = state;
    const isUp = state.direction === "up" && new MigrationFolder(this.folder.migrations, this.engine).has(migration);
    if (isUp) {
      const abstract = await correctedUp(
        subject.abstract,
        subject.attempt.plan,
        this.fileOf(migration),
        this.plainFileOf(migration),
        this,
      );
      const { cells, drift, byHand, rowsGone, applied } = subject.attempt.world;
      const attempt = this.attemptOf(abstract, [], { state, world: { cells, drift, byHand, rowsGone, applied } });
      attempt.take("correct_file");
      this.subject = { ...subject, abstract, attempt };
    }
    await this.life(decide.size > 0 ? "retry_rollback_decided" : "retry_rollback");
    return this.state.type === "failed" ? 4 : 0;
  }

  private async resolve({ claim, force, reason }: Of<"resolve">): Promise<number> {
    if (force && (reason ?? "").trim() === "") return 2;
    const { subject } = this;
    if (subject === null) return 2;
    const { attempt } = subject;
    this.enter();
    this.go("read_journal");
    if (!isSink(attempt.machine.at.state.type) && attempt.machine.at.state.type !== "completing") this.go("halt");
    const name = `resolve_${claim}` as const;
    const believed = attempt.may(name) !== null;
    const forced = force && !believed && attempt.may(`${name}_forced`) !== null;
    if (believed || forced) this.go(believed ? name : `${name}_forced`);
    await this.follow();
    this.leave();
    if (believed || forced) return 0;
    if (force) throw new CannotPlay("in the model nobody claims what is not so");
    return 4;
  }

  private noteOf(command: Of<"baseline" | "accept-edit">): number {
    const folder = new MigrationFolder(this.folder.migrations, this.engine);
    const { applied } = this;
    const ids =
      command.type === "accept-edit"
        ? [command.id]
        : (command.only ??
          folder.ids.slice(0, command.to === undefined ? undefined : folder.ids.indexOf(command.to) + 1));
    if (command.type === "accept-edit" && !applied.has(command.id)) return 2;
    for (const id of ids) {
      if (command.type === "baseline" && applied.has(id)) continue;
      const detail = {
        checksums: checksumDetail(folder.file(id), folder),
        ...("reason" in command ? { reason: command.reason } : {}),
      };
      const event = command.type === "baseline" ? ("baseline" as const) : ("accept_edit" as const);
      const seq = (this.records.length + 1) as TransitionRecord["seq"];
      this.records.push({
        kind: "note",
        seq,
        run: "model",
        epoch: 1 as TransitionRecord["epoch"],
        at: "",
        migration: id,
        event,
        detail,
      });
    }
    return 0;
  }

  // ---- what is there

  private get state(): State {
    return this.subject?.attempt.state ?? this.idle;
  }

  private get applied(): ReadonlyMap<string, Applied> {
    return appliedSet(this.records);
  }

  private pending(
    policy: "refuse" | "apply",
  ): ReturnType<MigrationFolder["pending"]> & { readonly folder: MigrationFolder } {
    const folder = new MigrationFolder(this.folder.migrations, this.engine);
    return { ...folder.pending(this.applied, policy), folder };
  }

  private fileOf(id: string): MigrationFile {
    return new MigrationFolder(this.folder.migrations, this.engine).file(id);
  }

  private plainFileOf(id: string): MigrationFile {
    return new MigrationFolder(this.plainFolder.migrations, "sqlite").file(id);
  }

  /** For `abstract.ts`. */
  get world(): { readonly engine: Engine; readonly shadow: Shadow; readonly executed: readonly string[] } {
    return { engine: this.engine, shadow: this.shadow, executed: this.executed };
  }

  private async subjectOf(
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

  private attemptOf(
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
    this.hearer?.watch({
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

  // ---- a life of the runner

  private async begin(subject: Subject): Promise<void> {
    this.subject = subject;
    await this.life("start");
  }

  /** From its start to its end: recovers what is in motion; at rest, does what it was started for. */
  private async life(word: ActionName | null = null): Promise<void> {
    this.enter();
    this.go("read_journal");
    await this.follow();
    if (word !== null) {
      this.go(word);
      await this.follow();
    }
    this.leave();
  }

  private enter(): void {
    const { attempt } = this.mine();
    if (attempt.hasOrphan) {
      const waits = attempt.plan.recovery === "resume";
      const message = `A statement of a runner that has died is still running on the server. ${waits ? "Waiting for its end." : "It is being ended."}`;
      this.hearer?.watch({ type: "waiting", for: "orphan", holder: "", message });
      this.settle(waits ? "finishes" : "ends");
    }
    this.go(isSink(attempt.state.type) ? "invoke" : "restart");
  }

  private leave(): void {
    const { attempt } = this.mine();
    if (attempt.phase === phase.live) this.go("close");
    if (attempt.state.type !== "idle") return;
    this.idle = attempt.state;
    this.subject = null;
  }

  private mine(): Subject {
    if (this.subject === null) throw new Error("Nothing is under way in the world.");
    return this.subject;
  }

  /** @throws Stuck */
  private go(name: ActionName): void {
    const option = this.mine().attempt.may(name);
    if (option === null) throw new Stuck(`${name} is not possible.`);
    this.mine().attempt.go(option);
  }

  /** Until the runner rests. */
  private async follow(): Promise<void> {
    for (let count = 0; count < actionCountMax; count++) {
      const { attempt } = this.mine();
      switch (attempt.phase) {
        case phase.cut_off:
          this.go("reconnect");
          break;
        case phase.leased:
          this.go("read_journal");
          break;
        case phase.live:
          if (attempt.machine.effect === null) return;
          await this.act();
          break;
        default:
          return;
      }
    }
    throw new Stuck("It goes on for ever.");
  }

  /** What the runner does next, and what it is answered. */
  private async act(): Promise<void> {
    const { attempt, newer, refused, violates } = this.mine();
    const { effect } = attempt.machine;
    if (effect === null) return;
    switch (effect.type) {
      case "raise":
        return this.go("raise");
      case "prepare":
        if (newer) return this.go("newer_applied");
        return this.go(
          attempt.may("prepared") !== null
            ? "prepared"
            : attempt.may("dependency_missing") !== null
              ? "dependency_missing"
              : "dependents_applied",
        );
      case "validate_pre":
        if (refused) return this.go("statement_refused");
        if (violates) return this.go("doctrine_violated");
        return this.go(this.checkAnswer("pre"));
      case "validate_post":
        return this.go(this.checkAnswer("post"));
      case "observe":
        return this.go("observe");
      case "run":
        return effect.by === "engine"
          ? this.go("engine_takes_back")
          : this.statement(effect.way, effect.step, effect.part);
      case "decide":
        return this.go("decide");
      case "verify":
        return this.go("verify");
      default:
        return assertNever(effect);
    }
  }

  private checkAnswer(check: "pre" | "post"): ActionName {
    const fault = this.faultAt((one) => one.check === check);
    const answer = fault !== null && "answers" in fault ? fault.answers : null;
    return answer === null ? `${check}checks_pass` : answer === "false" ? `${check}check_false` : `${check}check_error`;
  }

  private faultAt(matches: (fault: Fault) => boolean): Fault | null {
    const { migration } = this.mine().abstract;
    return this.faults.find((aimed) => aimed.migration === migration && matches(aimed.fault))?.fault ?? null;
  }

  private async statement(way: "up" | "undo", step: number, part: number): Promise<void> {
    const { attempt } = this.mine();
    const meant = (fault: Fault): boolean =>
      way === "up" ? fault.step === step + 1 : fault.undoOf === step + 1 && part === 0;
    const fault = this.faultAt(meant);
    const strike = fault !== null && isStrike(fault) && !this.isSpent ? fault : null;
    const moment = strike === null ? null : this.momentOf(strike);
    switch (attempt.progress) {
      case progress.none:
        if (strike !== null && moment === "before_effect") return this.strike(strike);
        return this.go("send");
      case progress.running:
        if (strike !== null && moment === "during") return this.strike(strike);
        return this.go(fault !== null && "answers" in fault ? refusals[fault.answers] : "executes");
      default: {
        if (strike !== null && moment === "after_effect") return this.strike(strike);
        const heard = attempt.may("receive");
        if (strike === null || heard === null) return this.go("receive");
        // What becomes durable with being heard was not durable before.
        if (heard.after.journal === attempt.world.journal) attempt.go(heard);
        return this.strike(strike);
      }
    }
  }

  private momentOf(strike: Strike): "before_effect" | "during" | "after_effect" | "after_answer" {
    if (!("lose" in strike) && !("kill" in strike)) return "before_effect";
    if ("lose" in strike) return strike.lose === "reply" ? "after_effect" : "during";
    // In SQLite there is nothing between a statement that was sent and one that has run.
    return strike.when === "during" && this.engine === "sqlite" ? "before_effect" : strike.when;
  }

  private async strike(strike: Strike): Promise<void> {
    const { attempt } = this.mine();
    this.isSpent = true;
    this.hearer?.struck();
    if ("lose" in strike && strike.meanwhile !== undefined)
      throw new CannotPlay("the story is of two runners, one of which comes back; the model has that as a property");
    if (!("lose" in strike) && !("kill" in strike)) {
      if (attempt.isFree()) throw new Error("Two runners have the lease at once.");
      const { faults, hearer } = this;
      await hearer?.meanwhile();
      this.faults = faults;
      this.hearer = hearer;
      return;
    }
    if ("lose" in strike) {
      this.go("connection_cut");
      return this.settle(strike.statement ?? "ends");
    }
    if (strike.kill === "session") return this.go("session_killed");
    if (strike.kill === "server") return this.go("server_crash");
    this.go("crash");
    if (strike.statement !== "runs_on") this.settle("finishes");
    throw new Killed();
  }

  /** What becomes of a session whose client is gone. */
  private settle(statement: "finishes" | "ends"): void {
    const { attempt } = this.mine();
    if (!attempt.hasOrphan) return;
    if (attempt.progress === progress.dangling) return this.go("session_ends");
    const applies = statement === "finishes" && attempt.may("orphan_applies") !== null;
    this.go(applies ? "orphan_applies" : "orphan_fails");
  }
}

const refusals = {
  error: "statement_fails",
  partly: "fails_after_a_part",
  nothing: "executes",
  false: "executes",
} as const satisfies { readonly [answer: string]: ActionName };
