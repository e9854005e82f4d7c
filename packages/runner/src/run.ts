/**
 * The loop: event, transition, journal, effect, reply, event. It decides nothing. The model says what happens next and
 * what a reply means; the adapter says what the database answered; this file carries the one to the other, and keeps
 * the promise that every record is durable before the effect that needs it.
 */
import { setImmediate, setTimeout } from "node:timers/promises";
import type {
  Detail,
  Effect,
  EffectId,
  Event,
  Folded,
  Json,
  Machine,
  NoteRecord,
  Picture,
  Plan,
  PlannedStatement,
  Reply,
  State,
  StateType,
  StepClass,
  StoredRow,
  TransitionRecord,
} from "@surefoot/model";
import {
  afterRefusal,
  assertNever,
  differences,
  emptyPlan,
  impliedPicture,
  isBarrier,
  isSink,
  judge,
  packRecords,
  pictureDetail,
  planDetail,
  recordOf,
  rowsLost,
  seq,
  snapshotOf,
  transition,
  withFoundUndo as planWithFoundUndo,
} from "@surefoot/model";
import { SurefootError } from "./error.ts";
import type { Timeouts } from "./files/migration.ts";
import type { Seal } from "./foreign-changes.ts";
import { sealDetail } from "./foreign-changes.ts";
import { readJournal } from "./journal.ts";
import { fencedAt } from "./journal-tables.ts";
import type { Material, Prepared } from "./material.ts";
import {
  foundUndosDetail,
  materialDetail,
  materialIn,
  noMaterial,
  shownSql,
  statementOf,
  withFoundUndo,
} from "./material.ts";
import type { ContentsOf } from "./own-rows.ts";
import { contentsDetail, isCounted, nothing, ownContents, withDifference } from "./own-rows.ts";
import type { Framing, RunReply, Session } from "./port.ts";
import type { Progress } from "./progress.ts";
import { transitionLine } from "./progress.ts";
import { pointAt } from "./sql/place.ts";
import type { Verified } from "./verified.ts";
import { rowsTouched, verifiedAfter } from "./verified.ts";

/** What `prepare` found out; `prepared` is null when the migration can't begin. */
export interface Preparation {
  readonly reply: Extract<Reply, { type: "preparation" }>;
  readonly prepared: Prepared | null;
  readonly facts: Detail;
  /** What is refused and what violates doctrine; told in `validating_pre`. */
  readonly refused: readonly string[];
  readonly violations: readonly string[];
}

/** What differs from one call of `feed` to the next. */
export interface Context {
  readonly prepare?: () => Promise<Preparation>;
  /** The operator's word on steps in doubt, by number of the step. */
  readonly decisions?: ReadonlyMap<number, "applied" | "not_applied">;
  readonly allowDataLoss?: boolean;
  /** For `recorded`: the hash of a folder of which everything is applied once this migration is. */
  readonly folder?: () => string;
  /** It is the last one of its call: say what schema it leaves, and object by object if that was asked for. */
  readonly seal?: "mark" | "objects";
  /** For `recorded`, when the migration was never prepared. */
  readonly checksums?: Detail;
}

export interface RunOptions {
  readonly session: Session;
  readonly folded: Folded;
  readonly run: string;
  /** UTC, ISO 8601 with milliseconds. */
  readonly now: () => string;
  readonly onEvent: ((event: Progress) => void) | undefined;
  readonly signal: AbortSignal | undefined;
  /** Who runs: told in the first record. */
  readonly who: Detail;
  /** How long a lost database is waited for, in milliseconds. */
  readonly reconnectMs: number;
}

/** Where a migration came to rest, and how. */
export interface Rest {
  readonly state: State;
  /** The states that it went through since `start`, each once in a row, `idle` first; only that when it has left no trace. */
  readonly path: readonly StateType[];
  readonly message: string | null;
  readonly verified: Verified | null;
  readonly notCovered: readonly string[];
  /** The database was lost and the attempt has left no trace in the journal. */
  readonly vanished: boolean;
}

/** Objects as they were found before a statement. */
interface Looked {
  readonly names: ReadonlySet<string>;
  readonly picture: Picture;
}

interface Entry {
  readonly record: TransitionRecord;
  /** The machine and the records as they were before, should the COMMIT be refused. */
  readonly machine: Machine;
  readonly recordCount: number;
}

/** How long a signal may wait between two statements, in milliseconds. */
const turnMs = 5;

export class Run {
  private readonly options: RunOptions;
  private readonly session: Session;
  private machine: Machine;
  private plan: Plan;
  private material: Material = noMaterial;
  /** The records of the migration under way, those that are not durable yet included. */
  private records: TransitionRecord[];
  private buffer: Entry[] = [];
  private toldWho = false;
  private preparation: Preparation | null = null;
  /** The schema as it was seen last, carried forward from step to step. */
  private seen: Picture | null = null;
  private markBefore: string | null = null;
  /** Before the transaction began, which may have made the journal; what is left once the engine has ended it. */
  private markOutside: string | null = null;
  private rowsBefore: ReadonlyMap<string, string | null> = new Map();
  private verified: Verified | null = null;
  private message: string | null = null;
  private vanished = false;
  /** All migrations from here on in one transaction: what they have recorded waits here for `commitAll`. */
  private held: { readonly rows: StoredRow[]; readonly told: TransitionRecord[] } | null = null;
  /** When the database was lost; it counts as found again once something has become durable. */
  private lostSince: number | null = null;
  private dataDestroyed = false;
  private seal: Seal | null = null;
  /** The signal has been told to the machine. What it means is the policy's business: under `resume` it goes on. */
  private heard = false;
  /** When signals could be heard last, by `performance.now`. */
  private turnAt = 0;
  /** The operator's word is about what was in doubt when it was given; after a loss that may be another statement. */
  private wordCounts = true;

