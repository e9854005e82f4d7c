/** What the exported model consists of: constants, the machine's tables, and everything that is remembered. */
import type { Explored } from "../explorer/explored.ts";
import { hazards } from "../explorer/world.ts";
import { effects, eventKinds, excuses, noMoves } from "./machine-tables.ts";
import { stops } from "./state-tables.ts";
import type { Tables } from "./tables.ts";

export function declarations(explored: Explored, tables: Tables, calm: boolean): string {
  return [
    constants(explored, tables, calm),
    "\n/* The machine, and what statements change: see tables.ts. */\n",
    ...blocks(
      Object.entries(tables.tables).flatMap(([name, numbers]) => {
        const width = tables.widths[name];
        return width === undefined ? [table(name, numbers)] : tableOfTables(name, numbers, width);
      }),
    ),
    variables(explored, tables, calm),
  ].join("");
}

function constants({ configuration, successors }: Explored, tables: Tables, calm: boolean): string {
  const { profile, runners, operator, drift, eager, jobs, arrives } = configuration;
  const { protocol, migrations } = successors;
  const isCorrectable = jobs.some(({ plan }) => plan.steps.some(({ undo }) => undo === null));
  const flags: { readonly [name: string]: number | boolean } = {
    RUNNERS: runners,
    STATEMENTS_LIVE_IN_A_SERVER: profile.server,
    WITH_OPERATOR: operator,
    WITH_DRIFT: drift,
    EAGER: eager,
    CORRECTABLE: isCorrectable,
    ARRIVING: arrives === null ? 0 : 1 << migrations.indexOf(arrives),
    LEASE_OF_SESSION: protocol.lease === "session",
    LEASE_OF_CLIENT: protocol.lease === "client",
    LEASE_OF_CLOCK: protocol.lease === "clock",
    FENCE: protocol.fence,
    TOGETHER: protocol.together,
    FORGETS: protocol.forgets,
    LOOKS: protocol.evidence === "looked_at",
    ASSUMES_ALL: protocol.evidence === "all",
    COMPARES: protocol.compares,
    VERIFIES: protocol.verifies,
    ASKS_DEPENDENCIES: protocol.asksDependencies,
    JUDGES_CLAIMS: protocol.judgesClaims,
    // Only transactions can be left behind, and the fence ends those.
    FENCEABLE: protocol.fence && protocol.lease === "session" && protocol.together,
  };
  const numbered = (names: readonly string[], from = 0) =>
    names.map((name, at): [string, string] => [name, `${at + from}`]);
  const all: readonly (readonly [string, string])[] = [
    ...Object.entries(flags).map(([name, value]): [string, string] => [name, `${Number(value)}`]),
    ...numbered(["OFF", "LEASED", "CUT_OFF", "LIVE"]),
    ...numbered(["STARTED", "RECONNECTED", "REFUSED"]),
    ...numbered(["NOTHING_SENT", "RUNNING", "APPLIED", "UNCHANGED", "FAILED", "DANGLING"]),
    ...numbered(effects),
    ...numbered(eventKinds),
    ...numbered(excuses),
    ...numbered(stops),
    ...numbered(noMoves),
    ...numbered(
      tables.choices.map(({ name }) => name),
      1,
    ),
    ...hazards.map((name, bit): [string, string] => [name.toUpperCase(), `${1 << bit}`]),
    ["WHILE_FAULTS_LAST", calm ? "!calm" : "true"],
  ];
  return all.map(([name, value]) => `#define ${name} ${value}\n`).join("");
}

function table(name: string, numbers: readonly number[]): string {
  if (numbers.some((number) => number > 0x7fff)) throw new RangeError(`The table ${name} needs more than 16 bits.`);
  return `static const short t_${name}[] = {${numbers.join(",")}};\n`;
}

/** Most entries are 0, and need not be written. */
function tableOfTables(name: string, numbers: readonly number[], width: number): readonly string[] {
  const names = Array.from({ length: numbers.length / width }, (_, row) => `t_${name}_${row}`);
  const rows = names.map((row, at) => {
    const entries = numbers
      .slice(at * width, (at + 1) * width)
      .flatMap((number, column) => (number === 0 ? [] : [`[${column}]=${number}`]));
    return `static const short ${row}[${width}] = {${entries.length === 0 ? "0" : entries.join(",")}};\n`;
  });
  return [...rows, `static const short *const t_${name}[] = {${names.join(",")}};\n`];
}

/** SPIN takes no more than 64 KB of C at a time. */
function blocks(lines: readonly string[]): readonly string[] {
  const all: string[] = [];
  for (const line of lines) {
    const last = all.at(-1);
    if (last === undefined || last.length + line.length > 30_000) all.push(line);
    else all[all.length - 1] = last + line;
  }
  return all.map((text) => `c_decl {\n${text}}\n`);
}

/** So many bits hold every number below `count`. */
function bitsFor(count: number): number {
  return Math.max(1, Math.ceil(Math.log2(count)));
}

function variables({ configuration, moves, successors }: Explored, { choices, tables }: Tables, calm: boolean): string {
  const initial = successors.initial();
  const cellCount = Math.max(...configuration.jobs.flatMap(({ cells }) => cells)) + 1;
  const cells = initial.cells.reduce((sum, value, at) => sum | (value << (2 * at)), 0);
  const statementCount = tables["statement"]!.reduce((most, one) => Math.max(most, one), 0) + 1;
  return `
typedef Runner {
  unsigned machine : ${bitsFor(moves.machines.length)};
  unsigned phase : 2;
  unsigned arrival : 2;
  unsigned current : 1;
  unsigned lease_lost : 1;
  unsigned word : 1;
  unsigned progress : 3;
  unsigned statement : ${bitsFor(statementCount)};
  unsigned orphan : 1;
  unsigned refused : 1;
  unsigned checked : 1
};
Runner r[RUNNERS];
unsigned journal : ${bitsFor(moves.states.length)};
unsigned applied : 2 = ${initial.applied};
unsigned drift : 1;
unsigned by_hand : 1;
unsigned corrected : 1;
unsigned transaction : 2;
unsigned rows_gone : 1;
unsigned rows_gone_inside : 1;
unsigned cells : ${2 * cellCount} = ${cells};
unsigned inside : ${2 * cellCount};
unsigned hazards : ${hazards.length};
unsigned hazards_inside : 6;
/* Between the two halves of a step that the machine takes, and 0 in every state that is visible. */
unsigned choice : ${bitsFor(choices.length + 1)};
${calm ? "/* From here on there are no more faults, and people do nothing. */\nunsigned calm : 1;\n" : ""}
/* Written and read within one d_step; no part of a state. */
hidden int x_from, x_move, x_to, x_was, x_job, x_drift, x_by_hand, x_rows_gone, x_failed, x_checked;
hidden int x_inside, x_view, x_changed, x_bad, x_statement, x_progress, x_memory, x_step_in_doubt;
`;
}
