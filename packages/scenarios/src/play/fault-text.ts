/** Faults in words, for those who watch. */
import type { Fault } from "../scenario.ts";

export function faultText(fault: Fault): string {
  const where =
    fault.step !== undefined
      ? `step ${fault.step}`
      : fault.undoOf !== undefined
        ? `the undo of step ${fault.undoOf}`
        : fault.making === undefined
          ? `the ${fault.check ?? ""}-check`
          : "the making of the journal";
  if ("answers" in fault)
    return {
      error: `${where} is answered with an error`,
      partly: `${where} does a part and is answered with an error`,
      nothing: `${where} runs and does nothing`,
      false: `${where} does not hold`,
    }[fault.answers];
  if (!("lose" in fault) && !("kill" in fault)) return `${where} is about to run, and somebody else comes`;
  if ("lose" in fault && fault.meanwhile !== undefined)
    return `the connection is lost before ${where}, and somebody else comes before there is another`;
  if ("lose" in fault)
    return fault.lose === "reply"
      ? `${where} is done, and the reply is lost`
      : `the connection is lost in ${where}; the statement ${fault.statement === "finishes" ? "reaches its end on the server" : "does not reach its end"}`;
  const what = { runner: "the runner is killed", session: "its session is killed", server: "the server is killed" }[
    fault.kill
  ];
  const when = {
    before_effect: `before ${where} is sent`,
    during: `in ${where}${fault.statement === "finishes" ? "; the server goes on to its end" : fault.statement === "runs_on" ? "; the server goes on with it" : ""}`,
    after_effect:
      fault.making === undefined ? `after ${where} took effect, before it hears so` : `in the middle of ${where}`,
    after_answer: `after it has heard of ${where}, before it is written into the journal`,
  }[fault.when];
  return `${what} ${when}`;
}
