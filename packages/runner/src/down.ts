import type { Applied } from "@surefoot/model";
import { dependentsOf, planOf } from "@surefoot/model";
import { SurefootError } from "./error.ts";
import type { Material } from "./material.ts";
import { foundUndosOf, materialOf, noMaterial, withUndos } from "./material.ts";
import { checksumsOf, nodeOf } from "./pending.ts";
import type { MigrationFolder } from "./pending.ts";
import type { Readied } from "./prepare-migration.ts";
import { readyDown, readyUp } from "./prepare-migration.ts";
import type { DownResult } from "./results.ts";
import type { Bench, Workshop, WriteOptions } from "./workshop.ts";
import { answering, base, folderOf, operatorNeeded, recover, remainingOf, stopped, withBench } from "./workshop.ts";
import { emptyUp, failedOf, isStopped } from "./up.ts";

export interface DownOptions extends WriteOptions {
  /** This one stays applied; everything after it is reverted. */
  readonly to?: string;
  /** How many to revert, newest first. Default 1. */
  readonly steps?: number;
  /** Asked with what will be destroyed, before anything runs; false stops. Without it nothing that destroys is run. */
  readonly confirm?: (destroys: readonly string[]) => Promise<boolean>;
}

const emptyDown: Omit<DownResult, "type" | "command" | "exit" | "state" | "error" | "next"> = {
  ...emptyUp,
  reverted: [],
};

interface Reverting {
  readonly id: string;
  readonly readied: Readied & { readonly undoMissing: readonly number[] };
}

/** Reverts applied migrations, newest first. What can't be reverted is refused before anything runs. */
export async function down(shop: Workshop, options: DownOptions): Promise<DownResult> {
  return answering<DownResult>(
    "down",
    () => withBench(shop, options, (bench) => descend(shop, options, bench)),
    emptyDown,
  ).then((result) => (result.error?.code === "LEASE_HELD" ? { ...result, outcome: "busy" } : result));
}

async function descend(shop: Workshop, options: DownOptions, bench: Bench): Promise<DownResult> {
  const { run, runId, session } = bench;
  const reverted: string[] = [];
  const result = (outcome: DownResult["outcome"], exit: number, more: Partial<DownResult> = {}): DownResult => ({
    ...base("down", run, exit, more.error ?? null),
    ...emptyDown,
    outcome,
    run: runId,
    reverted,
    remaining: remainingOf(run),
    ...more,
  });
  const folder = folderOf(shop);
  const recovered = await recover(bench);
  if (recovered !== null && run.state.type === "idle")
    return result("nothing", 0, {
      error: null,
      next: ["surefoot status", "surefoot down"],
      verified: recovered.verified,
    });
  if (run.state.type === "failed") {
    if (run.state.wayBack !== null) return result("failed", 4, { error: operatorNeeded(run) });
    await run.feed({ type: "retry", by: "operator" });
  }
  const chosen = choose(bench.applied, folder, options);
  if (chosen.length === 0) return result("nothing", 0);
  refuseDependents(chosen, bench.applied, folder);
  const reverting: Reverting[] = [];
  for (const applied of chosen)
    reverting.push({ id: applied.id, readied: await readyToRevert(applied, folder, bench) });
  refuseMissing(reverting);
  await askBefore(reverting, options, session);
  for (const { id, readied } of reverting) {
    if (isStopped(shop)) return result("interrupted", 130);
    const rest = await run.feed(
      { type: "start", migration: id, direction: "down" },
      {},
      {
        seal: shop.config.strict === true ? "objects" : "mark",
        prepare: async () => ({
          reply: { type: "preparation", missing: [], newer: [], dependents: [], undoMissing: [] },
          prepared: readied,
          facts: {},
          refused: readied.refused,
          violations: [],
        }),
      },
    );
    if (run.state.type === "idle" && rest.path.at(-2) === "completing" && !rest.vanished) {
      reverted.push(id);
      continue;
    }
    const failed = failedOf(id, rest, bench);
    const asked = isStopped(shop) && failed.cause === "interrupted";
    const error = stopped(run, rest) ?? {
      code: failed.cause.toUpperCase() as Uppercase<typeof failed.cause>,
      message: failed.message ?? `${id} was not reverted.`,
    };
    const unclean = run.state.type === "failed" && run.state.wayBack !== null;
    const outcome = asked ? "interrupted" : run.state.type === "failed" ? "failed" : "rolled_back";
    return result(unclean ? "failed" : outcome, unclean ? 4 : asked ? 130 : 3, {
      failed,
      error,
      verified: rest.verified,
    });
  }
  return result("applied", 0);
}

