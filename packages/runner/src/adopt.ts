/** Taking over a database that was migrated before, and accepting a file that was edited afterwards. */
import { SurefootError } from "./error.ts";
import type { BaselineResult } from "./results.ts";
import { checksumDetail } from "./up.ts";
import type { Workshop, WriteOptions } from "./workshop.ts";
import { answering, base, folderOf, withBench } from "./workshop.ts";

export interface BaselineOptions extends WriteOptions {
  /** Everything up to this one. Default: all files. */
  readonly to?: string;
  /** Only these. */
  readonly only?: readonly string[];
}

export interface AcceptEditOptions extends WriteOptions {
  readonly id: string;
  readonly reason: string;
}

const empty: Omit<BaselineResult, "type" | "command" | "exit" | "state" | "error" | "next"> = { recorded: [] };

/** Records migrations as applied without running them. */
export async function baseline(shop: Workshop, options: BaselineOptions): Promise<BaselineResult> {
  return answering<BaselineResult>(
    "baseline",
    () =>
      withBench(shop, options, async (bench) => {
        const { run, applied } = bench;
        const folder = folderOf(shop);
        const chosen = options.only ?? upTo(folder.ids, options.to, folder.dir, (id) => folder.hint(id));
        const files = chosen.map((id) => folder.file(id));
        if (run.state.type !== "idle")
          throw new SurefootError(
            "NOT_APPLICABLE",
            `${run.state.migration} is in ${run.state.type}. Settle that first: surefoot explain. Nothing was recorded.`,
            { next: ["surefoot explain"] },
          );
        for (const file of files) {
          const missing = file.depends.find(
            ({ id, optional }) => !optional && !chosen.includes(id) && !applied.has(id),
          );
          if (missing !== undefined)
            throw new SurefootError(
              "NOT_APPLICABLE",
              `${file.id} depends on ${missing.id}, which is not applied. Record that as well. Nothing was recorded.`,
              { next: [`surefoot baseline --to ${file.id}`] },
            );
        }
        const fresh = files.filter(({ id }) => !applied.has(id));
        await run.note(
          fresh.map((file) => ({
            migration: file.id,
            event: "baseline" as const,
            detail: { checksums: checksumDetail(file, folder) },
          })),
        );
        return { ...base("baseline", run, 0, null), recorded: fresh.map(({ id }) => id) };
      }),
    empty,
  );
}

function upTo(
  ids: readonly string[],
  to: string | undefined,
  dir: string,
  hint: (id: string) => string,
): readonly string[] {
  if (to === undefined) return ids;
  const last = ids.indexOf(to);
  if (last === -1) throw new SurefootError("USAGE", `There is no migration ${to} in ${dir}.${hint(to)}`);
  return ids.slice(0, last + 1);
}

/** Takes the file of an applied migration as it is now for what was applied. */
export async function acceptEdit(shop: Workshop, options: AcceptEditOptions): Promise<BaselineResult> {
  return answering<BaselineResult>(
    "accept-edit",
    () =>
      withBench(shop, options, async ({ run, applied }) => {
        const folder = folderOf(shop);
        const file = folder.file(options.id);
        if (!applied.has(file.id))
          throw new SurefootError("NOT_APPLICABLE", `${file.id} is not applied, so its file may be edited freely.`, {
            next: ["surefoot status"],
          });
        if (options.reason.trim() === "") throw new SurefootError("USAGE", "accept-edit needs --reason TEXT.");
        const detail = { checksums: checksumDetail(file, folder), reason: options.reason };
        await run.note([{ migration: file.id, event: "accept_edit", detail }]);
        return { ...base("accept-edit", run, 0, null), recorded: [file.id] };
      }),
    empty,
  );
}
