/** What can be seen of a statement in doubt, by what is true of it. */
import { evidenceCode } from "../explorer/codes.ts";
import type { Configuration } from "../explorer/configuration.ts";
import type { Explored } from "../explorer/explored.ts";
import type { Statement } from "../explorer/moves.ts";

/** Codes of evidence, -1: there is none such. */
export interface Sight {
  /** What is seen. */
  readonly first: number;
  /** What is seen when others have changed the very object that is in doubt. */
  readonly drifted: number;
  /** What is seen when a statement that changed nothing has left its mark, or not. */
  readonly otherMark: number;
}

const mark = { none: 0, set: 1, absent: 2 } as const;
const picture = { before: 0, after: 1, changed: 2, blind: 3 } as const;
const probe = { none: 0, true: 1, false: 2, unknown: 3 } as const;
const answer = { none: 0, applied: 1, notApplied: 2 } as const;

/**
 * @param statement null: there is none, or none that is known
 * @param truth something else than the machine has changed objects; the effect is there; a part of it is; a person has said
 */
function sightOf(
  { jobs }: Configuration,
  statement: Statement | null,
  truth: { readonly outside: boolean; readonly done: boolean; readonly partial: boolean; readonly word: boolean },
): Sight {
  const { outside, done, partial, word } = truth;
  const code = (m: number, p: number, q: number, a: number, changed = outside) => evidenceCode(changed, m, p, q, a);
  const blind = code(mark.none, picture.blind, probe.none, answer.none);
  if (statement === null || statement.class === "transactional") return { first: blind, drifted: -1, otherMark: -1 };

  const { preexisting, mark: marked, probe: probed } = jobs[statement.job]!.steps[statement.step] ?? {};
  const up = statement.way === "up";
  if (statement.class === "opaque") {
    const seen = !(up && probed === true) ? probe.none : partial ? probe.unknown : done ? probe.true : probe.false;
    const said = !word || partial ? answer.none : done ? answer.applied : answer.notApplied;
    return { first: code(mark.none, picture.blind, seen, said), drifted: -1, otherMark: -1 };
  }
  if (up && preexisting === true) {
    // Nothing changes, so nothing shows but the mark; a mark without a change is for a person to say.
    if (marked !== true)
      return { first: code(mark.none, picture.before, probe.none, answer.none), drifted: -1, otherMark: -1 };
    const said = word ? answer.applied : answer.none;
    return {
      first: code(mark.set, picture.before, probe.none, said),
      // It finds what it would make, so that a change of its objects is never taken for its effect.
      drifted: -1,
      otherMark: code(mark.absent, picture.before, probe.none, said),
    };
  }
  if (marked !== true)
    return {
      first: code(mark.none, done ? picture.after : picture.before, probe.none, answer.none),
      drifted: -1,
      otherMark: -1,
    };
  const left = done ? mark.set : mark.absent;
  return {
    first: code(left, done ? picture.changed : picture.blind, probe.none, answer.none),
    drifted: up ? code(left, picture.changed, probe.none, answer.none, false) : -1,
    otherMark: -1,
  };
}

const truthCount = 16;

/** By statement, and last for none; within one by outside, done, partial and word, as the bits of a number. */
export function sightsOf({ configuration, moves }: Explored): {
  readonly rows: readonly Sight[];
  readonly width: number;
} {
  const rows = [...moves.statements, null].flatMap((statement) =>
    Array.from({ length: truthCount }, (_, truth) =>
      sightOf(configuration, statement, {
        outside: (truth & 8) !== 0,
        done: (truth & 4) !== 0,
        partial: (truth & 2) !== 0,
        word: (truth & 1) !== 0,
      }),
    ),
  );
  return { rows, width: truthCount };
}
