import type { EndText } from "./world-ends.ts";

/** What became of a trial. */
export interface Outcome {
  readonly key: string;
  /** Where the last `up`, which nothing struck, came to rest; of a trial that broke a promise: `broken`. */
  readonly end: EndText;
  /** How many of the faults found the place where they were to strike. */
  readonly struck: number;
  readonly strikes: number;
  /** What was promised and is not so; null when all is as promised. */
  readonly broken: string | null;
}