  constructor(options: RunOptions) {
    this.options = options;
    this.session = options.session;
    const { state, plan, tail, records } = options.folded;
    this.machine = { state, process: { epoch: options.session.epoch, tail, awaiting: null } };
    this.plan = plan;
    this.records = [...records];
    this.material = this.materialFromRecords();
  }

  get state(): State {
    return this.machine.state;
  }

  get tail(): number {
    return this.machine.process.tail;
  }

  get currentPlan(): Plan {
    return this.plan;
  }

  get currentMaterial(): Material {
    return this.material;
  }

  get currentRecords(): readonly TransitionRecord[] {
    return this.records;
  }

  /**
   * Gives the machine an event and goes on until it rests.
   * @throws SurefootError when the journal can't be written or the database is lost for good; then nothing that was not
   * durable counts, and the next start recovers.
   */
  async feed(first: Event, facts: Detail = {}, context: Context = {}): Promise<Rest> {
    let event = first;
    let detail = facts;
    let answers: EffectId | null = null;
    this.vanished = false;
    this.verified = null;
    this.wordCounts = true;
    if (first.type === "start") this.forget();
    for (;;) {
      const effect = this.move(event, answers, this.factsFor(event, detail, context));
      if (isBarrier(this.plan, effect)) {
        const refused = await this.flush();
        if (refused !== null) {
          ({ event, detail } = refused);
          answers = null;
          if (this.vanished) return this.rest();
          continue;
        }
      }
      if (effect === null) {
        await this.settle();
        return this.rest();
      }
      answers = this.machine.process.awaiting;
      if (this.shouldStop(effect)) {
        this.heard = true;
        ({ event, detail } = { event: { type: "interrupted", by: "signal" }, detail: {} });
        answers = null;
        continue;
      }
      if (effect.type === "raise") {
        if (effect.event.type === "step_sent") await this.beginStatement("up", effect.event.step);
        ({ event, detail } = { event: effect.event, detail: {} });
        continue;
      }
      const { reply, facts: found } = await this.performOrLose(effect, context);
      // A signal that came while the statement ran is heard before the next one is sent.
      if (effect.type === "run") await this.letSignalsIn();
      event = judge(this.plan, this.machine.state, effect, reply);
      // Why something can't be decided is told; what is decided needs no excuse.
      const { explanation, ...rest } = found;
      const told = typeof explanation === "string" && event.type !== "step_decided";
      detail = told ? { ...rest, message: this.afterFailure(explanation) } : rest;
      if (event.type === "connection_lost") {
        await this.reboot(found);
        if (this.vanished) return this.rest();
        answers = null;
      }
    }
  }

  /**
   * Leaves a migration that was found unfinished as it is: records the interruption and that nothing was undone.
   * `completing` goes forward, as always.
   */
  async halt(): Promise<Rest> {
    const { state } = this.machine;
    if (state.type === "completing") return this.feed({ type: "interrupted", by: "restart" });
    if (!isSink(state.type)) this.move({ type: "interrupted", by: "restart" }, null, {});
    if (this.machine.state.type === "migrating" || this.machine.state.type === "validating_post")
      throw new SurefootError("NOT_APPLICABLE", "Under the policy `resume` run `surefoot recover` first.");
    if (this.machine.state.type === "rolling_back") this.move({ type: "halted" }, null, {});
    const refused = await this.flush();
    if (refused !== null) throw new SurefootError("DATABASE_LOST", this.message ?? "The journal could not be written.");
    return this.rest();
  }

  /** Takes corrected undos; they are stored with the next record. */
  correct(prepared: Prepared): void {
    this.plan = prepared.plan;
    this.material = prepared.material;
  }

  /** Adds notes to the journal, all or none; they change no state. */
  async note(notes: readonly Omit<NoteRecord, "kind" | "seq" | "run" | "epoch" | "at">[]): Promise<void> {
    const { process } = this.machine;
    const { run, now } = this.options;
    const records = notes.map((note, index): NoteRecord => {
      const place = seq(process.tail + 1 + index);
      const detail = this.withWho(note.detail);
      return { ...note, detail, kind: "note", seq: place, run, epoch: process.epoch, at: now() };
    });
    if (records.length === 0) return;
    await this.session.append(packRecords(records));
    this.machine = { ...this.machine, process: { ...process, tail: seq(process.tail + records.length) } };
  }

  /** Begins `--atomic`: nothing from here on is durable before `commitAll`. */
  async holdAll(statements: readonly string[]): Promise<void> {
    await this.session.enter(statements);
    this.held = { rows: [], told: [] };
  }

  /**
   * Ends `--atomic`: everything becomes durable, or nothing.
   * @throws CommitRefused, SurefootError when the engine refuses; `abandon` then takes everything back
   */
  async commitAll(): Promise<void> {
    const { rows, told } = this.held ?? { rows: [], told: [] };
    await this.session.append(rows);
    this.held = null;
    this.tell(told);
    await this.session.settle();
  }

  /** Rolls back everything that is not durable, reads the journal again, and leaves a note of why. */
  async abandon(note: Parameters<Run["note"]>[0][number]): Promise<void> {
    this.held = null;
    await this.reboot({});
    this.vanished = false;
    await this.note([note]);
  }

  private forget(): void {
    this.records = [];
    this.plan = emptyPlan;
    this.material = noMaterial;
    this.preparation = null;
    this.seen = null;
    this.message = null;
    this.dataDestroyed = false;
    this.seal = null;
  }

