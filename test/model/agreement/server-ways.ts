/** How each of the world's actions is driven on MariaDB and MySQL, or why it cannot happen there. */
import type { Ways } from "./ground.ts";
import { sqliteWays } from "./sqlite-ways.ts";

const oneRunner = {
  impossible: "one runner at a time: a second one is started beside it, and must find the lease held",
};
const inOne = "DDL commits by itself there, so that a migration never is one transaction";
const noMark = "the runner has the servers leave no marks";

export const serverWays: Ways = {
  actions: {
    ...sqliteWays.actions,
    engine_takes_back: { impossible: inOne },
    engine_ends_transaction: { impossible: inOne },
    session_ends: { driven: "the server has ended the sessions of a client that is gone" },
    orphan_applies: { driven: "a statement whose client is gone gets the lock that it waits for, and runs to its end" },
    orphan_fails: { driven: "KILL CONNECTION; where a new process comes next and may, that one has to end it" },
    orphan_does_a_part: { driven: "as `orphan_applies`, with a statement that does a part" },
    undo_would_destroy: { driven: "the session answers that there are rows of others" },
    statement_fails: { driven: "`run` gets a statement of the same kind on a table that is not there" },
    fails_after_a_part: { driven: "a statement that does a part, and an error" },
    fails_after_all: { driven: "the statement itself, and an error" },
    crash: { driven: "both sockets are destroyed where the process stands; a statement under way runs on" },
    connection_cut: { driven: "both sockets are destroyed; an answer that was on its way is lost" },
    session_killed: {
      driven: "KILL CONNECTION of the session that runs the statements, a statement that waits included",
    },
    session_killed_too_late: { driven: "the statement runs, KILL CONNECTION, and nobody hears that it ran" },
    session_killed_half_way: { driven: "the same, with a statement that does a part" },
    server_crash: {
      driven: "KILL CONNECTION of every session; test/faults and test/mysql kill the servers themselves",
    },
    server_crash_after_effect: { driven: "the statement runs, and every session is killed" },
    server_crash_half_way: { driven: "the same, with a statement that does a part" },
    lease_lost: { impossible: "the lease is a lock of the session, and ends with nothing but the session" },
    late_reply: { impossible: "a link that was cut hears nothing any more" },
  },
  commits: {
    ...sqliteWays.commits,
    fenced: oneRunner,
    commit_refused: { impossible: inOne },
    written_unheard: { driven: "`append` happens, and then the sockets are destroyed" },
    unwritten_unheard: { driven: "the sockets are destroyed before `append`" },
  },
  never: {
    // What becomes durable together is decided by the loop, not by the engine.
    ...sqliteWays.never,
    "decision its mark is set, and no picture speaks against it": noMark,
    "decision its mark is absent, and its effect could not be seen": noMark,
    "decision its mark is absent, and yet its objects are not as before": noMark,
    "plan migration rollback": inOne,
    "plan migration resume": inOne,
    "plan migration stop": inOne,
  },
  limits: [
    "Of a file's own way back the runner does not know which statement changes which objects: when one that promises nothing is " +
      "in doubt, what it has changed counts as changed by others, and the migration waits in `failed` for `resolve`, where the " +
      "world lets an operator decide. Files with such statements have no way back of their own here.",
    "The server itself is not killed here: all its sessions are. test/mysql/crash-matrix.test.ts kills servers.",
    "A step done in part is another statement that leaves what a part would leave; no server is caught in the middle of one.",
    "CREATE TABLE can't be held up by a lock: where its client is gone, it is sent late instead of waiting.",
    "A process that is at rest does not wait for a database that it has lost: it ends there, and the next one reads what there is.",
  ],
};
