import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { loadConfig } from "../config.ts";
import { SurefootError } from "../error.ts";
import { listFolder } from "../files/read-folder.ts";
import type { Command } from "./command.ts";
import type { Io } from "./io.ts";
import { folderOf } from "./project.ts";

const template = `-- migrate:up

`;

/** Writes a migration file. Numbers are UTC timestamps, or the next number in a folder that counts. */
export async function newMigration(command: Extract<Command, { type: "new" }>, io: Io): Promise<number> {
  const dir = folderOf(command, await loadConfig(io.cwd), io);
  const slug = command.name
    .trim()
    .toLowerCase()
    .replace(/[^\p{Letter}\p{Number}]+/gu, "_")
    .replace(/^_+|_+$/g, "");
  if (slug === "")
    throw new SurefootError("USAGE", "A migration's name needs a letter or a digit: surefoot new add_users.");
  if (!existsSync(dir)) mkdirSync(dir, { recursive: true });
  const id = `${nextNumber(listFolder(dir), new Date())}_${slug}`;
  const path = join(dir, `${id}.sql`);
  writeFileSync(path, template, { flag: "wx" });
  if (command.json) {
    const result = {
      type: "result",
      command: "new",
      exit: 0,
      state: null,
      error: null,
      next: ["surefoot plan", "surefoot up"],
      id,
      path,
    };
    io.out(`${JSON.stringify(result)}\n`);
  } else
    io.out(
      `Wrote ${path}. Write its statements below \`-- migrate:up\`, each followed by \`-- migrate:undo SQL;\`, then: surefoot plan\n`,
    );
  return 0;
}

/** `20261122230501`, or `0007` after `0006`. */
export function nextNumber(entries: readonly { readonly id: string; readonly number: bigint }[], now: Date): string {
  const last = entries.at(-1);
  const width = last === undefined ? 14 : (/^\d+/.exec(last.id)?.[0].length ?? 14);
  if (last !== undefined && width < 14) return String(last.number + 1n).padStart(width, "0");
  const stamp = now.toISOString().replace(/\D/g, "").slice(0, 14);
  return last !== undefined && BigInt(stamp) <= last.number ? String(last.number + 1n) : stamp;
}
