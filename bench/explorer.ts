/** The explorer beside SPIN, on the same configuration: a process that searches it, and SPIN on the exported model. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Exploration } from "@surefoot/model/explorer";
import { configurationsOf, Explored, promela } from "@surefoot/model/explorer";
import { findSpin } from "../scripts/spin.ts";
import { compare, median } from "./compare.ts";
import type { Comparison } from "./compare.ts";
import { goalLine, spread } from "./report.ts";

/** Five steps and three runners, where two and three are the default: 357,540 states. */
const question = { name: "opaque", steps: 5, runners: 3 } as const;
const bytesGoal = 40;

/**
 * Nothing that could lose a state, and otherwise all that makes SPIN quick: optimised, no bounds of arrays checked, a hash
 * table about as large as the number of states, and a stack that is deep enough and not more.
 */
const flags = ["-w", "-O2", "-DSAFETY", "-DNOREDUCE", "-DNOFAIR", "-DNOCLAIM", "-DNOBOUNDCHECK"];
const pan = ["-E", "-n", "-w19", "-m100000"];

/** Asks both in rounds, and answers with the report. */
export async function besideSpin(folder: string, roundCount: number): Promise<string> {
  const spin = findSpin();
  if (spin.type === "missing") return `explorer\n  skipped: ${spin.why}\n`;
  const { name, steps, runners } = question;
  const explored = new Explored(configurationsOf("adjusted", question).find((one) => one.name === name)!);
  const { exploration } = explored;
  const dir = join(folder, "explorer");
  mkdirSync(dir);
  writeFileSync(join(dir, "model.pml"), promela(explored, { calm: false }));
  const counts = `${exploration.stateCount} ${exploration.transitionCount}`;
  let report = "";
  const search = (): void => {
    report = run(dir, "./pan", pan);
    assert.equal(countsOf(report), counts);
  };
  const ours = (): void => {
    const script = join(import.meta.dirname, "search-one.mjs");
    assert.equal(run(dir, process.execPath, [script, name, `${steps}`, `${runners}`]), `${counts}\n`);
  };
  const compile = (): void => {
    run(dir, "spin", ["-a", "model.pml"], spin.env);
    run(dir, "gcc", [...spin.compilerFlags, ...flags, "-o", "pan", "pan.c"], spin.env);
  };
  const comparison = (theirs: () => void): Comparison => ({
    name,
    ours,
    theirs,
    roundCount,
    goal: 1,
    inProcess: false,
  });
  const rate = (times: readonly number[]) =>
    Math.round((1_000 * exploration.stateCount) / median(times)).toLocaleString("en");
  const whole = await compare(comparison(() => (compile(), search())));
  const alone = await compare(comparison(search));
  return [
    `explorer, ${name}, ${steps} steps, ${runners} runners, ${exploration.stateCount} states / SPIN on the exported model`,
    `  time, SPIN's compiling counted ${goalLine(whole.time, 1)}`,
    `  time, compiled before ${spread(alone.time)}`,
    `  states a second ${rate(whole.ours)} / ${rate(whole.theirs)}, compiled before ${rate(alone.theirs)}`,
    ...memory(exploration, report),
    "",
  ].join("\n");
}

function memory({ bytesPerState, stateCount, graph }: Exploration, report: string): readonly string[] {
  const theirs = bytesBySpin(report) / stateCount;
  const edges = graph!.edgeStart.byteLength + graph!.edgeTarget.byteLength + graph!.edgeAction.byteLength;
  const withEdges = bytesPerState + edges / stateCount;
  const verdict = bytesPerState <= bytesGoal ? "met" : "missed";
  return [
    `  bytes a state ${bytesPerState.toFixed(1)} / ${theirs.toFixed(1)} = ${(bytesPerState / theirs).toFixed(2)}; goal at most ${bytesGoal} bytes: ${verdict}`,
    `  with all edges, which SPIN does not keep: ${withEdges.toFixed(1)} / ${theirs.toFixed(1)} = ${(withEdges / theirs).toFixed(2)}`,
  ];
}

/** The states as SPIN stores them, and its hash table; not the stack, which the explorer's parents stand beside. */
function bytesBySpin(report: string): number {
  const megabytes = (what: string): number => {
    const found = new RegExp(`^ *(\\S+)\\s+${what}`, "m").exec(report)?.[1];
    assert.ok(found !== undefined, `SPIN's report has no ${what}:\n${report}`);
    return Number(found);
  };
  return (megabytes("actual memory usage for states") + megabytes("memory used for hash table")) * 2 ** 20;
}

/** SPIN counts the first state as a transition, too. */
function countsOf(report: string): string {
  const [, states] = /^ *(\S+) states, stored/m.exec(report) ?? [];
  const [, transitions] = /^ *(\S+) transitions/m.exec(report) ?? [];
  return `${Number(states)} ${Number(transitions) - 1}`;
}

function run(cwd: string, command: string, args: readonly string[], given: NodeJS.ProcessEnv = process.env): string {
  const { NODE_OPTIONS: _, ...env } = given;
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd, env, encoding: "utf8" });
  assert.equal(status, 0, `${command}: ${error?.message ?? ""}${stdout}${stderr}`);
  return stdout;
}
