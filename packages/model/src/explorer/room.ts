/** A world is packed into a few bits for each thing. What does not fit would become another world, and is refused instead. */
import { runnerCountMax, stepCountMax } from "../world-limits.ts";
import { jobMax } from "./action.ts";
import type { Configuration } from "./configuration.ts";

const migrationCountMax = 2;
const statementCountMax = 32;

/** @throws RangeError that says what there is no room for */
export function requireRoom({ name, runners, jobs, arrives }: Configuration, statementCount: number): void {
  const migrations = new Set([...jobs.map(({ migration }) => migration), ...(arrives === null ? [] : [arrives])]);
  const cells = jobs.flatMap((job) => job.cells);
  const refuse = (what: string) => {
    throw new RangeError(`The configuration ${name} does not fit into a world: ${what}.`);
  };
  if (!(runners >= 1 && runners <= runnerCountMax)) refuse(`${runners} runners; 1 to ${runnerCountMax} do`);
  if (jobs.length > jobMax) refuse(`${jobs.length} jobs; at most ${jobMax} do`);
  if (migrations.size > migrationCountMax) refuse(`${migrations.size} migrations; at most ${migrationCountMax} do`);
  if (cells.some((cell) => !(cell >= 0 && cell < stepCountMax)))
    refuse(`cell ${Math.max(...cells)}; cells are numbered from 0, below ${stepCountMax}`);
  if (statementCount > statementCountMax) refuse(`${statementCount} statements; at most ${statementCountMax} do`);
}