  private move(event: Event, answers: EffectId | null, facts: Detail): Effect | null {
    if (event.type === "prepared") this.plan = this.preparation?.prepared?.plan ?? this.plan;
    if (event.type === "step_sent") this.takeFoundUndo(event.step, facts);
    const before = this.machine;
    const outcome = transition({ plan: this.plan }, before, event, answers);
    if (outcome.type !== "moved")
      throw new SurefootError(
        "INVARIANT_BROKEN",
        `The machine ${outcome.type} ${event.type} in ${before.state.type} (${outcome.reason}). This is a bug of Surefoot; ` +
          "it stopped before doing anything. Run `surefoot status`, and report this with `surefoot history --json`.",
        { next: ["surefoot status"] },
      );
    const record = recordOf(outcome.record, this.options.run, this.options.now(), this.withWho(facts));
    this.buffer.push({ record, machine: before, recordCount: this.records.length });
    this.records.push(record);
    this.machine = outcome.machine;
    if (typeof facts["message"] === "string") this.message = facts["message"];
    return outcome.effect;
  }

  /** As a restart reads it from the record. */
  private takeFoundUndo(step: number, facts: Detail): void {
    if (facts["undo"] === undefined) return;
    this.plan = planWithFoundUndo(this.plan, step, facts);
    this.material = withFoundUndo(this.material, step, facts);
  }

  private withWho(facts: Detail): Detail {
    if (this.toldWho) return facts;
    this.toldWho = true;
    return { ...facts, who: this.options.who };
  }

  private factsFor(event: Event, facts: Detail, context: Context): Detail {
    const { state } = this.machine;
    if (event.type === "preparation_failed" && event.cause === "crash_loop" && state.type === "preparing")
      return {
        message:
          `${state.migration} was interrupted ${state.interruptionCount} times in a row. Is a health check or a limit ` +
          "ending it? When you know why, allow it once more with `surefoot retry`.",
      };
    if (event.type !== "recorded") return facts;
    const prepared = this.records.findLast((record) => record.event === "prepared");
    const checksums = prepared?.detail["checksums"] ?? context.checksums ?? null;
    const unchanged = this.records.flatMap(({ event: type, step, detail }) =>
      type === "step_applied" && step !== null && detail["changed"] === false ? [step] : [],
    );
    const undos = foundUndosDetail(this.records);
    return {
      ...facts,
      how: state.type === "completing" ? state.how : "executed",
      checksums,
      ...(unchanged.length === 0 ? {} : { unchanged }),
      ...(undos === null ? {} : { undos }),
      ...(context.folder === undefined ? {} : { folder: context.folder() }),
      ...(this.seal === null ? {} : { schema: sealDetail(this.seal) }),
    };
  }

  /** Null: all durable. Otherwise the event with which the machine goes on, from where the journal left it. */
  private async flush(): Promise<{ event: Event; detail: Detail } | null> {
    const records = this.buffer.map(({ record }) => record);
    if (this.held !== null && isSink(this.machine.state.type)) {
      this.held.rows.push(...packRecords(records));
      if (this.options.onEvent !== undefined) this.held.told.push(...records);
      this.buffer = [];
      return null;
    }
    if (records.length === 0 && this.session.transaction === "none") return null;
    try {
      await this.session.append(packRecords(records));
    } catch (error) {
      return this.afterRefusal(error);
    }
    this.buffer = [];
    this.lostSince = null;
    this.tell(records);
    return null;
  }

  /**
   * What was not committed did not happen. In one transaction with its steps, the machine goes back to before the
   * commit point and hears that the commit failed; elsewhere it reads the journal again, as after a lost connection.
   */
  private async afterRefusal(error: unknown): Promise<{ event: Event; detail: Detail } | null> {
    const message = this.commitMessage(messageOf(error));
    const commitPoint = this.buffer.findIndex(({ record }) => record.event === "postcheck_passed");
    const entry = this.buffer[commitPoint];
    const lost = isLoss(error);
    if (error instanceof SurefootError && error.code === "FENCED") throw error;
    if (entry !== undefined && this.plan.transaction === "migration" && !lost) {
      this.buffer = this.buffer.slice(0, commitPoint);
      this.records = this.records.slice(0, entry.recordCount);
      this.machine = entry.machine;
      const detail = { message: `The commit failed, so nothing of the migration was kept: ${message}` };
      return { event: { type: "postcheck_failed", cause: "commit_failed" }, detail };
    }
    const durable = this.buffer[0]?.machine.state ?? this.machine.state;
    if (isSink(durable.type) && !lost) {
      // The way back has ended at rest and only its story can't be kept with this transaction: begin another for it.
      if (this.plan.transaction === "migration" && this.machine.state.type === "idle") {
        await this.session.discard();
        const records = this.buffer.map(({ record }) => record);
        await this.session.append(packRecords(records));
        this.buffer = [];
        this.tell(records);
        return null;
      }
      await this.session.discard();
      throw error;
    }
    await this.reboot({ message });
    if (isSink(this.machine.state.type) && !this.vanished) return null;
    const event = lost ? null : afterRefusal(this.plan, this.machine.state);
    return { event: event ?? { type: "connection_lost" }, detail: { message } };
  }

  /** A constraint that is checked at the end of a transaction (a deferred foreign key) speaks of no statement. */
  private commitMessage(message: string): string {
    const last = this.buffer.findLast(({ record }) => record.event === "step_applied")?.record;
    if (last === undefined || last.step === null || this.plan.transaction === "migration") return message;
    const { line = 0, sql = "" } = this.material.steps[last.step] ?? {};
    const where = `Step ${last.step + 1}${line > 0 ? ` (line ${line})` : ""}`;
    return `${where} ran, and could not be committed: ${message.replace(/\.$/, "")}. Statement: ${oneLine(sql)}`;
  }

