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

function historyText(records: HistoryResult["records"]): string {
  if (records.length === 0) return "The journal is empty.";
  return (records as readonly { readonly [field: string]: unknown }[])
    .map((record) => {
      const { seq, at, migration, event } = record;
      const start = `${String(seq).padStart(5)}  ${String(at)}  ${String(migration ?? "")}`;
      if (record["type"] === "note") return `${start}  note: ${String(event)}`;
      const step = typeof record["step"] === "number" ? ` ${record["step"] + 1}` : "";
      const message = (record["detail"] as { readonly message?: unknown }).message;
      const why = typeof message === "string" ? `\n       ${message.replaceAll("\n", "\n       ")}` : "";
      return `${start}  ${String(record["from"])} → ${String(record["to"])}  ${String(event)}${step}${why}`;
    })
    .join("\n");
}
