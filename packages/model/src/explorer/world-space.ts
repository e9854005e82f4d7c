/** Worlds as a space that can be explored. */
import type { Space } from "./explore.ts";
import type { Successors } from "./successors.ts";
import { emptyWorld, pack, sortRunners, unpack, wordCount } from "./world.ts";

/** `symmetry`: worlds that differ only in which runner is which count as one. */
export function worldSpace(successors: Successors, symmetry: boolean): Space {
  const { runners } = successors.moves.configuration;
  const initial = new Uint32Array(wordCount(runners));
  pack(successors.initial(), initial, 0);
  const world = emptyWorld(runners);
  return {
    wordCount: wordCount(runners),
    initial,
    expand(words, offset, out, emit) {
      unpack(words, offset, world);
      successors.each(world, (action, next) => {
        pack(next, out, 0);
        if (symmetry) sortRunners(out, 0, runners);
        emit(action);
      });
    },
  };
}
