/**
 * A story in the model's world, in the words of an engine. Files are read, ordered and judged by the runner's own code, and
 * their statements classified as for that engine; from there on everything happens in the world that the checker explores.
 */
import type { JournalRecord, TransitionRecord, VariantName } from "@surefoot/model";
import { isSink } from "@surefoot/model";
import type { CliCommand } from "surefoot/parts";
import { checksumDetail, commands, quickParse, SurefootError } from "surefoot/parts";
import type { Call, Hearer, Left, Stage } from "../play/stage.ts";
import { CannotPlay } from "../play/stage.ts";
import type { Engine, HandWork } from "../scenario.ts";
import { abstractDown, correctedUp } from "./abstract.ts";
import { Killed, Life, Stuck } from "./life.ts";
import type { Subject } from "./model-world.ts";
import { ModelWorld } from "./model-world.ts";

/** So a command ends that leaves the database in motion. */
const notAtRest = 8;

type Of<T extends CliCommand["type"]> = Extract<CliCommand, { type: T }>;

export class ModelStage implements Stage {
  readonly engine: Engine;
  readonly silent = true;
  private readonly world: ModelWorld;
  /** Settles when the runner that is at work has ended. */
  private busy: Promise<unknown> | null = null;

  /** `inSqlite`: each text of the story in the engine's words, and the same in SQLite's. */
  constructor(engine: Engine, variant: VariantName, inSqlite: ReadonlyMap<string, string>) {
    this.engine = engine;
    this.world = new ModelWorld(engine, variant, inSqlite);
  }

  write(files: { readonly [id: string]: string | null }): void {
    this.world.write(files);
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
    const scene = { faults, hearer };
    this.world.scene = scene;
    const ended = this.guarded(command, new Life(this.world, scene));
    this.busy = ended;
    try {
      return await ended;
    } finally {
      if (this.busy === ended) this.busy = null;
    }
  }

  async byHand(statements: readonly string[], leaves: HandWork["leaves"]): Promise<void> {
    this.world.byHand(statements, leaves);
  }

  /** Nobody waits for a lock in the model: what a lock leads to is said by the story. */
  async opens(): Promise<void> {
    await Promise.resolve();
  }

  /** The world has no names: a copy of it is the same world. What still runs does so in the one that it was copied from. */
  async copy(): Promise<void> {
    const { scene, subject } = this.world;
    if (scene !== null && subject?.attempt.hasOrphan === true) new Life(this.world, scene).settle("ends");
  }

  get violations(): readonly string[] {
    return [...this.world.hazards].map((name) => `safety: ${name}, which must never be`);
  }

  async look(): Promise<Left> {
    return this.world.shadow.look();
  }

  async journal(): Promise<readonly JournalRecord[]> {
    return [...this.world.records];
  }

  async close(): Promise<void> {
    this.world.close();
  }

  private async guarded(command: CliCommand, life: Life): Promise<number | "killed"> {
    try {
      return await this.run(command, life);
    } catch (error) {
      if (error instanceof SurefootError) return error.exitCode;
      if (error instanceof Killed) return "killed";
      if (!(error instanceof Stuck)) throw error;
      // Whoever waits for nothing is ended some day.
      this.world.subject?.attempt.take("crash");
      return notAtRest;
    }
  }

  private async run(command: CliCommand, life: Life): Promise<number> {
    const { world } = this;
    switch (command.type) {
      case "status":
        return this.status(command);
      case "plan":
        world.pending("refuse");
        return 0;
      case "history":
      case "explain":
        return 0;
      case "up":
      case "retry":
        return this.climb(command, life);
      case "down":
        return this.descend(command, life);
      case "recover":
        return this.recover(life);
      case "retry-rollback":
        return this.retryRollback(command, life);
      case "resolve":
        return this.resolve(command, life);
      case "baseline":
      case "accept-edit":
        return this.noteOf(command);
      default:
        throw new CannotPlay(`the model has nothing that \`${command.type}\` would do`);
    }
  }

  // ---- commands, as the runner carries them out

  private status({ check }: Of<"status">): number {
    const { world } = this;
    const { drift, files } = world.pending("refuse");
    if (!check) return 0;
    const { state } = world;
    if (state.type === "failed" && (state.wayBack !== null || state.cause === "crash_loop")) return 4;
    if (drift.length > 0) return 6;
    return state.type !== "idle" || files.length > 0 ? 7 : 0;
  }