/** Newest first: in the reverse of the order in which they were applied. */
function choose(
  applied: ReadonlyMap<string, Applied>,
  folder: MigrationFolder,
  { to, steps }: DownOptions,
): readonly Applied[] {
  const newestFirst = [...applied.values()].reverse();
  if (to === undefined) return newestFirst.slice(0, steps ?? 1);
  const stays = newestFirst.findIndex(({ id }) => id === to);
  if (stays === -1)
    throw new SurefootError("USAGE", `${to} is not applied, so nothing can be reverted down to it.${folder.hint(to)}`, {
      next: ["surefoot status"],
    });
  return newestFirst.slice(0, stays);
}

function refuseDependents(
  chosen: readonly Applied[],
  applied: ReadonlyMap<string, Applied>,
  folder: MigrationFolder,
): void {
  const going = new Set(chosen.map(({ id }) => id));
  const nodes = [...applied.keys()].filter((id) => folder.has(id)).map((id) => nodeOf(folder.file(id)));
  for (const { id } of chosen) {
    const left = dependentsOf(id, nodes).filter((dependent) => !going.has(dependent));
    if (left.length > 0)
      throw new SurefootError(
        "NOT_APPLICABLE",
        `${id} can't be reverted: ${left.join(", ")} depends on it and is applied. Revert that first, or more at once with --to.`,
        { next: ["surefoot status"] },
      );
  }
}

/** The file when its `up` is unchanged, else what the journal kept. */
async function readyToRevert(
  applied: Applied,
  folder: MigrationFolder,
  { session }: Bench,
): Promise<Reverting["readied"]> {
  const { id, detail } = applied;
  const unchanged = new Set(Array.isArray(detail["unchanged"]) ? (detail["unchanged"] as number[]) : []);
  const stored = checksumsOf(detail);
  const row = await session.readPrepared(id);
  const kept: { [key: string]: unknown } = row === null ? {} : (JSON.parse(row.detail) as { [key: string]: unknown });
  const texts: Material | null = materialOf(kept["texts"] as Parameters<typeof materialOf>[0]);
  const material = texts === null ? null : withUndos(texts, foundUndosOf(detail["undos"]));
  const known = folder.has(id) && (stored === null || folder.file(id).checksums.up === stored.up);
  if (known) {
    const defaults = { transaction: undefined, recovery: undefined };
    const fresh = await readyUp(folder.file(id), session, defaults, { kept: material ?? noMaterial });
    return readyDown({ material: fresh.material, unchanged, plan: fresh.plan }, session);
  }
  const plan = planOf(kept as Parameters<typeof planOf>[0]);
  if (material === null || plan === null)
    throw new SurefootError(
      "NOT_APPLICABLE",
      `${id} can't be reverted: its file is gone or was changed, and the journal has no text of it (it was recorded as ` +
        `${applied.how}). Put its file back as it was.`,
      { next: ["surefoot status"] },
    );
  return readyDown({ material, unchanged, plan }, session);
}

function refuseMissing(reverting: readonly Reverting[]): void {
  const lines = reverting.flatMap(({ id, readied }) =>
    readied.undoMissing.length === 0
      ? []
      : [
          `${id}: ${readied.undoMissing.map((step) => `step ${step + 1}`).join(", ")} has no undo, and there is no \`down\` section`,
        ],
  );
  if (lines.length === 0) return;
  throw new SurefootError(
    "NOT_APPLICABLE",
    `Nothing was reverted. ${lines.join("; ")}. Write \`-- migrate:undo SQL;\` below the step, or a \`-- migrate:down\` section.`,
    { next: ["surefoot plan"] },
  );
}

async function askBefore(
  reverting: readonly Reverting[],
  { confirm }: DownOptions,
  session: Bench["session"],
): Promise<void> {
  const destroys: string[] = [];
  for (const { id, readied } of reverting)
    for (const { destroys: what } of readied.facts) {
      if (what === null) continue;
      const table = /^every row of (.+)$/.exec(what)?.[1];
      const count = table === undefined ? null : await session.countRows(table);
      destroys.push(`${id}: ${what}${count === null ? "" : ` (${count} now)`}`);
    }
  if (destroys.length === 0) return;
  if (confirm !== undefined && (await confirm(destroys))) return;
  throw new SurefootError(
    "CONFIRMATION_NEEDED",
    `Nothing was reverted, because that would destroy: ${destroys.join("; ")}. Add --yes if that is meant.`,
    { next: ["surefoot down --yes"] },
  );
}
