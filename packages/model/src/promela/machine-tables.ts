/** What `transition` and `judge` have answered, read from the explorer's memo: machines, and the moves from one to another. */
import { assertNever } from "../assert-never.ts";
import type { Event } from "../event.ts";
import type { Explored } from "../explorer/explored.ts";
import type { KnownMachine, Move } from "../explorer/moves.ts";
import type { Choice } from "./choices.ts";
import { flushEarly } from "./choices.ts";

/** In the order of their numbers. */
export const effects = [
  "REST",
  "RAISE_EVENT",
  "PREPARE",
  "VALIDATE_PRE",
  "VALIDATE_POST",
  "LOOK",
  "RUN_STATEMENT",
  "RUN_BY_ENGINE",
  "DECIDE",
  "VERIFY",
] as const;

/** What an event means to who holds the journal against the database. */
export const eventKinds = ["NO_EVENT", "SOME_EVENT", "RECORDED", "ROLLBACK_VERIFIED", "REVERTED_AS_SEEN"] as const;

/** When a person may be called. */
export const excuses = ["EXCUSED", "IF_FAILED", "IF_ROWS_GONE", "IF_OTHERS", "NO_EXCUSE"] as const;

/** The first two moves: the search has never asked for one, and the machine stays where it is. */
export const noMoves = ["HOLE", "NOTHING"] as const;

export function machineTables(explored: Explored, choices: readonly Choice[]) {
  const { machines, statements } = explored.moves;
  const known = movesOf(machines, choices);
  return {
    at: machines.map(({ at }) => at.id),
    effect: machines.map(({ effect }) => effects.indexOf(effectOf(effect))),
    compares: machines.map(({ effect }) => Number(effect !== null && "compare" in effect && effect.compare)),
    looks_at_undo: machines.map(({ effect }) => Number(effect?.type === "observe" && effect.way !== "up")),
    barrier: machines.map(({ barrier }) => Number(barrier)),
    // The number after the last statement's stands for none.
    statement: machines.map(({ statement }) => (statement < 0 ? statements.length : statement)),
    move: known.rows,
    move_to: known.moves.map(({ machine }) => machine?.id ?? 0),
    move_event: known.moves.map(({ event }) => eventKinds.indexOf(eventKindOf(event))),
    move_excuse: known.moves.map((move) => excuses.indexOf(excuseOf(explored, move))),
  };
}

interface MoveFrom extends Omit<Move, "counts"> {
  readonly from: KnownMachine;
}

/** By machine and choice the number of the move. */
function movesOf(machines: readonly KnownMachine[], choices: readonly Choice[]) {
  const none: MoveFrom = { machine: null, event: null, refused: false, edge: null, decision: null, from: machines[0]! };
  const moves: MoveFrom[] = noMoves.map(() => none);
  const add = (move: MoveFrom): number => moves.push(move) - 1;
  const rows = machines.flatMap((from) => {
    const numbers = new Map<number, number>();
    for (const [code, move] of from.moves)
      numbers.set(code, move.machine === null ? noMoves.indexOf("NOTHING") : add({ ...move, from }));
    const written = add({ machine: from, event: null, refused: false, edge: null, decision: null, from });
    return [
      noMoves.indexOf("NOTHING"),
      ...choices.map(({ name, code }) =>
        name === flushEarly ? written : (numbers.get(code) ?? noMoves.indexOf("HOLE")),
      ),
    ];
  });
  // Of a machine that nobody has ever had, everything is unknown.
  return { moves, rows: [...rows, ...rows.slice(0, choices.length + 1).fill(noMoves.indexOf("HOLE"))] };
}

function effectOf(effect: KnownMachine["effect"]): (typeof effects)[number] {
  if (effect === null) return "REST";
  switch (effect.type) {
    case "raise":
      return "RAISE_EVENT";
    case "prepare":
      return "PREPARE";
    case "validate_pre":
      return "VALIDATE_PRE";
    case "validate_post":
      return "VALIDATE_POST";
    case "observe":
      return "LOOK";
    case "run":
      return effect.by === "engine" ? "RUN_BY_ENGINE" : "RUN_STATEMENT";
    case "decide":
      return "DECIDE";
    case "verify":
      return "VERIFY";
    default:
      return assertNever(effect);
  }
}

function eventKindOf(event: Event | null): (typeof eventKinds)[number] {
  switch (event?.type) {
    case undefined:
      return "NO_EVENT";
    case "recorded":
      return "RECORDED";
    case "rollback_verified":
      return "ROLLBACK_VERIFIED";
    case "resolve_reverted":
      return event.forced ? "SOME_EVENT" : "REVERTED_AS_SEEN";
    default:
      return "SOME_EVENT";
  }
}

/** What a person is called for, when an event has led to `failed`. */
function excuseOf({ moves, configuration }: Explored, move: MoveFrom): (typeof excuses)[number] {
  const { machine: to, event, from } = move;
  if (event === null || to?.at.state.type !== "failed") return "EXCUSED";
  const { wayBack } = to.at.state;
  const undoOf = (step: number) => from.at.plan.steps[step]?.undo;
  switch (event.type) {
    case "undo_failed":
      if (event.cause === "undo_destroys_data") return "EXCUSED";
      return event.cause === "no_undo" && undoOf(event.step) === null ? "EXCUSED" : "IF_FAILED";
    case "no_rollback":
      return undoOf(event.step) === null ? "EXCUSED" : "NO_EXCUSE";
    case "rollback_unverified":
      return event.cause === "rows_lost" ? "IF_ROWS_GONE" : "IF_OTHERS";
    case "undecidable": {
      if (event.cause === "changed_outside") return "IF_OTHERS";
      const statement = moves.statements[from.statement];
      if (statement === undefined) return "NO_EXCUSE";
      const facts = configuration.jobs[statement.job]!.steps[statement.step];
      const leavesNone = facts?.preexisting === true && facts.mark === true;
      return statement.class === "opaque" || leavesNone ? "EXCUSED" : "NO_EXCUSE";
    }
    case "halted":
      return "EXCUSED";
    default:
      return wayBack === null ? "EXCUSED" : "NO_EXCUSE";
  }
}
