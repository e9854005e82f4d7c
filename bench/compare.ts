/**
 * Ours beside theirs, in rounds. A round runs both, one right after the other, and gives one ratio; what counts is the
 * median of the ratios. Whatever else the machine does meanwhile mostly hits both sides of a round alike, which it
 * doesn't do to absolute times. Every other round begins with the other side.
 */

/** One side of a comparison; the argument is a number that no other call gets. */
export type Side = (call: number) => void | Promise<void>;

export interface Comparison {
  readonly name: string;
  readonly ours: Side;
  readonly theirs: Side;
  readonly roundCount: number;
  /** The ratio of times that we want to stay at or below; null where the figure is only told. */
  readonly goal: number | null;
  /** Whether this process does the work, so that its processor time means something. */
  readonly inProcess: boolean;
  /** What a ratio can't say, told after the rounds. */
  readonly note?: () => string;
}

export interface Ratios {
  /** Of elapsed times, one for each round. */
  readonly time: readonly number[];
  /** Of processor times, user and system, all threads. */
  readonly cpu: readonly number[];
  /** Elapsed times themselves, in milliseconds: they depend on the machine and on what else it does. */
  readonly ours: readonly number[];
  readonly theirs: readonly number[];
}

/** Runs one round to warm up, which does not count, and then `roundCount` more. */
export async function compare({ ours, theirs, roundCount }: Comparison): Promise<Ratios> {
  let call = 0;
  const time: number[] = [];
  const cpu: number[] = [];
  const [all, others]: [number[], number[]] = [[], []];
  for (let round = 0; round <= roundCount; round++) {
    const first = await measured(round % 2 === 0 ? ours : theirs, call++);
    const second = await measured(round % 2 === 0 ? theirs : ours, call++);
    const [mine, other] = round % 2 === 0 ? [first, second] : [second, first];
    if (round === 0) continue;
    time.push(mine.time / other.time);
    cpu.push(mine.cpu / other.cpu);
    all.push(mine.time);
    others.push(other.time);
  }
  return { time, cpu, ours: all, theirs: others };
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length / 2;
  return ((sorted[Math.floor(half)] ?? Number.NaN) + (sorted[Math.ceil(half) - 1] ?? Number.NaN)) / 2;
}

async function measured(side: Side, call: number): Promise<{ readonly time: number; readonly cpu: number }> {
  // With --expose-gc no side pays for what the other has left behind.
  globalThis.gc?.();
  const cpuBefore = process.cpuUsage();
  const begin = performance.now();
  await side(call);
  const time = performance.now() - begin;
  const { user, system } = process.cpuUsage(cpuBefore);
  return { time, cpu: user + system };
}
