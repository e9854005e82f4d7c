import type { VariantName } from "@surefoot/model";

export interface VerdictCommand {
  readonly type: "verdict";
  /** Numbers of the first five; none, or `all`: all. */
  readonly names: readonly string[];
  /** Null: all. */
  readonly variant: VariantName | null;
  readonly json: boolean;
  readonly format: "text" | "junit" | "markdown";
}
