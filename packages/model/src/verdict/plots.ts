import type { ActionName } from "../explorer/action.ts";
import type { Happening, Plot } from "./plot.ts";

/** The database answers a statement with an error: without effect, or for a statement that may do so after a part. */
const sqlErrors: readonly ActionName[] = [
  "statement_fails",
  "fails_after_a_part",
  "fails_after_all",
  "engine_ends_transaction",
];
/** On the way back nothing is done by half, and an engine that takes a step back is not refused. */
const undoErrors: readonly ActionName[] = ["statement_fails", "fails_after_all"];
const byHand: readonly ActionName[] = ["finish_by_hand", "restore_by_hand"];
const mendedAtRest: Happening = { what: byHand, in: ["failed"] };

/** The five that the project began with. In each of them one runner is at work. */
export const plots: readonly Plot[] = [
  {
    scenario: "1",
    title: "mid-migration failure",
    happens: [
      { what: sqlErrors },
      // The process lives on, and connects again. Its statement, or its record, may have reached the server.
      { what: ["connection_cut", "written_unheard", "unwritten_unheard"] },
      mendedAtRest,
    ],
    dependency: "none",
    undos: "one_missing",
  },
  {
    scenario: "2",
    title: "dependency missing",
    happens: [{ what: ["dependency_missing", "dependency_arrives"] }],
    dependency: "comes_late",
    undos: "all",
  },
  {
    scenario: "3",
    title: "partial execution, fixed by hand",
    // By hand before anybody starts the tool again, as it really happened, or once it has stopped.
    happens: [{ what: ["crash"] }, { what: byHand }],
    dependency: "none",
    undos: "one_missing",
  },
  {
    scenario: "4",
    title: "rollback that was not clean",
    happens: [{ what: ["postcheck_false"] }, { what: undoErrors, in: ["rolling_back"] }, mendedAtRest],
    dependency: "none",
    undos: "all",
  },
  {
    scenario: "5",
    title: "doctrine violation found before execution",
    happens: [{ what: ["doctrine_violated"] }],
    dependency: "none",
    undos: "all",
  },
];
