/**
 * A runner with its session, as a process of SPIN's. A session is driven in one `d_step` for each thing that may happen to
 * it. Where the machine takes a step there are two halves, together one `atomic` step: what it hears is chosen, and then
 * how its record ends, if one is due. `choice` carries the first into the second; nothing else does.
 */
import { each } from "./each.ts";

/** What a runner is, and what it sees; all by the names of the tables. */
export const definitions = `
#define SELF now.r[Prunner->_pid]
#define FROM c_expr { (SELF.phase == LEASED ? t_rest[now.journal] : SELF.machine) }
#define MINE(table) c_expr { t_##table[SELF.machine] }
#define AT(table) c_expr { t_##table[t_at[SELF.machine]] }
#define AT_JOB(table) c_expr { t_##table[t_job[t_at[SELF.machine]]] }
#define MY(table) c_expr { t_##table[t_statement[SELF.machine]] }
#define ITS(table) c_expr { t_##table[SELF.statement] }
#define IN_ONE AT(in_one)
#define VIEW (transaction == _pid + 1 -> inside : cells)
#define HEARS(what) (c_expr { t_move[SELF.machine][what] } != NOTHING)

/* Left behind where the fence ends all that it does, it can only find that out. */
#define ACTIVE (ME.phase == LIVE && !(FENCEABLE && !ME.current))
#define ASKS(what) (ACTIVE && MINE(effect) == what)
#define RUNS (ASKS(RUN_STATEMENT) && ME.progress == RUNNING)
#define AT_REST (ASKS(REST) && !AT(idle) && WITH_OPERATOR && WHILE_FAULTS_LAST)
#define MAY_STOP (ACTIVE && MINE(effect) != REST && MINE(effect) != RUN_STATEMENT && MINE(effect) != RUN_BY_ENGINE && ME.progress == NOTHING_SENT && WITH_OPERATOR && WHILE_FAULTS_LAST)

/* An object is neither as the journal implies nor, for the statement in doubt, as that would leave it. */
#define DIFFERS (drift || (VIEW & AT(visible_mask)) != AT(visible))
#define OUTSIDE (MINE(compares) && COMPARES && DIFFERS)
#define UNEQUAL (VERIFIES && (drift || (VIEW & AT_JOB(snapshot_mask)) != AT_JOB(snapshot)))
#define SEES_HAND ((cells & AT(visible_mask)) != AT(visible))
#define ALL_MADE ((cells & AT_JOB(own_mask)) == AT_JOB(made))
#define ALL_UNMADE ((cells & AT_JOB(own_mask)) == AT_JOB(unmade))
#define DEPENDENCIES_HOLD ((applied & AT_JOB(needs)) == AT_JOB(needs) && (applied & AT_JOB(dependents)) == 0)
#define MISSING (ASKS_DEPENDENCIES && (applied & AT_JOB(needs)) != AT_JOB(needs))
#define DEPENDED_ON ((applied & AT_JOB(dependents)) != 0)

/* What is true of the statement in doubt, as the number of a row of what is seen of it. */
#define C_VIEW (now.transaction == Prunner->_pid + 1 ? now.inside : now.cells)
#define C_MINE(table) t_##table[t_statement[SELF.machine]]
#define C_AT(table) t_##table[t_at[SELF.machine]]
#define C_VALUE (C_VIEW & C_MINE(mask))
#define C_DONE (C_MINE(way_up) ? C_VALUE == C_MINE(makes) : C_VALUE == C_MINE(part_unmade) || C_VALUE == C_MINE(unmakes))
#define C_SEEN (LOOKS ? C_DONE : ASSUMES_ALL)
#define C_PARTIAL (C_MINE(mask) != 0 && C_VALUE == (C_MINE(mask) / 3 * 2))
#define C_DIFFERS (now.drift || (C_VIEW & C_AT(visible_mask)) != C_AT(visible))
#define C_TRUTH ((COMPARES && C_DIFFERS) * 8 + (C_SEEN ? 4 : 0) + C_PARTIAL * 2 + SELF.word)
#define SIGHT(table) c_expr { C_MINE(table)[C_TRUTH] }
#define HEARS_SIGHT(table) (c_expr { t_move[SELF.machine][C_MINE(table)[C_TRUTH]] } != NOTHING)
#define LOOKS_AT_DOUBT (ASKS(DECIDE) && !(LEASE_OF_SESSION && SOME_ORPHAN))

/* A step of the runner's own transaction: no other's is open at the same time. */
#define OWN (MY(transactional) && TOGETHER)
#define SENDS (ASKS(RUN_STATEMENT) && ME.progress == NOTHING_SENT && !(OWN && transaction != 0 && transaction != _pid + 1))
#define ANNOUNCED (JOURNAL(job) == MY(of_job) && (JOURNAL(doubt_mask) & MY(mask)) != 0)

/* The second half: is a record due, and who may write it? */
#define C_TAKEN t_move[SELF.phase == LEASED ? t_rest[now.journal] : SELF.machine][now.choice]
#define GOES(table) c_expr { t_##table[t_move_to[C_TAKEN]] }
#define OPEN (transaction == _pid + 1 || (choice == PRECHECKS_PASS && IN_ONE))
#define DUE (choice == FLUSH_EARLY || (GOES(barrier) && (GOES(at) != journal || OPEN)))
#define FENCED_OFF (FENCE && ME.phase == LIVE && !ME.current)
#define FROM_IN_ONE c_expr { t_in_one[t_at[SELF.phase == LEASED ? t_rest[now.journal] : SELF.machine]] }
#define REFUSABLE (FROM_IN_ONE && OPEN && c_expr { t_move_event[C_TAKEN] == RECORDED && t_move[SELF.phase == LEASED ? t_rest[now.journal] : SELF.machine][COMMIT_FAILED] != NOTHING })
`;

