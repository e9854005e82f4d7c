/**
 * How each of the world's actions is driven on SQLite in one process, or why it cannot happen there. The world is finer
 * than the runner in places, and coarser in others: `send`, `executes` and `receive` are one call of the session, stopped
 * before and after; `observe` and the record that follows are several.
 */
import type { Ways } from "./ground.ts";

const noServer = { impossible: "SQLite has no server: a statement ends with its process" };
const whole = { impossible: "a statement of SQLite takes effect wholly or not at all" };
const oneRunner = {
  impossible: "one runner at a time: a second one is started beside it, and must find the lease held",
};

const actions: Ways["actions"] = {
  raise: { driven: "nothing to do: the loop goes on by itself" },
  prepared: { driven: "the calls of `prepare`, with out of order allowed" },
  prechecks_pass: { driven: "`begin` and the pre-check" },
  observe: { driven: "the calls of the look, to the record that follows it" },
  send: { driven: "stopped before `run`" },
  executes: { driven: "`run`, stopped before its answer is heard" },
  receive: { driven: "the answer of `run` is heard" },
  postchecks_pass: { driven: "the post-check" },
  decide: { driven: "the calls that gather the evidence" },
  engine_takes_back: { driven: "`takeBack`" },
  verify: { driven: "the comparison with the snapshot" },
  read_journal: { driven: "`readRows`, after a loss as well" },
  restart: { driven: "a process is started, for whatever comes of it" },
  reconnect: { driven: "`reopen`" },
  close: { driven: "the process comes to its end" },
  session_ends: noServer,
  orphan_applies: noServer,
  orphan_fails: noServer,
  orphan_does_a_part: noServer,
  invoke: { driven: "a process is started, with the command for what it goes on to do" },
  start: { driven: "`up`, or `down`" },
  flush_early: { impossible: "the loop writes its records where a barrier stands, and nowhere else" },
  dependency_missing: { driven: "the file it depends on is not there" },
  newer_applied: { driven: "`up` without `outOfOrder`, beside an applied migration with a higher number" },
  dependents_applied: { impossible: "`down` refuses before it starts; and no set is generated that has dependents" },
  doctrine_violated: { driven: "the file has a foreign key" },
  statement_refused: { driven: "the file has a COMMIT" },
  precheck_false: { driven: "the check is asked something that is false" },
  precheck_error: { driven: "the check is asked something that has no answer" },
  postcheck_false: { driven: "as before the steps" },
  postcheck_error: { driven: "as before the steps" },
  undo_would_destroy: { driven: "the session answers that there are rows of others" },
  statement_fails: { driven: "`run` gets a statement of the same kind on a table that is not there" },
  fails_after_a_part: whole,
  fails_after_all: whole,
  engine_ends_transaction: { driven: "`run` gets a ROLLBACK" },
  fenced: oneRunner,
  give_up: { driven: "`reopen` fails, and the time that was allowed is over" },
  retry_by_up: { driven: "`up`" },
  retry: { driven: "`retry`, or `down`" },
  retry_rollback: { driven: "`retry-rollback`" },
  retry_rollback_decided: { driven: "`retry-rollback --decide`" },
  resolve_reverted: { driven: "`resolve --reverted`" },
  resolve_reverted_forced: { driven: "`resolve --reverted --force`" },
  resolve_applied: { driven: "`resolve --applied`, with a post-check that holds" },
  resolve_applied_forced: { driven: "`resolve --applied --force`" },
  halt: { driven: "`resolve` on a journal in motion" },
  signal: { driven: "the signal is aborted after the record before" },
  correct_file: { driven: "the file gets every undo that was missing" },
  finish_by_hand: { driven: "the effects are made by SQL" },
  restore_by_hand: { driven: "the effects are unmade by SQL" },
  dependency_arrives: { driven: "its file comes, and a record that it is applied" },
  object_changed: { driven: "ALTER TABLE on a table that a step names" },
  object_changed_back: { driven: "ALTER TABLE once more" },
  crash: { driven: "the connection closes where it stands, and every later call fails" },
  connection_cut: noServer,
  session_killed: noServer,
  session_killed_too_late: noServer,
  session_killed_half_way: noServer,
  server_crash: noServer,
  server_crash_after_effect: noServer,
  server_crash_half_way: noServer,
  lease_lost: oneRunner,
  late_reply: { impossible: "an answer of SQLite comes while its call lasts" },
};

const commits: Ways["commits"] = {
  fenced: oneRunner,
  commit_refused: { driven: "somebody reads, so that the COMMIT finds the database locked" },
  journal_refused: { driven: "a row lacks what its table demands, and is refused" },
  written_unheard: { driven: "`append` happens, and its answer is an error" },
  unwritten_unheard: { driven: "the transaction is rolled back, and the answer of `append` is an error" },
};

const unwritten = "nothing of it is durable before the first statement is announced";
const atTheEnd = "`validating_post` becomes durable with the end of the migration";
const together = "`completing` and `recorded` become durable together";
const noMark = "SQLite has no mark";

/** Moves of the table and rows of the doubt table that no history of SQLite in one process has, and why. */
const never: Ways["never"] = {
  "edge preparing connection_lost failed": unwritten,
  "edge validating_pre connection_lost failed": unwritten,
  "edge validating_post connection_lost rolling_back": atTheEnd,
  "edge validating_post connection_lost validating_post": atTheEnd,
  "edge completing interrupted completing": together,
  "edge completing connection_lost completing": together,
  "decision its mark is set, and no picture speaks against it": noMark,
  "decision its mark is absent, and its effect could not be seen": noMark,
  "decision its mark is absent, and yet its objects are not as before": noMark,
};

/** What the streams keep away from: where the runner knows less than the world does, and errs towards `failed`; where it waits. */
const limits: Ways["limits"] = [
  "In one transaction no snapshot is kept: that the engine took everything back is read off the schema's change counter. When " +
    "the engine itself has ended the transaction, somebody else may change the schema before the counter is read, and put it " +
    "back: the world compares objects and comes to rest in `idle`, the runner in an unclean `failed`, which only " +
    "`resolve --reverted --force` leaves. No object changes there.",
  "Streams do not lose the database a second time before something has become durable again: the loop waits a moment there, in " +
    "earnest. Nor do they lose it in a `resolve` that has halted something: it ends there with an error, and the next command " +
    "finds what became durable.",
];

export const sqliteWays: Ways = { actions, commits, never, limits };