  private async climb(command: Of<"up" | "retry">, life: Life): Promise<number> {
    const { world } = this;
    if (!isSink(world.state.type)) await life.live();
    const { state } = world;
    if (state.type === "failed" && state.wayBack !== null) return 4;
    if (state.type === "failed" && state.cause === "crash_loop" && command.type === "up") return 4;
    const { drift, files, obstacles, folder } = world.pending(command.outOfOrder ? "apply" : "refuse");
    if (drift.length > 0) return 6;
    const last = command.to === undefined ? files.length - 1 : files.findIndex(({ id }) => id === command.to);
    if (command.to !== undefined && last === -1) return world.applied.has(command.to) ? 0 : 2;
    if (state.type === "failed") await life.live(command.type === "up" ? "retry_by_up" : "retry");
    for (const file of files.slice(0, last + 1)) {
      await this.begin(life, await world.subjectOf(file, folder, obstacles.get(file.id)));
      if (world.applied.has(file.id)) continue;
      const now = world.state;
      const needsPerson = now.type === "failed" && (now.wayBack !== null || now.cause === "crash_loop");
      return needsPerson ? 4 : 3;
    }
    return 0;
  }

  private async descend({ to, steps, yes }: Of<"down">, life: Life): Promise<number> {
    const { world } = this;
    if (!isSink(world.state.type)) {
      await life.live();
      if (world.subject === null) return 0;
    }
    const { state } = world;
    if (state.type === "failed" && state.wayBack !== null) return 4;
    if (state.type === "failed") await life.live("retry");
    const newestFirst = [...world.applied.keys()].reverse();
    const kept = to === undefined ? (steps ?? 1) : newestFirst.indexOf(to);
    if (kept === -1) return 2;
    for (const id of newestFirst.slice(0, kept)) {
      const abstract = await abstractDown(world.fileOf(id), world.plainFileOf(id), world);
      if (abstract.undoMissing || (abstract.destroys && !yes)) return 2;
      const attempt = world.attemptOf(abstract, []);
      await this.begin(life, { abstract, attempt, newer: false, refused: false, violates: false, checksums: null });
      if (!world.applied.has(id)) continue;
      return world.state.type === "failed" && world.state.wayBack !== null ? 4 : 3;
    }
    return 0;
  }

  private async recover(life: Life): Promise<number> {
    const { world } = this;
    if (!isSink(world.state.type)) await life.live();
    const { state } = world;
    return state.type === "failed" && state.wayBack !== null ? 4 : 0;
  }

  private async retryRollback({ decide }: Of<"retry-rollback">, life: Life): Promise<number> {
    const { world } = this;
    const { state, subject } = world;
    if (subject === null || (state.type === "failed" && state.wayBack === null)) return 2;
    if (state.type !== "failed") return this.recover(life);
    const { migration } = state;
    const isUp = state.direction === "up" && world.files().has(migration);
    if (isUp) {
      const abstract = await correctedUp(
        subject.abstract,
        subject.attempt.plan,
        world.fileOf(migration),
        world.plainFileOf(migration),
        world,
      );
      const { cells, drift, byHand, rowsGone, applied } = subject.attempt.world;
      const attempt = world.attemptOf(abstract, [], { state, world: { cells, drift, byHand, rowsGone, applied } });
      attempt.take("correct_file");
      world.subject = { ...subject, abstract, attempt };
    }
    await life.live(decide.size > 0 ? "retry_rollback_decided" : "retry_rollback");
    return world.state.type === "failed" ? 4 : 0;
  }

  private async resolve({ claim, force, reason }: Of<"resolve">, life: Life): Promise<number> {
    const { world } = this;
    if (force && (reason ?? "").trim() === "") return 2;
    const { subject } = world;
    if (subject === null) return 2;
    const { attempt } = subject;
    life.enter();
    life.go("read_journal");
    if (!isSink(attempt.machine.at.state.type) && attempt.machine.at.state.type !== "completing") life.go("halt");
    const name = `resolve_${claim}` as const;
    const believed = attempt.may(name) !== null;
    const forced = force && !believed && attempt.may(`${name}_forced`) !== null;
    if (believed || forced) life.go(believed ? name : `${name}_forced`);
    await life.follow();
    life.leave();
    if (believed || forced) return 0;
    if (force) throw new CannotPlay("in the model nobody claims what is not so");
    return 4;
  }

  private noteOf(command: Of<"baseline" | "accept-edit">): number {
    const { world } = this;
    const folder = world.files();
    const { applied } = world;
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
      const seq = (world.records.length + 1) as TransitionRecord["seq"];
      world.records.push({
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

  private async begin(life: Life, subject: Subject): Promise<void> {
    this.world.subject = subject;
    await life.live("start");
  }
}
