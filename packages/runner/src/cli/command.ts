/** Every call of the command line as data: `main.ts` parses argv into one of these. */
import type { VariantName } from "@surefoot/model";
import type { ReplayCommand } from "./replay-command.ts";
import type { VerdictCommand } from "./verdict-command.ts";

export interface Common {
  readonly db?: string | undefined;
  readonly dir?: string | undefined;
  readonly json: boolean;
}

export interface Writing extends Common {
  readonly waitMs: number;
  readonly reconnectMs: number;
  readonly killOrphan: boolean;
}

export type Command =
  | ({ readonly type: "init" } & Common)
  | ({ readonly type: "new"; readonly name: string } & Common)
  | ({ readonly type: "status"; readonly check: boolean; readonly strict: boolean } & Common)
  | ({ readonly type: "plan" } & Common)
  | ({ readonly type: "verify"; readonly fromEmpty: boolean; readonly scratch?: string | undefined } & Common)
  | ({ readonly type: "history" } & Common)
  | ({ readonly type: "explain" } & Common)
  | ({
      readonly type: "up" | "retry";
      readonly to?: string | undefined;
      readonly atomic: boolean;
      readonly outOfOrder: boolean;
      readonly strict: boolean;
      readonly recovery?: "rollback" | "resume" | "stop" | undefined;
    } & Writing)
  | ({
      readonly type: "down";
      readonly to?: string | undefined;
      readonly steps?: number | undefined;
      readonly yes: boolean;
    } & Writing)
  | ({ readonly type: "recover" } & Writing)
  | ({
      readonly type: "retry-rollback";
      readonly allowDataLoss: boolean;
      readonly decide: ReadonlyMap<number, "applied" | "not_applied">;
    } & Writing)
  | ({
      readonly type: "resolve";
      readonly claim: "applied" | "reverted";
      readonly force: boolean;
      readonly reason?: string | undefined;
    } & Writing)
  | ({
      readonly type: "baseline";
      readonly to?: string | undefined;
      readonly only?: readonly string[] | undefined;
    } & Writing)
  | ({ readonly type: "accept-edit"; readonly id: string; readonly reason: string } & Writing)
  | {
      readonly type: "prove";
      readonly json: boolean;
      readonly variant: VariantName;
      readonly quick: boolean;
      readonly format: "text" | "junit" | "mermaid";
      readonly bounds: { readonly steps?: number; readonly runners?: number };
      readonly stateMax?: number | undefined;
      readonly symmetry: boolean;
    }
  | ReplayCommand
  | VerdictCommand
  | {
      readonly type: "graph";
      readonly json: boolean;
      readonly format: "mermaid" | "dot" | "svg" | "json" | "promela";
      /** What is exported whole, with all its worlds; only for formats that can say it. */
      readonly whole: {
        readonly configuration: string | undefined;
        readonly variant: VariantName;
        readonly bounds: { readonly steps?: number; readonly runners?: number };
        readonly calm: boolean;
      };
    };
