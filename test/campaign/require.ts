/** What every end of a trial must be, whatever the engine: told as it is, and one of those that the world has. */
import { fold, isSink } from "@surefoot/model";
import type { UpResult } from "../../packages/runner/src/results.ts";
import type { Looked } from "../faults/server-trial.ts";
import { judgeEnd, said } from "../faults/server-trial.ts";
import type { Story } from "./trial.ts";
import type { EndText } from "./world-ends.ts";
import { personText } from "./world-ends.ts";

/** @throws Error that says what is promised and not so */
export async function requireAllowed(
  project: Looked,
  story: Story,
  result: UpResult,
  schema: readonly string[],
  allowed: ReadonlySet<EndText>,
): Promise<EndText> {
  const judged = await judgeEnd(project, story, result, schema);
  // An unreachable database is no end: the next start recovers.
  if (judged === "not_at_rest") return "not at rest";
  const end = judged === "person" ? personText(result.remaining) : judged === "applied" ? "applied" : "nothing";
  if (!allowed.has(end))
    throw new Error(`It came to “${end}”, and the world knows only ${[...allowed].join(", ")}; ${said(result)}`);
  return end;
}

/** The last one was struck by nothing: it is at rest, and a migration that can be applied is, unless a person is asked. */
export async function requireRest(project: Looked, end: EndText, { fails }: Story): Promise<void> {
  if (end === "not at rest") throw new Error("The last run was struck by nothing and is not at rest");
  if (end === (fails ? "applied" : "nothing")) throw new Error(`Nothing stood in the way, and it ended with ${end}`);
  const folded = fold(await project.journal());
  if (folded.type !== "folded" || !isSink(folded.folded.state.type)) throw new Error("The journal is not at rest");
}
