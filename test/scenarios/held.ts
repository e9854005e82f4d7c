/** Plays scenarios with the command line, and holds what it answers against what it must. */
import { execFile } from "node:child_process";
import { expect } from "vitest";
import { main } from "../../packages/runner/src/cli/main.ts";
import type { Io } from "../../packages/runner/src/cli/io.ts";
import type { ReplayCommand } from "../../packages/runner/src/cli/replay-command.ts";
import type { Place, Result, Scenario } from "@surefoot/scenarios";
import { differences } from "@surefoot/scenarios";
import { bin } from "../support/kill.ts";
import { perturbations } from "./perturb.ts";

export const io: Io = {
  out: () => undefined,
  err: () => undefined,
  env: process.env,
  cwd: process.cwd(),
  signal: new AbortController().signal,
  ask: null,
  scenarios: () => import("@surefoot/scenarios"),
};

/** A call of `replay all`, in which something is different. */
export function command(given: Partial<ReplayCommand>): ReplayCommand {
  return {
    type: "replay",
    names: ["all"],
    on: "model",
    db: undefined,
    variant: "adjusted",
    scenarios: undefined,
    json: false,
    format: "text",
    ...given,
  };
}

/** `surefoot replay WORDS` as users have it: the command that was built, in a process of its own. */
export async function replayBuilt(
  words: readonly string[],
  env: { readonly [name: string]: string } = {},
): Promise<{ readonly exit: number; readonly out: string; readonly err: string }> {
  return new Promise((resolve) => {
    const options = { env: { ...process.env, ...env }, maxBuffer: 64 << 20 };
    execFile(process.execPath, [bin, "replay", ...words], options, (error, out, err) =>
      resolve({ exit: error === null ? 0 : Number(error.code), out, err }),
    );
  });
}

/** What did not end as it must, with its reasons. */
export function failures(out: string): readonly string[] {
  return out.match(/^(FAILED|BROKEN).*(\n {11}.*)*/gm) ?? [];
}

/** `surefoot replay WORDS`, without a process. */
export async function replay(
  words: readonly string[],
  other: Partial<Io> = {},
): Promise<{ readonly exit: number; readonly out: string; readonly err: string }> {
  let out = "";
  let err = "";
  const exit = await main(["replay", ...words], {
    ...io,
    out: (text) => (out += text),
    err: (text) => (err += text),
    ...other,
  });
  return { exit, out, err };
}

export function isPlayed({ engines }: Scenario, place: Place): boolean {
  const answer = engines[place];
  return !(typeof answer === "object" && "skip" in answer);
}

/** Each field of each `then` counts: one that is wrong is named. Answers with how many were tried. */
export function expectNoticed(result: Result, told = true): number {
  if (result.type !== "played") return 0;
  const wrong = perturbations(result.then, told);
  for (const { field, then } of wrong)
    expect(differences(then, result.seen), `${result.name} on ${result.on}: ${field}`).not.toEqual([]);
  return wrong.length;
}