  /** Drops everything that is not in the journal and starts again from it, as a new process would. */
  private async reboot(facts: Detail): Promise<void> {
    // One time limit for one loss, also when reading works and writing does not.
    const again = this.lostSince !== null;
    this.lostSince ??= performance.now();
    const deadline = this.lostSince + this.options.reconnectMs;
    if (again && performance.now() > deadline)
      throw this.lostForGood(facts["message"] ?? "the journal can't be written");
    if (again) await setTimeout(100);
    const unheard = this.buffer.map(({ record }) => record);
    this.buffer = [];
    this.seen = null;
    this.wordCounts = false;
    const { epoch } = this.session;
    for (let waitMs = 100; ; waitMs = Math.min(waitMs * 2, 2_000)) {
      try {
        await this.session.reopen();
        const { folded } = await readJournal(this.session);
        // Whoever has had the lease meanwhile has gone on with this migration: what became of it is theirs to say.
        if (folded.epoch > epoch) throw fencedAt(epoch);
        this.machine = {
          state: folded.state,
          process: { epoch: this.session.epoch, tail: folded.tail, awaiting: null },
        };
        this.plan = folded.plan;
        // Only the answer was lost: what it was about is in the journal.
        const isWritten = folded.tail === unheard.at(-1)?.seq;
        if (isWritten) this.tell(unheard);
        const isAtRest = isSink(folded.state.type);
        this.vanished = isAtRest && !isWritten;
        if (isAtRest && isWritten) return;
        if (!isAtRest) {
          this.records = [...folded.records];
          this.material = this.materialFromRecords();
        }
        if (typeof facts["message"] === "string") this.message = facts["message"];
        return;
      } catch (error) {
        if (error instanceof SurefootError && error.code !== "DATABASE_LOST") throw error;
        if (performance.now() + waitMs > deadline) throw this.lostForGood(messageOf(error), error);
        this.options.onEvent?.({
          type: "waiting",
          for: "database",
          holder: "",
          message: `The database does not answer (${messageOf(error)}); trying again.`,
        });
        await setTimeout(waitMs);
      }
    }
  }

  private lostForGood(why: unknown, cause?: unknown): SurefootError {
    return new SurefootError(
      "DATABASE_LOST",
      `The database was lost and did not come back within ${this.options.reconnectMs / 1000} s: ${String(why).replace(/\.$/, "")}. ` +
        "What was under way is in the journal; `surefoot up` recovers it once the database answers.",
      { next: ["surefoot up", "surefoot status"], cause },
    );
  }

  private materialFromRecords(): Material {
    return materialIn(this.records);
  }

  private tell(records: readonly TransitionRecord[]): void {
    const { onEvent } = this.options;
    if (onEvent !== undefined) for (const record of records) onEvent({ type: "transition", ...transitionLine(record) });
  }

  private rest(): Rest {
    const path: StateType[] = ["idle"];
    // What was refused did not happen, however far it had come.
    for (const { to } of this.vanished ? [] : this.records) if (path.at(-1) !== to) path.push(to);
    const { state } = this.machine;
    const result = {
      state,
      path,
      message: this.message,
      verified: this.verified,
      notCovered: [...new Set(this.material.steps.flatMap(({ notCovered }) => notCovered ?? []))],
      vanished: this.vanished,
    };
    return result;
  }

  /** A signal stops what has not been sent; a statement under way, an undo and the recording are brought to their end. */
  private shouldStop(effect: Effect): boolean {
    const { state } = this.machine;
    if (this.heard || this.options.signal?.aborted !== true || effect.type === "run") return false;
    switch (state.type) {
      case "preparing":
      case "validating_pre":
      case "validating_post":
        return true;
      case "migrating":
        return !state.inDoubt;
      case "idle":
      case "completing":
      case "rolling_back":
      case "failed":
        return false;
      default:
        return assertNever(state);
    }
  }

  /** A database can be lost at any question, not only at a statement. What was asked does not matter then. */
  private async performOrLose(
    effect: Exclude<Effect, { type: "raise" }>,
    context: Context,
  ): Promise<{ reply: Reply; facts: Detail }> {
    try {
      return await this.perform(effect, context);
    } catch (error) {
      if (!isLoss(error)) throw error;
      return { reply: { type: "lost" }, facts: { message: error.message } };
    }
  }

  /** At rest everything is durable, so that a loss costs nothing but another session. */
  private async settle(): Promise<void> {
    try {
      await this.session.settle();
    } catch (error) {
      if (!isLoss(error)) throw error;
      await this.reboot({});
      this.vanished = false;
    }
  }

  private async perform(
    effect: Exclude<Effect, { type: "raise" }>,
    context: Context,
  ): Promise<{ reply: Reply; facts: Detail }> {
    switch (effect.type) {
      case "prepare":
        return this.prepare(context);
      case "validate_pre":
        return this.validatePre();
      case "validate_post":
        return this.validatePost(context);
      case "observe":
        return this.observe(effect, context);
      case "run":
        return effect.by === "engine" ? this.takeBack(effect) : this.runStatement(effect);
      case "decide":
        return this.decide(effect, context);
      case "verify":
        return this.verify();
      default:
        return assertNever(effect);
    }
  }

  private async prepare(context: Context): Promise<{ reply: Reply; facts: Detail }> {
    if (context.prepare === undefined) throw new Error("A migration can't be prepared without its file.");
    this.preparation = await context.prepare();
    const { reply, facts, prepared } = this.preparation;
    if (prepared === null) return { reply, facts };
    this.material = prepared.material;
    const snapshot = await this.snapshot(prepared.plan);
    const texts = materialDetail(prepared.material, prepared.plan.recovery === "resume");
    return { reply, facts: { ...facts, plan: planDetail(prepared.plan), texts, ...snapshot } };
  }

