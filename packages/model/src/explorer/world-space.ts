/** Worlds as a space that can be explored. */
import type { Space } from "./explore.ts";
import type { Successors } from "./successors.ts";
import type { World } from "./world.ts";
import { emptyWorld, pack, sortRunners, unpack, wordCount } from "./world.ts";

/** `symmetry`: worlds that differ only in which runner is which count as one. */
export function worldSpace(successors: Successors, symmetry: boolean): Space {
  const { runners } = successors.moves.configuration;
  const initial = new Uint32Array(wordCount(runners));
  pack(successors.initial(), initial, 0);
  const world = emptyWorld(runners);
  let row: Uint32Array = initial;
  let tell: (action: number) => void = () => undefined;
  const pass = (action: number, next: World): void => {
    pack(next, row, 0);
    if (symmetry) sortRunners(row, 0, runners);
    tell(action);
  };
  return {
    wordCount: wordCount(runners),
    initial,
    expand(words, offset, out, emit) {
      row = out;
      tell = emit;
      unpack(words, offset, world);
      successors.each(world, pass);
    },
  };
}
