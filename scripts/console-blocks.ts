/** Console blocks of a page: the commands in them are run, and what they print is what the page must show. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";

const bins = join(import.meta.dirname, "..", "node_modules", ".bin");

/** The page with every console block as its commands make it. All blocks of a page share one new folder. */
export function withOutputs(page: string): string {
  const folder = mkdtempSync(join(tmpdir(), "surefoot-page-"));
  try {
    return page.replace(/```console\n([^]*?)```/g, (_, block: string) => {
      const parts = commandsOf(block).map((command) => `$ ${command}\n${outputOf(command, folder)}`);
      return `\`\`\`console\n${parts.join("")}\`\`\``;
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A command begins with `$ `; one with a here-document goes on to its end. */
function commandsOf(block: string): readonly string[] {
  const commands: string[] = [];
  const lines = block.split("\n");
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at] ?? "";
    if (!line.startsWith("$ ")) continue;
    const command = [line.slice(2)];
    const end = /<<'(\w+)'/.exec(line)?.[1];
    if (end !== undefined) {
      const last = lines.indexOf(end, at);
      command.push(...lines.slice(at + 1, last + 1));
      at = last;
    }
    commands.push(command.join("\n"));
  }
  return commands;
}

function outputOf(command: string, folder: string): string {
  const { DATABASE_URL: _, ...env } = process.env;
  const done = spawnSync("bash", ["-c", `${command} 2>&1`.replace(/(<<'(\w+)'\n[^]*\n\2) 2>&1$/, "$1")], {
    cwd: folder,
    encoding: "utf8",
    env: { ...env, PATH: `${bins}${delimiter}${process.env["PATH"] ?? ""}` },
  });
  const out = done.stdout.replaceAll(folder, "…");
  return out === "" || out.endsWith("\n") ? out : `${out}\n`;
}