  /** In one transaction the engine itself brings back what was there, so the mark alone tells whether it did. */
  private async snapshot(plan: Plan): Promise<Detail> {
    if (plan.transaction === "migration" && this.session.capabilities.atomicUp) return {};
    // Nothing else is ever compared, and a server that holds thousands of tables would take seconds to tell of them all.
    const named = this.material.steps.every(({ objects, notCovered }) => objects.length > 0 && notCovered === null);
    this.seen = await this.session.snapshot(named ? this.ours(null) : null);
    const rows: { [table: string]: string | null } = {};
    for (const table of this.material.data) rows[table] = await this.session.rowsHash(table);
    const { data } = this.material;
    return { snapshot: pictureDetail(this.seen), ...(data.length === 0 ? {} : { rows }) };
  }

  private async validatePre(): Promise<{ reply: Reply; facts: Detail }> {
    const { refused, violations } = this.preparation ?? { refused: [], violations: [] };
    const found = [...refused, ...violations];
    if (found.length > 0)
      return {
        reply: { type: "validation", refused: refused.length > 0, doctrine: violations.length > 0, checks: "passed" },
        facts: { message: found.join("\n"), findings: found },
      };
    if (this.plan.transaction === "migration") {
      // With --atomic there is one transaction, and whatever fails takes all of it back.
      if (this.held === null || this.session.transaction !== "open") {
        const { outside, inside } = await this.session.begin(this.statements(), this.material.timeouts);
        this.markOutside = outside;
        this.markBefore = inside;
      }
      this.rowsBefore = await this.dataHashes();
    }
    const { checks, facts } = await this.ask(this.material.pre);
    return { reply: { type: "validation", refused: false, doctrine: false, checks }, facts };
  }

  private async validatePost(context: Context): Promise<{ reply: Reply; facts: Detail }> {
    const findings = await this.session.integrity();
    if (findings.length > 0)
      return {
        reply: { type: "checks", checks: "false" },
        facts: { message: `The steps left the database inconsistent: ${findings.join("; ")}`, findings },
      };
    const { checks, facts } = await this.ask(this.material.post);
    if (checks === "passed" && context.seal !== undefined)
      this.seal = {
        mark: await this.session.schemaMark(),
        objects: context.seal === "objects" ? await this.session.picture() : null,
      };
    return { reply: { type: "checks", checks }, facts };
  }

  private async ask(checks: Material["pre"]): Promise<{ checks: "passed" | "false" | "error"; facts: Detail }> {
    for (const { name, sql, expect, line } of checks) {
      const answer = await this.session.check(sql, expect);
      if (answer.type === "passed") continue;
      const message =
        answer.type === "false"
          ? `The check “${name}” (line ${line}) does not hold: ${answer.found}.`
          : `The check “${name}” (line ${line}) could not be answered: ${answer.message}`;
      return { checks: answer.type, facts: { message, check: name, line } };
    }
    return { checks: "passed", facts: {} };
  }

  private async observe(
    effect: Extract<Effect, { type: "observe" }>,
    context: Context,
  ): Promise<{ reply: Reply; facts: Detail }> {
    const { way, step, compare } = effect;
    if (way === "up" && !compare) await this.beginStatement("up", step);
    // In its one transaction a migration is alone, and has no snapshot that could be compared.
    const outside = compare && this.plan.transaction !== "migration" ? await this.changedOutside(null) : [];
    if (compare && outside.length === 0) await this.replaySession();
    if (outside.length > 0)
      return {
        reply: { type: "observation", changedOutside: true, destroysData: false },
        facts: { message: outsideMessage(outside), differs: outside },
      };
    if (way === "up" && step >= this.material.steps.length)
      return { reply: { type: "observation", changedOutside: false, destroysData: false }, facts: {} };
    const sql = this.statementIfAny(effect);
    if (sql === null) return { reply: { type: "observation", changedOutside: false, destroysData: false }, facts: {} };
    if (way === "undo" && this.direction() === "up") {
      const foreign = await this.session.foreignData(sql, ownContents(this.records, this.route()));
      if (foreign !== null && context.allowDataLoss === true) this.dataDestroyed = true;
      if (foreign !== null && context.allowDataLoss !== true) {
        const whose = foreign.more
          ? `${foreign.count} ${foreign.what} that this migration is not known to have written`
          : `the ${foreign.count} ${foreign.what}, and they are not as this migration wrote them`;
        const message =
          `The undo «${oneLine(sql)}» was not run: it would destroy ${whose}. ` +
          "Save them, or accept the loss with `surefoot retry-rollback --allow-data-loss`.";
        return {
          reply: { type: "observation", changedOutside: false, destroysData: true },
          facts: { message, count: foreign.count },
        };
      }
    }
    const facts: { [key: string]: Json } = { session: this.session.identity };
    if (this.classAt(effect) === "atomic" && this.seen !== null) {
      const after = await this.session.predict(sql);
      if (after !== null)
        facts["after"] = pictureDetail(overlay(await this.session.look(new Set(after.keys())), after));
      const kept = after === null ? await this.session.keep(sql) : null;
      if (kept !== null) facts["kept"] = kept;
      if (await this.session.mayVanish(sql)) facts["mayVanish"] = true;
    }
    const undo = way === "up" ? await this.foundUndo(step) : null;
    if (undo !== null) facts["undo"] = undo;
    return { reply: { type: "observation", changedOutside: false, destroysData: false }, facts };
  }

  /** The undo of a step that has none yet, in the schema as the steps before it have left it. */
  private async foundUndo(step: number): Promise<Detail | null> {
    const text = this.material.steps[step];
    if (text?.later !== true || text.undo !== null) return null;
    const before = this.material.steps.slice(0, step).flatMap(({ session, sql }) => (session ? [sql] : []));
    const statements = await this.session.findUndo(before, text.sql);
    if (statements === null) return null;
    const facts = await this.session.classify(statements, this.plan.transaction);
    return { statements, classes: facts.map(({ class: promise }) => promise) };
  }

