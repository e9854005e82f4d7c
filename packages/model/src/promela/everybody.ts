/** What concerns everybody: the server, and people who use no runner. */
import { each } from "./each.ts";

export function everybodyProcess(runners: number, calm: boolean): string {
  const crashes = Array.from({ length: runners }, (_, runner) => {
    const runs = `WHILE_FAULTS_LAST && r[${runner}].progress == RUNNING`;
    const statement = `(c_expr { now.r[${runner}].orphan } -> c_expr { now.r[${runner}].statement } : c_expr { t_statement[now.r[${runner}].machine] })`;
    const is = (table: string) =>
      `c_expr { t_${table}[now.r[${runner}].orphan ? now.r[${runner}].statement : t_statement[now.r[${runner}].machine]] }`;
    return `  :: d_step { ${runs} && !${is("transactional")} -> x_statement = ${statement}; apply(${runner}, false); server_falls() }
  :: d_step { ${runs} && ${is("opaque")} && ${is("way_up")} -> x_statement = ${statement}; apply(${runner}, true); server_falls() }`;
  }).join("\n");
  return `
#define J_JOB(table) c_expr { t_##table[t_job[now.journal]] }
#define NOBODY_WORKS !(${each(runners, (i) => `HAS_SESSION(${i}) || r[${i}].orphan`, " || ")})
#define BY_HAND (WHILE_FAULTS_LAST && WITH_OPERATOR && JOURNAL(job) >= 0 && transaction == 0 && NOBODY_WORKS)
#define WITH(wanted) ((cells & ~J_JOB(own_mask)) | J_JOB(wanted))
#define SHOWS(wanted) (JOURNAL(failed) || (WITH(wanted) & JOURNAL(visible_mask)) != JOURNAL(visible))
#define MAKEABLE ((applied & J_JOB(needs)) == J_JOB(needs) && (applied & J_JOB(dependents)) == 0)
#define UNDER_WAY (JOURNAL(planned) || ${each(runners, (i) => `c_expr { t_planned[t_at[now.r[${i}].machine]] }`, " || ")})

inline server_falls() {
  roll_back();
  ${each(
    runners,
    (i) => `if
  :: r[${i}].orphan -> end_orphan(${i})
  :: HAS_SESSION(${i}) && !r[${i}].orphan -> end_session(${i}, CUT_OFF, 0)
  :: else
  fi;`,
    "\n  ",
  )}
  skip
}

active proctype everybody() {
  do
#if STATEMENTS_LIVE_IN_A_SERVER
  :: d_step { WHILE_FAULTS_LAST && !(NOBODY_WORKS) -> server_falls() }
${crashes}
#endif
  :: d_step { WHILE_FAULTS_LAST && WITH_OPERATOR && CORRECTABLE && !corrected && JOURNAL(failed) -> corrected = 1 }
  /* Nobody works in the database by hand while a runner does: that is what they are told. */
  :: d_step { BY_HAND && MAKEABLE && cells != WITH(made) && SHOWS(made) -> cells = WITH(made); by_hand = 1 }
  :: d_step { BY_HAND && cells != WITH(unmade) && SHOWS(unmade) -> cells = WITH(unmade); rows_gone = 0; by_hand = 1 }
  :: d_step { WHILE_FAULTS_LAST && ARRIVING != 0 && (applied & ARRIVING) == 0 -> applied = applied | ARRIVING }
  :: d_step { WHILE_FAULTS_LAST && WITH_DRIFT && (STATEMENTS_LIVE_IN_A_SERVER || transaction == 0) && (UNDER_WAY || drift) -> drift = 1 - drift }
${calm ? "  :: d_step { !calm -> calm = 1 }\n" : ""}  od
}
`;
}
