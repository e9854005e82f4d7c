/** Worlds as a space that can be explored. */
import type { Space } from "./explore.ts";
import type { Successors } from "./successors.ts";
import { emptyWorld, pack, unpack, wordCount } from "./world.ts";

export function worldSpace(successors: Successors): Space {
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
        emit(action);
      });
    },
  };
}