  /** Lets signals in between two statements, and tells which one comes. */
  private async beginStatement(way: "up" | "undo", step: number): Promise<void> {
    await this.letSignalsIn();
    this.tellStep(way, step, "sent", null);
  }

  /** Statements block the thread. A turn of the event loop costs as much as a small one, so it is not taken each time. */
  private async letSignalsIn(): Promise<void> {
    if (this.options.signal === undefined || performance.now() - this.turnAt < turnMs) return;
    await setImmediate();
    this.turnAt = performance.now();
  }

  private async runStatement(effect: Extract<Effect, { type: "run" }>): Promise<{ reply: Reply; facts: Detail }> {
    const { way, step } = effect;
    const sql = this.statement(effect);
    if (way === "undo") await this.beginStatement(way, step);
    const made = way === "up" && this.material.steps[step]?.keepsRows === true ? [] : this.made();
    const before = made.length === 0 ? null : await this.contentsBefore(effect, made);
    const found = await this.foundBefore(effect);
    const answer = await this.session.run(sql, this.framing(effect), this.cancelFor(effect), this.timeoutsFor(effect));
    switch (answer.type) {
      case "applied": {
        this.tellStep(way, step, way === "up" ? "done" : "taken_back", null);
        const left = { ...(await this.carryForward(found)), ...(await this.addToOwn(before, step)) };
        for (const message of answer.warnings ?? [])
          this.options.onEvent?.({ type: "note", code: "warning", message: `step ${step + 1}: ${message}` });
        const rows = answer.rowCount > 0 ? { rowCount: answer.rowCount } : {};
        // What changes only the session leaves nothing that could be taken back.
        const session = way === "up" && this.material.steps[step]?.session === true;
        return { reply: { type: "applied", changed: answer.changed && !session }, facts: { ...left, ...rows } };
      }
      case "sql_error": {
        const message = this.failureMessage(effect, sql, answer);
        this.tellStep(way, step, "failed", answer.error.message);
        return {
          reply: { type: "sql_error" },
          facts: { message, error: answer.error.message, ...(answer.cancelled === true ? { cancelled: true } : {}) },
        };
      }
      case "lost":
        return { reply: { type: "lost" }, facts: { message: answer.error.message } };
      default:
        return assertNever(answer);
    }
  }

  /** What resumes goes on at a signal, undos are brought to their end, and what may be left by half is not ended on purpose. */
  private cancelFor(effect: Extract<Effect, { type: "run" }>): AbortSignal | null {
    if (effect.way === "undo" || this.plan.recovery === "resume" || this.classAt(effect) === "opaque") return null;
    return this.options.signal ?? null;
  }

  /** An undo that was ended would leave a person with it, so that only its locks are not waited for without end. */
  private timeoutsFor({ way, step }: Extract<Effect, { type: "run" }>): Timeouts {
    if (way === "up") return this.material.steps[step]?.timeouts ?? {};
    const { lockTimeoutMs } =
      (this.route() === "down" ? undefined : this.material.steps[step]?.timeouts) ?? this.material.timeouts;
    return lockTimeoutMs === undefined ? {} : { lockTimeoutMs };
  }

  private failureMessage(
    effect: Extract<Effect, { type: "run" }>,
    whole: string,
    { error, at }: Extract<RunReply, { type: "sql_error" }>,
  ): string {
    const { step, way } = effect;
    const first = this.material.steps[step]?.line ?? 0;
    const line = at === undefined ? first : first + pointAt(whole, at.offset).line - 1;
    const sql = at?.sql ?? whole;
    const where =
      way === "up" ? `Step ${step + 1}${line > 0 ? ` (line ${line})` : ""}` : `The undo of step ${step + 1}`;
    return `${where} failed: ${error.message.replace(/\.$/, "")}. Statement: ${oneLine(sql)}`;
  }

  /** What others have changed since the last look is theirs, and must not pass for the statement's own doing. */
  private async foundBefore(effect: Extract<Effect, { type: "run" }>): Promise<Looked | null> {
    if (this.plan.transaction === "migration" || this.seen === null) return null;
    const own = this.route() === "down" ? undefined : this.material.steps[effect.step]?.objects;
    const names = own === undefined || own.length === 0 ? this.ours(null) : new Set(own);
    return { names, picture: await this.session.look(names) };
  }

  /** What a statement left behind, object by object. Not needed where the engine takes everything back itself. */
  private async carryForward(found: Looked | null): Promise<Detail> {
    if (found === null) return {};
    const now = await this.session.look(found.names);
    const changed = overlay(found.picture, now);
    this.seen = now;
    return changed.size === 0 ? {} : { objects: pictureDetail(changed) };
  }

  private async takeBack(effect: Extract<Effect, { type: "run" }>): Promise<{ reply: Reply; facts: Detail }> {
    await this.session.takeBack();
    this.tellStep("undo", effect.step, "taken_back", null);
    return { reply: { type: "applied", changed: true }, facts: {} };
  }

