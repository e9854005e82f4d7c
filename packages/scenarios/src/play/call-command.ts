/** One call of the command line, without a process of its own. */
import type { Database, Progress } from "surefoot/parts";
import { main } from "surefoot/parts";

export interface Call {
  readonly words: readonly string[];
  readonly url: string;
  readonly folder: string;
}

export interface Hearing {
  readonly said: (text: string, stream: "out" | "err") => void;
  readonly watch: (event: Progress) => void;
  readonly between?: (database: Database) => Database;
}

/** Answers with the exit code. */
export async function callCommand({ words, url, folder }: Call, { said, watch, between }: Hearing): Promise<number> {
  return main([...words, "--db", url], {
    out: (text) => said(text, "out"),
    err: (text) => said(text, "err"),
    env: {},
    cwd: folder,
    signal: new AbortController().signal,
    ask: null,
    watch,
    ...(between === undefined ? {} : { between }),
  });
}
