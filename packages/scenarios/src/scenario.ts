/**
 * The shape of a scenario: a failure that really happened, as data. What was there (given), what was to be done and what
 * went wrong (when), and what must hold at the end (then). One definition is played on the model's world and on every
 * engine.
 */
import type { StateType, VariantName } from "@surefoot/model";

/** Where a scenario is played. */
export const places = ["model", "sqlite", "mariadb", "mysql"] as const;
export type Place = (typeof places)[number];
export type Engine = Exclude<Place, "model">;

/**
 * Migration files by id. Where engines write something in other words, both stand in the text: `{{SQLite|servers}}` or
 * `{{SQLite|MariaDB|MySQL}}`. Indentation that all lines share does not count.
 */
export type Files = { readonly [id: string]: string };

export interface Scenario {
  /** Unique, in kebab-case. */
  readonly name: string;
  /** What happened, in plain words, to somebody who has not seen it. */
  readonly story: string;
  /** Where it was seen: links, or issues as `owner/name#1`. */
  readonly source: string;
  /** Applied before the story begins. */
  readonly given: Files;
  /** In the folder as well when it begins. The story is about the last one, and steps are counted in that. */
  readonly pending: Files;
  /** What people do, and what strikes while they do it, in order. */
  readonly when: readonly Act[];
  readonly then: Then;
  /** An answer for every place, so that none can be forgotten. */
  readonly engines: { readonly [P in Place]: Answer };
  /** Of other variants of the model: how it ends there, where that is another end, or why it can't be played. */
  readonly variants?: { readonly [V in VariantName]?: Otherwise | { readonly skip: string } };
}

/** `run`: it is played there and ends as `then` says. */
export type Answer = "run" | { readonly skip: string } | Otherwise;

/** Played, and another end, or one in which something is different. */
export interface Otherwise {
  readonly because: string;
  readonly then: Partial<Then>;
}

/** What somebody does. */
export type Act = Command | Written | HandWork | Transaction | Copy;

/** A command of the command line, such as `up`, and what strikes while it is at work. */
export interface Command {
  readonly run: string;
  readonly faults?: readonly Fault[];
  /** Between the runner and its server is a pool that hands the sessions of one client to another. */
  readonly through?: "pool";
}

/** Files that are written or corrected; null removes one. */
export interface Written {
  readonly files: { readonly [id: string]: string | null };
}

/** What somebody does to the database without Surefoot, and what that is to the migration. */
export interface HandWork {
  readonly byHand: readonly string[];
  /** The migration is in effect then; nothing of it is; an object that it names is another; none of it is touched. */
  readonly leaves: "finished" | "restored" | "changed" | "untouched";
}

/** Somebody opens a transaction, and leaves it open until `opens` is null. */
export interface Transaction {
  readonly opens: readonly string[] | null;
}

/** The database is dumped as it is, and restored under another name. The story goes on in the copy. */
export interface Copy {
  readonly copied: true;
}

/**
 * Where a fault strikes: a step of the story's migration, the undo of one, a check, or, before any migration, while Surefoot
 * makes its journal. Numbers count from 1.
 */
interface At {
  /** Another migration than the story's. */
  readonly migration?: string;
  readonly step?: number;
  readonly undoOf?: number;
  readonly check?: "pre" | "post";
  readonly making?: "journal";
}

export type Fault = At & (Refusal | Death | Loss | Company);

/** The database's own answer. On engines the SQL must bring it about; here it is said, and held against what happens. */
interface Refusal {
  /** `partly`: an error after a part of the effect. `nothing`: it succeeds and does nothing. `false`: a check does not hold. */
  readonly answers: "error" | "partly" | "nothing" | "false";
}

/** Something is killed. `session` and `server` leave the runner alive. */
interface Death {
  readonly kill: "runner" | "session" | "server";
  readonly when: "before_effect" | "during" | "after_effect" | "after_answer";
  /** What becomes of a statement that is `during` its execution: it ends by itself, or is running when the next one starts. */
  readonly statement?: "finishes" | "runs_on";
}

/** `connection`: while the statement runs. `reply`: the statement is done, and the runner does not hear so. */
interface Loss {
  readonly lose: "connection" | "reply";
  /** What becomes of the statement when the connection is lost: it reaches its end on the server, or it does not. */
  readonly statement?: "finishes" | "ends";
  /** What others do before the runner can connect again. The statement has not reached the server then. */
  readonly meanwhile?: readonly Act[];
}

/** The runner is at work there, and somebody else comes; both go on when these have ended, or wait. */
interface Company {
  readonly meanwhile: readonly Act[];
}

export const outcomes = [
  "applied",
  "resolved",
  "rolled_back",
  "restored",
  "reverted",
  "failed_clean",
  "failed_unclean",
  "in_motion",
  "nothing",
] as const;
export type Outcome = (typeof outcomes)[number];

/** What must hold at the end. */
export interface Then {
  /** How each command ended, in the order in which they began. */
  readonly exits: readonly (number | "killed")[];
  /** The states that the story went through, each once in a row, from `idle`. */
  readonly path: readonly StateType[];
  readonly outcome: Outcome;
  /** What is left in the database. */
  readonly left: Left;
  /** What the operator reads: fragments of what the commands print. */
  readonly told: readonly string[];
  /** What is never lost: records of the journal in this order, `EVENT`, `EVENT STEP`, each with `: TEXT` that is in it. */
  readonly keeps: readonly string[];
}

export interface Left {
  /** What the journal says is applied. */
  readonly applied: readonly string[];
  /** Every table, with its columns in order, and its indexes by name: `index NAME` or `unique index NAME`. */
  readonly tables: { readonly [table: string]: readonly string[] };
  /** How many rows are in a table. */
  readonly rows?: { readonly [table: string]: number };
}

/** Gives a scenario of one's own its types; `surefoot replay --scenarios FOLDER` plays it. */
export function defineScenario<const S extends Scenario>(scenario: S): S {
  return scenario;
}