export function runnerProcess(runners: number, jobCount: number): string {
  return `
inline send() {
  ME.progress = RUNNING;
  if :: OWN && transaction == 0 -> begin(_pid) :: else fi;
  x_bad = (MY(way_up) && ME.refused -> EXECUTED_ALTHOUGH_REFUSED : 0);
  x_bad = x_bad | (!IN_ONE && !ANNOUNCED -> UNANNOUNCED : 0);
  ${each(runners, (i) => `if :: ${i} != _pid && r[${i}].progress == RUNNING -> hazards = hazards | TWO_IN_FLIGHT :: else fi;`, "\n  ")}
  if :: transaction == _pid + 1 -> hazards_inside = hazards_inside | x_bad :: else -> hazards = hazards | x_bad fi
}

inline executes(half, then) {
  x_statement = MINE(statement);
  apply(_pid, half);
  ME.progress = then
}

inline orphan_ends(does, half) {
  x_statement = ME.statement;
  if :: does -> apply(_pid, half) :: else fi;
  end_orphan(_pid)
}

inline is_killed(does, half) {
  x_statement = MINE(statement);
  if :: does -> apply(_pid, half) :: else fi;
  roll_back_of(_pid);
  end_session(_pid, CUT_OFF, 0)
}

active [RUNNERS] proctype runner() {
  do
  /* It comes, takes the lease, and goes. */
  :: d_step { ME.phase == OFF && LEASE_IS_FREE && (WHILE_FAULTS_LAST || !JOURNAL(sink)) ->
       x_memory = KEPT(ME.machine); end_session(_pid, LEASED, x_memory); ME.arrival = STARTED }
  :: d_step { ME.phase == CUT_OFF && LEASE_IS_FREE ->
       x_memory = KEPT(ME.machine); end_session(_pid, LEASED, x_memory); ME.arrival = RECONNECTED }
  :: d_step { ME.phase == CUT_OFF -> ME.phase = OFF }
  :: d_step { ME.phase == LEASED && ME.machine != 0 && !AT(sink) -> ME.phase = LIVE; ME.arrival = STARTED; ME.current = 1 }
  :: d_step { ME.phase == LIVE && FENCEABLE && !ME.current -> roll_back_of(_pid); end_session(_pid, OFF, 0) }
  :: d_step { ASKS(REST) -> end_session(_pid, OFF, 0) }

  /* Its statement. */
  :: d_step { SENDS -> send() }
  :: d_step { RUNS -> executes(false, (x_changed -> APPLIED : UNCHANGED)) }
  :: d_step { RUNS -> ME.progress = FAILED }
  :: d_step { RUNS && MY(opaque) && MY(way_up) -> executes(true, FAILED) }
  :: d_step { RUNS && MY(opaque) -> executes(false, FAILED) }
  :: d_step { RUNS && IN_ONE && transaction == _pid + 1 -> roll_back(); ME.progress = FAILED }

  /* The session that it has left behind. */
  :: d_step { ME.orphan && ME.progress == DANGLING -> end_orphan(_pid) }
  :: d_step { ME.orphan && ME.progress != DANGLING -> orphan_ends(false, false) }
  :: d_step { ME.orphan && ME.progress != DANGLING && !ITS(transactional) -> orphan_ends(true, false) }
  :: d_step { ME.orphan && ME.progress != DANGLING && ITS(opaque) && ITS(way_up) -> orphan_ends(true, true) }

  /* Faults. */
  :: d_step { WHILE_FAULTS_LAST && ME.phase != OFF -> leave_session(_pid, OFF) }
  :: d_step { WHILE_FAULTS_LAST && STATEMENTS_LIVE_IN_A_SERVER && HAS_SESSION(_pid) -> leave_session(_pid, CUT_OFF) }
  :: d_step { WHILE_FAULTS_LAST && (!STATEMENTS_LIVE_IN_A_SERVER || LEASE_OF_CLOCK) && HAS_SESSION(_pid) && !ME.lease_lost -> ME.lease_lost = 1 }
#if STATEMENTS_LIVE_IN_A_SERVER
  :: d_step { WHILE_FAULTS_LAST && HAS_SESSION(_pid) -> is_killed(false, false) }
  :: d_step { WHILE_FAULTS_LAST && HAS_SESSION(_pid) && ME.progress == RUNNING && !MY(transactional) -> is_killed(true, false) }
  :: d_step { WHILE_FAULTS_LAST && HAS_SESSION(_pid) && ME.progress == RUNNING && MY(opaque) && MY(way_up) -> is_killed(true, true) }
#endif

  /* The machine. */
  :: atomic {
    if
    :: d_step { ME.phase == LEASED && !(ME.machine != 0 && !AT(sink)) && c_expr { t_move[t_rest[now.journal]][ARRIVE_STARTED + SELF.arrival] } != NOTHING -> choice = ARRIVE_STARTED + ME.arrival }
    :: d_step { EAGER && ACTIVE && MINE(effect) != REST && MINE(at) != journal && !(IN_ONE && AT(planned)) && ME.progress == NOTHING_SENT -> choice = FLUSH_EARLY }

    :: d_step { ASKS(RAISE_EVENT) && HEARS(RAISE) -> choice = RAISE }
    :: d_step { ASKS(PREPARE) && MISSING && HEARS(DEPENDENCY_MISSING) -> choice = DEPENDENCY_MISSING }
    :: d_step { ASKS(PREPARE) && !MISSING && DEPENDED_ON && HEARS(DEPENDENTS_APPLIED) -> choice = DEPENDENTS_APPLIED }
    :: d_step { ASKS(PREPARE) && !MISSING && !DEPENDED_ON && !corrected && HEARS(PREPARED) -> choice = PREPARED }
    :: d_step { ASKS(PREPARE) && !MISSING && !DEPENDED_ON && corrected && HEARS(PREPARED_CORRECTED) -> choice = PREPARED_CORRECTED }
    :: d_step { ASKS(PREPARE) && !MISSING && !DEPENDED_ON && HEARS(NEWER_APPLIED) -> choice = NEWER_APPLIED }
    ${["PRECHECKS_PASS", "DOCTRINE_VIOLATED", "STATEMENT_REFUSED", "PRECHECK_FALSE", "PRECHECK_ERROR"]
      .map(
        (name) =>
          `:: d_step { ASKS(VALIDATE_PRE) && !(IN_ONE && transaction != 0) && HEARS(${name}) -> choice = ${name} }`,
      )
      .join("\n    ")}
    ${["POSTCHECKS_PASS", "POSTCHECK_FALSE", "POSTCHECK_ERROR"]
      .map((name) => `:: d_step { ASKS(VALIDATE_POST) && HEARS(${name}) -> choice = ${name} }`)
      .join("\n    ")}
    :: d_step { ASKS(LOOK) && !OUTSIDE && HEARS(OBSERVE) -> choice = OBSERVE }
    :: d_step { ASKS(LOOK) && OUTSIDE && HEARS(OBSERVE_CHANGED) -> choice = OBSERVE_CHANGED }
    :: d_step { ASKS(LOOK) && MINE(looks_at_undo) && MY(mask) != 0 && !OUTSIDE && HEARS(UNDO_WOULD_DESTROY) -> choice = UNDO_WOULD_DESTROY }
    :: d_step { ASKS(RUN_STATEMENT) && ME.progress == APPLIED && HEARS(RECEIVE_APPLIED) -> choice = RECEIVE_APPLIED }
    :: d_step { ASKS(RUN_STATEMENT) && ME.progress == UNCHANGED && HEARS(RECEIVE_UNCHANGED) -> choice = RECEIVE_UNCHANGED }
    :: d_step { ASKS(RUN_STATEMENT) && ME.progress > UNCHANGED && HEARS(RECEIVE_FAILED) -> choice = RECEIVE_FAILED }
    :: d_step { WHILE_FAULTS_LAST && (SENDS || RUNS) && HEARS(LATE_REPLY) -> choice = LATE_REPLY }
    :: d_step { ASKS(RUN_BY_ENGINE) && HEARS(ENGINE_TAKES_BACK) -> choice = ENGINE_TAKES_BACK }
    :: d_step { ASKS(VERIFY) && UNEQUAL && !OUTSIDE && HEARS(VERIFY_UNEQUAL) -> choice = VERIFY_UNEQUAL }
    :: d_step { ASKS(VERIFY) && !UNEQUAL && !OUTSIDE && HEARS(VERIFY_EQUAL) -> choice = VERIFY_EQUAL }
    :: d_step { ASKS(VERIFY) && UNEQUAL && OUTSIDE && HEARS(VERIFY_UNEQUAL_CHANGED) -> choice = VERIFY_UNEQUAL_CHANGED }
    :: d_step { ASKS(VERIFY) && !UNEQUAL && OUTSIDE && HEARS(VERIFY_EQUAL_CHANGED) -> choice = VERIFY_EQUAL_CHANGED }
    :: d_step { LOOKS_AT_DOUBT && HEARS_SIGHT(sight) -> choice = SIGHT(sight) }
    :: d_step { LOOKS_AT_DOUBT && drift && SIGHT(sight_drifted) != 0 && HEARS_SIGHT(sight_drifted) -> choice = SIGHT(sight_drifted) }
    :: d_step { LOOKS_AT_DOUBT && SIGHT(sight_other_mark) != 0 && HEARS_SIGHT(sight_other_mark) -> choice = SIGHT(sight_other_mark) }

    /* People. */
    ${Array.from(
      { length: jobCount },
      (_, job) =>
        `:: d_step { WHILE_FAULTS_LAST && ASKS(REST) && AT(idle) && (c_expr { t_up[${job}] } != ((applied & c_expr { t_migration[${job}] }) != 0)) && HEARS(START_${job}) -> choice = START_${job} }`,
    ).join("\n    ")}
    :: d_step { MAY_STOP && AT(stop) == BY_SIGNAL && HEARS(SIGNAL) -> choice = SIGNAL }
    :: d_step { MAY_STOP && AT(stop) == BY_HALT && transaction != _pid + 1 && HEARS(HALT) -> choice = HALT }
    :: d_step { AT_REST && (!by_hand || ALL_UNMADE) && HEARS(RETRY_BY_UP) -> choice = RETRY_BY_UP }
    :: d_step { AT_REST && (!by_hand || ALL_UNMADE) && HEARS(RETRY) -> choice = RETRY }
    ${["RETRY_ROLLBACK", "RETRY_ROLLBACK_DECIDED"]
      .flatMap((name) => [
        `:: d_step { AT_REST && (!by_hand || SEES_HAND) && !corrected && HEARS(${name}) -> choice = ${name} }`,
        `:: d_step { AT_REST && (!by_hand || SEES_HAND) && corrected && HEARS(${name}_CORRECTED) -> choice = ${name}_CORRECTED }`,
      ])
      .join("\n    ")}
    :: d_step { AT_REST && transaction == 0 && (ALL_UNMADE || !JUDGES_CLAIMS) && !drift && !rows_gone && HEARS(RESOLVE_REVERTED) -> choice = RESOLVE_REVERTED }
    :: d_step { AT_REST && transaction == 0 && (ALL_UNMADE || !JUDGES_CLAIMS) && HEARS(RESOLVE_REVERTED_FORCED) -> choice = RESOLVE_REVERTED_FORCED }
    ${["RESOLVE_APPLIED", "RESOLVE_APPLIED_FORCED"]
      .map(
        (name) =>
          `:: d_step { AT_REST && transaction == 0 && ((ALL_MADE && DEPENDENCIES_HOLD) || !JUDGES_CLAIMS) && HEARS(${name}) -> choice = ${name} }`,
      )
      .join("\n    ")}
    fi;

    if
    :: d_step { !DUE -> move(); choice = 0 }
    :: d_step { DUE && FENCED_OFF -> move(); roll_back_of(_pid); end_session(_pid, OFF, 0); choice = 0 }
    /* The engine refuses the commit, and the transaction stays open. */
    :: d_step { DUE && !FENCED_OFF && REFUSABLE -> move(); ME.machine = c_expr { t_move_to[t_move[x_from][COMMIT_FAILED]] }; choice = 0 }
    /* The journal refuses the record. */
    :: d_step { WHILE_FAULTS_LAST && DUE && !FENCED_OFF ->
         move(); roll_back_of(_pid);
         x_memory = (JOURNAL(sink) -> OFF : LEASED);
         end_session(_pid, x_memory, 0);
         ME.arrival = (x_memory == OFF -> STARTED : REFUSED);
         choice = 0 }
    /* The connection is lost before the record is written, or after it. */
    :: d_step { WHILE_FAULTS_LAST && DUE && !FENCED_OFF -> move(); roll_back_of(_pid); end_session(_pid, CUT_OFF, KEPT(x_to)); choice = 0 }
    :: d_step { WHILE_FAULTS_LAST && DUE && !FENCED_OFF -> move(); write(); end_session(_pid, CUT_OFF, KEPT(x_to)); choice = 0 }
    :: d_step { DUE && !FENCED_OFF -> move(); write(); choice = 0 }
    fi
  }
  od
}
`;
}
