/** What jobs make and what each of their statements finds and leaves, as bits of the row of cells. */
import type { Job } from "../explorer/configuration.ts";
import type { Explored } from "../explorer/explored.ts";
import type { Statement } from "../explorer/moves.ts";
import { cell } from "../explorer/world.ts";
import { bits, valueOf } from "./cells.ts";

export function jobTables({ configuration, successors }: Explored) {
  const { jobs } = configuration;
  const migrations = (names: readonly string[]) =>
    names.reduce((sum, name) => sum | (1 << successors.migrations.indexOf(name)), 0);
  const cellsOf = (job: number, value: number, visible = false) =>
    bits(
      jobs[job]!.cells.flatMap((cellId, step) => {
        const { rows = false, preexisting = false } = jobs[job]!.steps[step]!;
        return preexisting || (visible && rows) ? [] : [{ cell: cellId, value }];
      }),
    );
  const ids = jobs.map((_, job) => job);
  return {
    up: jobs.map(({ direction }) => Number(direction === "up")),
    migration: jobs.map(({ migration }) => migrations([migration])),
    needs: jobs.map(({ needs }) => migrations(needs)),
    dependents: jobs.map(({ dependents }) => migrations(dependents)),
    own_mask: ids.map((job) => cellsOf(job, 3)),
    made: ids.map((job) => cellsOf(job, valueOf(configuration, job, 1))),
    unmade: ids.map((job) => cellsOf(job, valueOf(configuration, job, 0))),
    snapshot_mask: ids.map((job) => cellsOf(job, 3, true)),
    snapshot: ids.map((job) => cellsOf(job, valueOf(configuration, job, 0), true)),
  };
}

/** By statement, and last for none: what it finds and leaves. */
export function statementTables({ configuration, moves }: Explored) {
  const { statements } = moves;
  const { jobs } = configuration;
  const stepOf = ({ job, way, step }: Statement) => (way === "down" ? jobs[job]!.cells.length - 1 - step : step);
  const column = (value: (statement: Statement, job: Job) => number): readonly number[] => [
    ...statements.map((statement) => value(statement, jobs[statement.job]!)),
    0,
  ];
  /** The statement's own cell, those before and behind it in the order of steps, and those that its undo undoes as well. */
  const own = (statement: Statement) => (at: number) => at === stepOf(statement);
  const before = (statement: Statement, job: Job) => (at: number) =>
    at < stepOf(statement) && job.steps[at]!.preexisting !== true;
  const behind = (statement: Statement, job: Job) => (at: number) =>
    at > stepOf(statement) &&
    job.steps[at]!.preexisting !== true &&
    (job.steps[at]!.coveredBy ?? at) > stepOf(statement);
  const covered = (statement: Statement, job: Job) => (at: number) =>
    statement.way === "undo" && statement.last && at > statement.step && job.steps[at]!.coveredBy === statement.step;
  const row = ({ cells }: Job, which: (at: number) => boolean, value: number) =>
    bits(cells.flatMap((cellId, at) => (which(at) ? [{ cell: cellId, value }] : [])));
  const made = ({ job }: Statement) => valueOf(configuration, job, 1);
  const unmade = ({ job }: Statement) => valueOf(configuration, job, 0);
  return {
    of_job: column(({ job }) => job),
    way_up: column(({ way }) => Number(way === "up")),
    transactional: column((one) => Number(one.class === "transactional")),
    opaque: column((one) => Number(one.class === "opaque")),
    preexisting: column((one, { steps }) => Number(steps[stepOf(one)]!.preexisting === true)),
    lossy: column((one, { plan }) => Number(plan.steps[stepOf(one)]!.lossy)),
    mask: column((one, job) => row(job, own(one), 3)),
    makes: column((one, job) => row(job, own(one), made(one))),
    unmakes: column((one, job) => row(job, own(one), unmade(one))),
    part_made: column((one, job) => row(job, own(one), cell.partial)),
    part_unmade: column((one, job) => row(job, own(one), one.last ? unmade(one) : cell.half_undone)),
    before_mask: column((one, job) => row(job, before(one, job), 3)),
    before: column((one, job) => row(job, before(one, job), made(one))),
    behind_mask: column((one, job) => row(job, behind(one, job), 3)),
    behind: column((one, job) => row(job, behind(one, job), unmade(one))),
    covered_mask: column((one, job) => row(job, covered(one, job), 3)),
    covered: column((one, job) => row(job, covered(one, job), unmade(one))),
  };
}