  private async decide(
    effect: Extract<Effect, { type: "decide" }>,
    context: Context,
  ): Promise<{ reply: Reply; facts: Detail }> {
    const { way, step } = effect;
    const sentEvent = way === "up" ? "step_sent" : "undo_sent";
    const sent = this.records.findLast((record) => record.event === sentEvent && record.step === step);
    const predicted = pictureFrom(sent?.detail["after"]);
    const tried = predicted === null ? await this.rehearsed(effect, sent?.detail["kept"]) : null;
    // An undo changes what its step has changed. Of a file's own way back nobody knows which statement changes what.
    const text = this.route() === "down" ? undefined : this.material.steps[step];
    // A statement that changes rows leaves its table as it is: whatever is different about that is somebody else's doing.
    const own = text === undefined || text.changesRows ? [] : text.objects;
    const promise = this.classAt(effect);
    const names = this.ours(predicted ?? tried);
    const now = await this.session.look(names);
    const implied = impliedPicture(this.records);
    const differing = differences(known(implied, names), known(now, names));
    const isLikeTried = (name: string): boolean => (tried?.get(name) ?? null) === (now.get(name) ?? null);
    // A trial is another session elsewhere, so that what does not look like it may be the statement's doing all the same.
    const fits = tried !== null && own.every((name) => !differing.includes(name) || isLikeTried(name));
    const after = predicted ?? (fits ? tried : null);
    const outside = differing.filter((name) =>
      promise === "transactional"
        ? true
        : after === null
          ? !own.includes(name)
          : !after.has(name) || (after.get(name) ?? null) !== (now.get(name) ?? null),
    );
    const moved = differing.filter((name) => !outside.includes(name));
    const expected = after === null ? [] : [...after.keys()];
    const picture =
      // A statement that would change nothing is as good as one that never ran: there is nothing of it to undo.
      promise === "opaque" || (moved.length === 0 && sent?.detail["mayVanish"] === true)
        ? ("blind" as const)
        : moved.length === 0
          ? ("before" as const)
          : after === null
            ? ("changed" as const)
            : moved.length === expected.length
              ? ("after" as const)
              : ("changed" as const);
    const probeSql = way === "up" ? (this.material.steps[step]?.probe ?? null) : null;
    const probe = probeSql === null ? ("none" as const) : await this.probe(probeSql);
    const operator = (this.wordCounts ? context.decisions?.get(step) : undefined) ?? ("none" as const);
    const evidence = { changedOutside: outside.length > 0, mark: "none" as const, picture, probe, operator };
    this.seen = now;
    const objects = Object.fromEntries(moved.map((name) => [name, now.get(name) ?? null]));
    const explanation =
      outside.length > 0
        ? outsideMessage(outside)
        : `Whether «${oneLine(this.statement(effect))}» took effect can't be told from the database.`;
    return {
      reply: { type: "evidence", ...evidence },
      facts: { evidence, objects, ...(outside.length > 0 ? { differs: outside } : {}), explanation },
    };
  }

  /** What the engine said of a statement that may be left by half goes before what can't be told of it. */
  private afterFailure(explanation: string): string {
    const last = this.records.at(-1);
    const message = last?.event === "step_failed" || last?.event === "undo_failed" ? last.detail["message"] : undefined;
    return typeof message === "string" ? `${message} ${explanation}` : explanation;
  }

  private async rehearsed(effect: Extract<Effect, { type: "decide" }>, kept: unknown): Promise<Picture | null> {
    if (typeof kept !== "object" || kept === null) return null;
    return this.session.rehearse(this.statement(effect), kept as Detail);
  }

  private async probe(sql: string): Promise<"true" | "false" | "unknown"> {
    const answer = await this.session.check(sql, "true");
    return answer.type === "passed" ? "true" : answer.type === "false" ? "false" : "unknown";
  }

  private async verify(): Promise<{ reply: Reply; facts: Detail }> {
    const exact = this.session.transaction === "open" ? this.markBefore : this.markOutside;
    const engine = this.plan.transaction === "migration" && exact !== null;
    const now = engine ? null : await this.session.look(this.ours(null));
    const expected = known(snapshotOf(this.records), this.ours(null));
    const differs = engine
      ? (await this.session.schemaMark()) === exact
        ? []
        : ["the schema's change counter"]
      : differences(expected, known(now ?? new Map(), this.ours(null)));
    const ours = this.ours(null);
    const outside = now === null ? [] : differences(known(impliedPicture(this.records), ours), known(now, ours));
    const { compared, rowsDiffer } = await this.compareRows();
    const equal = differs.length === 0 && rowsDiffer.length === 0;
    const changedRows = rowsTouched(this.records, this.material);
    const { state } = this.machine;
    const lost = state.type === "rolling_back" && rowsLost(this.plan, state);
    const byEngine = this.plan.transaction === "migration" && this.session.transaction === "open";
    this.verified = lost
      ? null
      : verifiedAfter({
          exact: engine,
          rolledBack: engine || byEngine,
          changedRows: changedRows || this.dataDestroyed,
          compared,
        });
    const found = [...differs, ...rowsDiffer.map((table) => `rows of ${table}`)];
    return {
      reply: { type: "comparison", equal, changedOutside: outside.length > 0 },
      facts: equal
        ? lost
          ? { message: "The undos ran. Rows that a step destroyed can't be brought back by them." }
          : { verified: { ...this.verified } }
        : { differs: found, message: `Not as before the migration: ${found.join(", ")}.` },
    };
  }

  private async compareRows(): Promise<{ compared: boolean; rowsDiffer: readonly string[] }> {
    const { data } = this.material;
    if (data.length === 0) return { compared: false, rowsDiffer: [] };
    const stored = this.records.findLast((record) => record.detail["rows"] !== undefined)?.detail["rows"];
    const before = new Map(stored === undefined ? this.rowsBefore : Object.entries(stored as { [t: string]: string }));
    const now = await this.dataHashes();
    return { compared: true, rowsDiffer: data.filter((table) => before.get(table) !== now.get(table)) };
  }

  private async dataHashes(): Promise<ReadonlyMap<string, string | null>> {
    const hashes = new Map<string, string | null>();
    for (const table of this.material.data) hashes.set(table, await this.session.rowsHash(table));
    return hashes;
  }

  /** Objects of the plan that are not as the journal implies. */
  private async changedOutside(after: Picture | null): Promise<readonly string[]> {
    const ours = this.ours(after);
    const now = await this.session.look(ours);
    this.seen = now;
    return differences(known(impliedPicture(this.records), ours), known(now, ours));
  }

