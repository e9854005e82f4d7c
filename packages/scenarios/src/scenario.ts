import type { StateType } from "@surefoot/model";

/** Migration files by id. */
export type Files = { readonly [id: string]: string };

/** A documented failure as data: given, when, then; and how an operator leads on from there. */
export interface Scenario {
  readonly name: string;
  readonly story: string;
  readonly source: string;
  /** Applied before anything goes wrong. */
  readonly given: Files;
  readonly when: {
    /** The files that `up` finds pending; the last one fails. */
    readonly pending: Files;
    /** The runner is killed while this step (from 1) of the last file is running; null: it is left alone. */
    readonly killedInStep: number | null;
  };
  /** After `up`, and after a kill the next `up`. */
  readonly then: { readonly exit: number; readonly path: readonly StateType[] };
  readonly afterwards: {
    /** What somebody does to the database by hand, before the next `up`, statement by statement. */
    readonly byHand: readonly string[];
    readonly corrected: Files;
    /** The arguments of the command that leads on. */
    readonly command: readonly string[];
    readonly exit: number;
    /** The whole path of the last file's last attempt. */
    readonly path: readonly StateType[];
  };
}
