import { execFile } from "node:child_process";
import type { ExecFileOptions } from "node:child_process";

/**
 * Runs a program and answers with what it printed.
 * @throws Error whose message ends with the last lines that the program printed
 */
export function output(
  command: string,
  args: readonly string[],
  options: ExecFileOptions & { readonly input?: string } = {},
): Promise<string> {
  const { input, ...rest } = options;
  return new Promise((resolve, reject) => {
    const all = { maxBuffer: 64 << 20, ...rest, encoding: "utf8" } as const;
    const child = execFile(command, args, all, (error, stdout, stderr) => {
      if (error === null) return resolve(stdout);
      const said = `${stderr}\n${stdout}`.trim().split("\n").slice(-6).join("\n");
      reject(new Error(`${[command, ...args].join(" ").slice(0, 120)}: ${said || error.message}`, { cause: error }));
    });
    // A program that ends early leaves its input unread; its exit code tells the story.
    child.stdin?.on("error", () => {});
    child.stdin?.end(input ?? "");
  });
}