  /** The objects that any step names, sent or not, and those that one has changed without naming them. */
  private ours(after: Picture | null): ReadonlySet<string> {
    const names = new Set(this.material.steps.flatMap(({ objects }) => objects));
    const from = this.records.findLastIndex(({ event }) => event === "prepared");
    for (const { detail } of this.records.slice(from + 1))
      for (const name of pictureFrom(detail["objects"])?.keys() ?? []) names.add(name);
    for (const name of after?.keys() ?? []) names.add(name);
    return names;
  }

  /** The tables and columns that the migration has made, the step under way included. */
  private made(): readonly string[] {
    const { state } = this.machine;
    if (this.plan.transaction === "migration") return [];
    const reached = state.type === "migrating" ? state.reached + 1 : state.type === "rolling_back" ? state.reached : 0;
    return this.material.steps.slice(0, reached).flatMap(({ makes }) => makes ?? []);
  }

  /** What the statement itself makes is not there before it. */
  private async contentsBefore(effect: Extract<Effect, { type: "run" }>, made: readonly string[]): Promise<ContentsOf> {
    const own = effect.way === "up" ? this.material.steps[effect.step]?.makes : null;
    const there = made.filter((key) => key !== own);
    const found = there.length === 0 ? new Map() : await this.session.contents(there);
    return own === null || own === undefined ? found : new Map([...found, [own, nothing]]);
  }

  /** Adds what the statement itself has written; what others wrote before it is not in the difference. */
  private async addToOwn(before: ContentsOf | null, step: number): Promise<Detail> {
    if (before === null || !isCounted(this.records, step)) return {};
    const after = await this.session.contents([...before.keys()]);
    return { own: contentsDetail(withDifference(ownContents(this.records, this.route()), before, after)) };
  }

  /** Settings of the session died with the process that made them, and undos may count on them. */
  private async replaySession(): Promise<void> {
    const { state } = this.machine;
    if (state.type !== "rolling_back") return;
    for (const { sql, session } of this.material.steps.slice(0, state.reached))
      if (session) await this.session.run(sql, "alone", null);
  }

  /** Null: the machine asks to look, and there is no undo to run afterwards. */
  private statementIfAny(at: Parameters<Run["statement"]>[0]): string | null {
    return this.plannedAt(at) === undefined ? null : this.statement(at);
  }

  private statement(at: { readonly way: "up" | "undo"; readonly step: number; readonly part: number }): string {
    return statementOf(this.material, this.route(), at);
  }

  private statements(): readonly string[] {
    return this.material.steps.map(({ sql }) => sql);
  }

  private route(): "steps" | "down" | "engine" | null {
    const { state } = this.machine;
    return state.type === "rolling_back" ? state.route : null;
  }

  private direction(): "up" | "down" {
    const { state } = this.machine;
    return state.type === "idle" ? "up" : state.direction;
  }

  private classAt(at: Parameters<Run["statement"]>[0]): StepClass {
    return this.plannedAt(at)?.class ?? "opaque";
  }

  private plannedAt(at: Parameters<Run["statement"]>[0]): PlannedStatement | undefined {
    const { steps, down } = this.plan;
    if (at.way === "up") return steps[at.step];
    return this.route() === "down" ? down?.[at.step] : steps[at.step]?.undo?.[at.part];
  }

  private framing(at: { readonly way: "up" | "undo"; readonly step: number; readonly part: number }): Framing {
    if (this.plan.transaction === "migration" && this.session.transaction === "open") return "joined";
    return this.classAt(at) === "transactional" ? "own" : "alone";
  }

  private tellStep(
    way: "up" | "undo",
    step: number,
    status: "sent" | "done" | "taken_back" | "failed",
    message: string | null,
  ): void {
    const { onEvent } = this.options;
    const { state } = this.machine;
    if (onEvent === undefined || state.type === "idle") return;
    const down = way === "undo" && this.route() === "down";
    const own = this.material.steps[step];
    const text = down ? this.material.down?.[step] : own === undefined ? undefined : shownSql(own);
    onEvent({
      type: "step",
      migration: state.migration,
      step,
      of: down ? (this.material.down?.length ?? 0) : this.material.steps.length,
      way,
      status,
      line: down ? 0 : (this.material.steps[step]?.line ?? 0),
      sql: text ?? "",
      message,
    });
  }
}

/** The objects in which `after` is not as `before`; null for one that is gone. */
function overlay(before: Picture, after: Picture): Picture {
  const changed = new Map<string, Picture extends ReadonlyMap<string, infer F> ? F : never>();
  for (const [name, print] of after) if ((before.get(name) ?? null) !== print) changed.set(name, print);
  for (const [name, print] of before) if (print !== null && !after.has(name)) changed.set(name, null);
  return changed;
}

/** The picture of the objects named; one that is not there is known to be absent. */
function known(picture: Picture, names: ReadonlySet<string>): Picture {
  return new Map([...names].map((name) => [name, picture.get(name) ?? null]));
}

function pictureFrom(value: unknown): Picture | null {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (new Map(Object.entries(value)) as Picture)
    : null;
}

function outsideMessage(names: readonly string[]): string {
  return (
    `Somebody has changed the database since the migration stopped: ${names.join(", ")}. ` +
    "Nothing was undone, because that could destroy their work."
  );
}

function oneLine(sql: string): string {
  const line = sql.slice(0, 1_000).replace(/\s+/g, " ").trim();
  return line.length > 120 ? `${line.slice(0, 117)}…` : line;
}

function isLoss(error: unknown): error is SurefootError {
  return error instanceof SurefootError && error.code === "DATABASE_LOST";
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
