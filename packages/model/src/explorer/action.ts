/** What may happen next in a world, and of which class it is. The class, not a counter, says what liveness may assume. */

/**
 * `progress`: what goes on by itself. `answer`: may be negative for ever. `fault`: transient, strikes finitely often.
 * `operator`: people, who may do it or not.
 */
export type ActionClass = "progress" | "answer" | "fault" | "operator";

/** Who acts, for people. */
export type Actor = "runner" | "server" | "operator" | "outside" | "fault";

export interface ActionKind {
  readonly name: string;
  readonly class: ActionClass;
  readonly actor: Actor;
  /** It also happens when nothing goes wrong and nobody interferes. */
  readonly dull: boolean;
}

const progress = { class: "progress", dull: true } as const;
const answer = { class: "answer", dull: false } as const;
const fault = { class: "fault", actor: "fault", dull: false } as const;
const operator = { class: "operator", actor: "operator", dull: false } as const;

/** In the order in which they are tried: the dullest first, so that shrinking leads to the happy path. */
export const actionKinds = {
  raise: { ...progress, actor: "runner" },
  prepared: { ...progress, actor: "runner" },
  prechecks_pass: { ...progress, actor: "runner" },
  observe: { ...progress, actor: "runner" },
  send: { ...progress, actor: "runner" },
  executes: { ...progress, actor: "server" },
  receive: { ...progress, actor: "runner" },
  postchecks_pass: { ...progress, actor: "runner" },
  decide: { ...progress, actor: "runner" },
  engine_takes_back: { ...progress, actor: "runner" },
  verify: { ...progress, actor: "runner" },
  read_journal: { ...progress, actor: "runner" },
  restart: { ...progress, actor: "runner" },
  reconnect: { ...progress, actor: "runner" },
  close: { ...progress, actor: "runner" },
  session_ends: { ...progress, actor: "server" },
  orphan_applies: { ...progress, actor: "server" },
  orphan_fails: { ...answer, actor: "server" },
  orphan_does_a_part: { ...answer, actor: "server" },
  invoke: { ...operator, dull: true },
  start: { ...operator, dull: true },
  flush_early: { ...progress, actor: "runner", dull: false },
  dependency_missing: { ...answer, actor: "runner" },
  newer_applied: { ...answer, actor: "runner" },
  dependents_applied: { ...answer, actor: "runner" },
  doctrine_violated: { ...answer, actor: "runner" },
  statement_refused: { ...answer, actor: "runner" },
  precheck_false: { ...answer, actor: "runner" },
  precheck_error: { ...answer, actor: "runner" },
  postcheck_false: { ...answer, actor: "runner" },
  postcheck_error: { ...answer, actor: "runner" },
  undo_would_destroy: { ...answer, actor: "runner" },
  statement_fails: { ...answer, actor: "server" },
  fails_after_a_part: { ...answer, actor: "server" },
  fails_after_all: { ...answer, actor: "server" },
  engine_ends_transaction: { ...answer, actor: "server" },
  fenced: { ...progress, actor: "runner", dull: false },
  give_up: { ...answer, actor: "runner" },
  retry_by_up: operator,
  retry: operator,
  retry_rollback: operator,
  retry_rollback_decided: operator,
  resolve_reverted: operator,
  resolve_reverted_forced: operator,
  resolve_applied: operator,
  resolve_applied_forced: operator,
  halt: operator,
  signal: operator,
  correct_file: operator,
  finish_by_hand: operator,
  restore_by_hand: operator,
  dependency_arrives: { ...operator, actor: "outside" },
  object_changed: { ...operator, actor: "outside" },
  object_changed_back: { ...operator, actor: "outside" },
  crash: fault,
  connection_cut: fault,
  session_killed: fault,
  session_killed_too_late: fault,
  session_killed_half_way: fault,
  server_crash: fault,
  server_crash_after_effect: fault,
  server_crash_half_way: fault,
  lease_lost: fault,
  late_reply: fault,
} as const satisfies { readonly [name: string]: Omit<ActionKind, "name"> };

export type ActionName = keyof typeof actionKinds;
export const actionNames = Object.keys(actionKinds) as readonly ActionName[];

/** What became of the commit that an action led to; most lead to none. */
export const commits = [
  "",
  "fenced",
  "commit_refused",
  "journal_refused",
  "written_unheard",
  "unwritten_unheard",
] as const;
export type Commit = (typeof commits)[number];

const commitClass: { readonly [C in Commit]: ActionClass | null } = {
  "": null,
  fenced: null,
  commit_refused: "answer",
  journal_refused: "fault",
  written_unheard: "fault",
  unwritten_unheard: "fault",
};

export interface Action {
  readonly name: ActionName;
  readonly commit: Commit;
  /** Which runner, or which job for `start`; see `runner`. */
  readonly runner: number;
  readonly job: number;
}

export const jobMax = 4;

/** A number for each action, below `actionCount`. */
export function actionId(name: number, commit: number, runner: number, job: number): number {
  return ((name * commits.length + commit) * 4 + runner) * jobMax + job;
}

export const actionCount = actionNames.length * commits.length * 4 * jobMax;

export function actionOf(id: number): Action {
  const job = id % jobMax;
  const rest = Math.floor(id / jobMax);
  const runner = rest % 4;
  const pair = Math.floor(rest / 4);
  return {
    name: actionNames[Math.floor(pair / commits.length)]!,
    commit: commits[pair % commits.length]!,
    runner,
    job,
  };
}

export function classOf({ name, commit }: Action): ActionClass {
  return commitClass[commit] ?? actionKinds[name].class;
}

export function isDull({ name, commit }: Action): boolean {
  return actionKinds[name].dull && commit === "";
}
