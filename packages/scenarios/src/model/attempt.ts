/**
 * One migration's way through the model's world, from `start` to rest, over as many lives of its runner as it takes. The
 * world says what is possible; a story says which of it happens.
 */
import type { Detail, Event, JournalRecord, Plan, State, TransitionRecord, VariantName } from "@surefoot/model";
import { epoch, planDetail, recordOf, seq } from "@surefoot/model";
import type { Action, ActionName, Configuration, KnownMachine, Move, World } from "@surefoot/model/explorer";
import { actionOf, copyWorld, emptyWorld, hazards, Moves, phase, Successors, variants } from "@surefoot/model/explorer";

/** The runner that the story is about; the world has a second one. */
const mine = 0;

export interface Option {
  readonly action: Action;
  readonly move: Move | null;
  readonly after: World;
}

interface CellChange {
  readonly at: number;
  readonly from: number;
  readonly to: number;
}

/** What the world writes to, and who hears of it. */
export interface Outside {
  readonly records: JournalRecord[];
  readonly onRecord: (record: TransitionRecord) => void;
  /** What a record says beside the event. */
  readonly facts: (event: Event) => Detail;
  /** Told which cells are different for everybody. */
  readonly onCells: (changed: readonly CellChange[]) => void;
  /** Told what has happened that must never be. */
  readonly onHazards: (seen: readonly string[]) => void;
}

export class Attempt {
  readonly configuration: Configuration;
  readonly moves: Moves;
  private readonly successors: Successors;
  private readonly outside: Outside;
  world: World;
  /** What the runner has to write. */
  private buffer: TransitionRecord[] = [];

  constructor(
    configuration: Configuration,
    variant: VariantName,
    from: { readonly state: State; readonly world?: Partial<World> },
    outside: Outside,
  ) {
    this.configuration = configuration;
    this.moves = new Moves(configuration, variants[variant]);
    this.successors = new Successors(this.moves);
    this.outside = outside;
    this.world = Object.assign(this.successors.initial(), from.world ?? {});
    this.world.journal = this.moves.remember(from.state).id;
  }

  /** What the journal says. */
  get state(): State {
    return this.moves.states[this.world.journal]!.state;
  }

  get plan(): Plan {
    return this.moves.states[this.world.journal]!.plan;
  }

  /** What the runner has in memory. */
  get machine(): KnownMachine {
    return this.moves.machines[this.world.runners[mine]!.machine]!;
  }

  get phase(): number {
    return this.world.runners[mine]!.phase;
  }

  get progress(): number {
    return this.world.runners[mine]!.progress;
  }

  get hasOrphan(): boolean {
    return this.world.runners[mine]!.orphan === 1;
  }

  /** Everything that may happen next, the story's runner's own first. */
  options(): readonly Option[] {
    const found: Option[] = [];
    this.successors.each(this.world, (id, next) => {
      const after = emptyWorld(this.configuration.runners);
      copyWorld(next, after);
      found.push({ action: actionOf(id), move: this.successors.move, after });
    });
    return found.filter(({ action }) => action.runner === mine && action.commit === "");
  }

  /** Could the second runner begin? */
  isFree(): boolean {
    let free = false;
    this.successors.each(this.world, (id) => {
      const { name, runner } = actionOf(id);
      if (runner !== mine && (name === "invoke" || name === "restart")) free = true;
    });
    return free;
  }

  may(name: ActionName): Option | null {
    return this.options().find(({ action }) => action.name === name) ?? null;
  }

  /** @throws Error when the world does not allow that here */
  take(name: ActionName): void {
    const option = this.may(name);
    if (option === null) throw new Error(`The world does not allow ${name} in ${this.state.type}.`);
    this.go(option);
  }

  go({ move, after, action }: Option): void {
    const before = this.world;
    const from = action.name === "read_journal" ? this.state : this.machine.at.state;
    this.world = after;
    if (move !== null && move.event !== null && move.machine !== null) this.note(move.event, from, move.machine);
    if (action.name === "crash" || this.phase !== phase.live) this.buffer = [];
    else if (this.machine.barrier) this.flush();
    const changed = after.cells.flatMap((to, at) =>
      to === before.cells[at] ? [] : [{ at, from: before.cells[at]!, to }],
    );
    if (changed.length > 0) this.outside.onCells(changed);
    const seen = hazards.filter((_, bit) => ((after.hazards >>> bit) & 1) === 1);
    if (seen.length > 0) this.outside.onHazards(seen);
  }

  private note(event: Event, before: State, to: KnownMachine): void {
    const tail = this.outside.records.length + this.buffer.length;
    const after = to.at.state;
    const subject = after.type === "idle" ? before : after;
    if (subject.type === "idle") return;
    const { migration, direction } = subject;
    const move = {
      seq: seq(tail + 1),
      epoch: epoch(1),
      migration,
      direction,
      from: before.type,
      event,
      to: after.type,
    };
    const isPlan = event.type === "prepared" || event.type === "retry_rollback";
    const facts = {
      ...this.outside.facts(event),
      ...(isPlan ? { plan: planDetail(to.at.plan) } : {}),
      ...(event.type === "recorded" && before.type === "completing" ? { how: before.how } : {}),
    };
    this.buffer.push(recordOf(move, "model", "", facts));
  }

  private flush(): void {
    for (const record of this.buffer) {
      this.outside.records.push(record);
      this.outside.onRecord(record);
    }
    this.buffer = [];
  }
}
