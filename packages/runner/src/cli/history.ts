import type { HistoryResult } from "../results.ts";
import type { Command } from "./command.ts";
import type { Io } from "./io.ts";
import { finish } from "./present.ts";
import { runnerFor } from "./project.ts";

export async function history(command: Extract<Command, { type: "history" }>, io: Io): Promise<number> {
  const runner = await runnerFor(command, io);
  const { records, ...result } = await runner.history();
  if (command.json) for (const record of records) io.out(`${JSON.stringify(record)}\n`);
  return finish({ ...result, records: [] }, command, io, () => historyText(records));
}

/** The fields of a record that people see; those of a transition are absent in a note. */
interface Line {
  readonly type: "transition" | "note";
  readonly seq: number;
  readonly at?: string;
  readonly migration: string | null;
  readonly event: string;
  readonly from?: string;
  readonly to?: string;
  readonly step?: number | null;
  readonly detail: { readonly message?: unknown };
}

function historyText(records: HistoryResult["records"]): string {
  if (records.length === 0) return "The journal is empty.";
  return (records as readonly Line[])
    .map(({ type, seq, at, migration, event, from, to, step, detail: { message } }) => {
      const start = `${String(seq).padStart(5)}  ${at ?? ""}  ${migration ?? ""}`;
      if (type === "note") return `${start}  note: ${event}${typeof message === "string" ? ` (${message})` : ""}`;
      const number = typeof step === "number" ? ` ${step + 1}` : "";
      const why = typeof message === "string" ? `\n       ${message.replaceAll("\n", "\n       ")}` : "";
      return `${start}  ${from ?? ""} → ${to ?? ""}  ${event}${number}${why}`;
    })
    .join("\n");
}
