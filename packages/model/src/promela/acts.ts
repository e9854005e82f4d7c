/**
 * What the database, a session and a record do, written for SPIN: guarded commands over rows of bits, and not a
 * translation of `successors.ts`, so that equal counts mean something. Each is called within a `d_step`.
 */
import { each } from "./each.ts";

export function acts(runners: number): string {
  return `
#define ME r[_pid]
#define HAS_SESSION(i) (r[i].phase == LEASED || r[i].phase == LIVE)
#define HOLDS_LEASE(i) ((HAS_SESSION(i) && !r[i].lease_lost) || (r[i].orphan && !LEASE_OF_CLIENT))
#define LEASE_IS_FREE !(${each(runners, (i) => `HOLDS_LEASE(${i})`, " || ")})
#define SOME_ORPHAN (${each(runners, (i) => `r[${i}].orphan`, " || ")})
#define JOURNAL(table) c_expr { t_##table[now.journal] }
#define KEPT(memory) (FORGETS -> 0 : memory)
#define STATEMENT(table) c_expr { t_##table[x_statement] }
#define TO(table) c_expr { t_##table[t_at[x_to]] }
#define BEFORE(table) c_expr { t_##table[t_at[x_from]] }
#define WAS(table) c_expr { t_##table[x_was] }
#define OF_JOB(table) c_expr { t_##table[x_job] }
#define EVENT c_expr { t_move_event[x_move] }
#define EXCUSE c_expr { t_move_excuse[x_move] }
#define QUIET(i) (!r[i].orphan || r[i].progress == DANGLING)

inline roll_back() {
  transaction = 0; inside = 0; rows_gone_inside = 0; hazards_inside = 0
}

inline roll_back_of(i) {
  if :: transaction == i + 1 -> roll_back() :: else fi
}

inline begin(i) {
  transaction = i + 1; inside = cells; rows_gone_inside = rows_gone
}

/* Nothing is left of a session but, where runners do not forget, what was in memory. */
inline end_session(i, then, memory) {
  r[i].machine = memory; r[i].phase = then; r[i].arrival = STARTED;
  r[i].current = 0; r[i].lease_lost = 0; r[i].word = 0;
  r[i].progress = NOTHING_SENT; r[i].statement = 0; r[i].orphan = 0; r[i].refused = 0; r[i].checked = 0
}

inline end_orphan(i) {
  roll_back_of(i);
  r[i].orphan = 0; r[i].progress = NOTHING_SENT; r[i].statement = 0
}

/* The client is gone. A server's session stays until the server notices, and its statement until it ends. */
inline leave_session(i, then) {
  if
  :: !HAS_SESSION(i) -> r[i].phase = then
  :: HAS_SESSION(i) && !STATEMENTS_LIVE_IN_A_SERVER -> roll_back_of(i); end_session(i, then, 0)
  :: else ->
    x_progress = (r[i].progress == RUNNING -> RUNNING : DANGLING);
    x_statement = (r[i].progress == RUNNING -> MINE(statement) : 0);
    x_memory = (then == CUT_OFF -> KEPT(r[i].machine) : 0);
    end_session(i, then, x_memory);
    r[i].orphan = 1; r[i].progress = x_progress; r[i].statement = x_statement
  fi
}

/* The database does the statement x_statement in the session of runner i, wholly or, on its way up, a part of it. */
inline apply(i, half) {
  ${each(runners, (k) => `r[${k}].checked = 0;`, " ")}
  x_inside = (transaction == i + 1);
  x_view = (x_inside -> inside : cells);
  x_bad = 0;
  x_changed = 1;
  if
  :: STATEMENT(way_up) && STATEMENT(preexisting) -> x_changed = 0
  :: STATEMENT(way_up) && !STATEMENT(preexisting) ->
    x_bad = ((x_view & STATEMENT(mask)) == STATEMENT(makes) -> TWICE : 0);
    x_bad = x_bad | ((x_view & STATEMENT(before_mask)) != STATEMENT(before) -> OUT_OF_ORDER : 0);
    x_view = (x_view & ~STATEMENT(mask)) | (half -> STATEMENT(part_made) : STATEMENT(makes));
    if
    :: STATEMENT(lossy) && x_inside -> rows_gone_inside = 1
    :: STATEMENT(lossy) && !x_inside -> rows_gone = 1
    :: else
    fi
  :: !STATEMENT(way_up) && by_hand -> x_bad = HANDS_WORK_UNDONE
  :: !STATEMENT(way_up) && !by_hand && STATEMENT(preexisting) -> x_bad = SNAPSHOT_DAMAGED
  :: else ->
    x_bad = ((x_view & STATEMENT(mask)) == STATEMENT(unmakes) -> TWICE : 0);
    x_bad = x_bad | ((x_view & STATEMENT(behind_mask)) != STATEMENT(behind) -> OUT_OF_ORDER : 0);
    x_view = (x_view & ~(STATEMENT(mask) | STATEMENT(covered_mask))) | STATEMENT(part_unmade) | STATEMENT(covered)
  fi;
  if
  :: x_inside -> inside = x_view; hazards_inside = hazards_inside | x_bad
  :: else -> cells = x_view; hazards = hazards | x_bad
  fi
}

/* The machine takes the move that was chosen. What the world is like before is kept for those who judge it. */
inline move() {
  x_from = FROM;
  x_move = c_expr { t_move[x_from][now.choice] };
  assert(x_move != HOLE && x_move != NOTHING);
  x_to = c_expr { t_move_to[x_move] };
  x_drift = drift; x_by_hand = by_hand; x_rows_gone = rows_gone; x_failed = (ME.progress == FAILED);
  if
  :: choice <= ARRIVE_REFUSED -> ME.phase = LIVE; ME.arrival = STARTED; ME.current = 1
  /* The snapshot takes in what others have changed before it. */
  :: choice == PREPARED || choice == PREPARED_CORRECTED -> drift = (ME.lease_lost -> drift : 0); ME.refused = 0
  :: choice >= DEPENDENCY_MISSING && choice <= PRECHECK_ERROR -> ME.refused = 1
  :: choice == PRECHECKS_PASS && IN_ONE -> drift = 0; begin(_pid)
  :: choice >= POSTCHECKS_PASS && choice <= POSTCHECK_ERROR -> ME.checked = (choice == POSTCHECKS_PASS)
  :: choice == ENGINE_TAKES_BACK && transaction == _pid + 1 -> inside = cells; rows_gone_inside = rows_gone
  :: choice == RETRY_ROLLBACK || choice == RETRY_ROLLBACK_CORRECTED -> ME.word = 0
  :: choice == RETRY_ROLLBACK_DECIDED || choice == RETRY_ROLLBACK_DECIDED_CORRECTED -> ME.word = 1
  :: else
  fi;
  ME.machine = x_to;
  ME.progress = NOTHING_SENT;
  if :: c_expr { t_effect[x_to] == REST } -> ME.word = 0; ME.refused = 0 :: else fi
}

/* Somebody has written: whoever has not read it is behind, and where the fence ends what it does, that is all it is. */
inline leave_behind(i) {
  if
  :: i != _pid ->
    r[i].current = 0;
    if
    :: FENCEABLE && r[i].phase == LIVE ->
      r[i].machine = 0; r[i].progress = NOTHING_SENT; r[i].word = 0; r[i].refused = 0; r[i].checked = 0
    :: else
    fi
  :: else
  fi
}


/* The records become durable, and with them what the open transaction holds. Then they are held against the database. */
inline write() {
  if :: !ME.current -> hazards = hazards | STALE_WRITER :: else fi;
  if
  :: transaction == _pid + 1 ->
    cells = inside; rows_gone = rows_gone_inside; hazards = hazards | hazards_inside; roll_back()
  :: else
  fi;
  x_was = journal;
  x_checked = ME.checked;
  journal = c_expr { t_at[x_to] };
  ${each(runners, (i) => `leave_behind(${i});`, " ")}
  ME.current = 1;
  x_job = (BEFORE(job) < 0 -> TO(job) : BEFORE(job));
  if :: x_job >= 0 -> hold_against() :: else fi;
  if
  :: (EXCUSE == IF_FAILED && !x_failed) || (EXCUSE == IF_ROWS_GONE && !x_rows_gone) ||
     (EXCUSE == IF_OTHERS && !x_drift && !x_by_hand) || EXCUSE == NO_EXCUSE -> hazards = hazards | NEEDLESS_HUMAN
  :: else
  fi;
  if :: TO(sink) -> ME.checked = 0 :: else fi;
  if :: TO(idle) -> by_hand = 0; rows_gone = 0; corrected = 0 :: else fi;
  if :: TO(idle) || TO(clean) -> drift = 0 :: else fi
}

inline hold_against() {
  /* Applied: every effect is there, and so is everything that it depends on. */
  if
  :: (TO(completing) -> TO(executed) : BEFORE(executed)) && !WAS(completing) && !x_checked ->
    hazards = hazards | FALSE_APPLIED
  :: else
  fi;
  if
  :: EVENT == RECORDED ->
    if
    :: (BEFORE(executed) || !BEFORE(completing)) && !by_hand && (cells & OF_JOB(own_mask)) != OF_JOB(made) ->
      hazards = hazards | FALSE_APPLIED
    :: else
    fi;
    if
    :: (OF_JOB(up) && (applied & OF_JOB(needs)) != OF_JOB(needs)) || (applied & OF_JOB(dependents)) != 0 ->
      hazards = hazards | DEPENDENCY_BROKEN
    :: else
    fi;
    applied = (OF_JOB(up) -> applied | OF_JOB(migration) : applied & ~OF_JOB(migration))
  :: else
  fi;
  /* Clean: nothing is left, and nobody is still at it. */
  if
  :: (EVENT == ROLLBACK_VERIFIED || EVENT == REVERTED_AS_SEEN || TO(clean)) && !by_hand &&
     ((cells & OF_JOB(own_mask)) != OF_JOB(unmade) || rows_gone || !(${each(runners, (i) => `QUIET(${i})`, " && ")})) ->
    hazards = hazards | (EVENT == ROLLBACK_VERIFIED -> FALSE_ROLLBACK : FALSE_CLEAN)
  :: else
  fi;
  if
  :: !TO(idle) && !by_hand && (cells & TO(implied_mask)) != TO(implied) -> hazards = hazards | JOURNAL_LIES
  :: else
  fi
}
`;
}
