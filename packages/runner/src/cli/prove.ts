import { availableParallelism } from "node:os";
import type { Proof, VariantName } from "@surefoot/model/explorer";
import { assemble, defaultBounds, smallBounds, storyDiagram } from "@surefoot/model/explorer";
import { sideBySide } from "../prove/side-by-side.ts";
import type { Answer } from "../prove/task.ts";
import type { Command } from "./command.ts";
import type { Io } from "./io.ts";
import { proofJunit } from "./proof-junit.ts";
import { answerLine, proofText } from "./proof-text.ts";

const exits = { holds: 0, violated: 3, unknown: 4 } as const;

/** Explores Surefoot's own model, asks every property, and tries every mutant. Needs no database. */
export async function prove(command: Extract<Command, { type: "prove" }>, io: Io): Promise<number> {
  const { variant, quick, json, format } = command;
  const bounds = { ...(quick ? smallBounds : defaultBounds), ...command.bounds };
  // The mutants are defects of `adjusted`, and have nothing to say of other variants.
  const mutants = !quick && variant === "adjusted";
  const started = performance.now();
  const tell = (one: Answer): void => {
    if (json) return;
    const line = answerLine(one);
    if (line !== null) io.err(`${line}\n`);
  };
  const question = {
    variant,
    bounds,
    symmetry: command.symmetry,
    ...(command.stateMax === undefined ? {} : { stateMax: command.stateMax }),
  };
  const parts = await sideBySide(question, mutants, tell, Math.min(availableParallelism(), 8));
  const proof = assemble(variant, parts.configurations, parts.mutants);
  const seconds = (performance.now() - started) / 1000;
  const exit = exits[proof.verdict];
  if (json) io.out(`${JSON.stringify(resultOf(proof, exit, variant))}\n`);
  else if (format === "junit") io.out(proofJunit(proof));
  else if (format === "mermaid") io.out(diagrams(proof));
  else io.out(proofText(proof, seconds));
  return exit;
}

function diagrams({ properties, verdict }: Proof): string {
  const stories = properties.flatMap(({ id, counterexample }) =>
    counterexample === null ? [] : [`%% ${id}\n${storyDiagram(counterexample)}`],
  );
  return stories.length > 0 ? stories.join("\n") : `%% ${verdict}: there is no counterexample to draw.\n`;
}

function resultOf(proof: Proof, exit: number, variant: VariantName): unknown {
  return {
    type: "result",
    command: "prove",
    exit,
    state: null,
    error: null,
    next: [],
    verdict: proof.verdict,
    variant,
    configurations: proof.configurations.map(
      ({ name, profile, runners, steps, states, transitions, depth, complete, bound, bytesPerState }) => ({
        name,
        profile,
        runners,
        steps,
        states,
        transitions,
        depth,
        complete,
        bound,
        bytesPerState: Math.round(bytesPerState * 10) / 10,
      }),
    ),
    properties: proof.properties,
    mutants: proof.mutants,
    complaints: proof.complaints,
  };
}
