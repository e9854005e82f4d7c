import type { VariantName } from "@surefoot/model";

export const replayPlaces = ["model", "sqlite", "mariadb", "mysql"] as const;
export const replayFormats = ["text", "junit", "markdown"] as const;

export interface ReplayCommand {
  readonly type: "replay";
  /** None: list them. */
  readonly names: readonly string[];
  readonly on: (typeof replayPlaces)[number];
  /** A server; absent: one of its own. */
  readonly db: string | undefined;
  readonly variant: VariantName;
  /** A folder of somebody's own scenarios. */
  readonly scenarios: string | undefined;
  readonly json: boolean;
  readonly format: (typeof replayFormats)[number];
}
