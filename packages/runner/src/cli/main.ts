import { assertNever } from "@surefoot/model";
import { SurefootError } from "../error.ts";
import { nearest } from "../nearest.ts";
import { asSurefootError, errorOf } from "../workshop.ts";
import type { Command } from "./command.ts";
import { commands } from "./commands.ts";
import type { Io } from "./io.ts";
import { quickParse } from "./quick-parse.ts";

/** Words that other tools use, with the command that is meant. */
const meant: { readonly [word: string]: string } = {
  rollback:
    "`surefoot down` reverts an applied migration; `surefoot retry-rollback` goes on with a rollback that stopped",
  migrate: "`surefoot up` applies what is pending",
  unlock: "nothing needs to be unlocked: the lease ends with its process. `surefoot status` shows who holds it",
  force: "`surefoot resolve --applied` or `--reverted` records what was done by hand, after a look at the database",
  repair: "`surefoot explain` says what is wrong and which commands are safe",
  validate:
    "`surefoot plan` shows what would run and what would be refused; `surefoot verify` tries it on a scratch database",
  check: "`surefoot status --check` answers with an exit code",
};

/** Runs one call of the command line and answers with its exit code. Never ends the process itself. */
export async function main(argv: readonly string[], io: Io): Promise<number> {
  const json = argv.includes("--json");
  try {
    const command = await parse(argv, io);
    return command === null ? 0 : await run(command, io);
  } catch (error) {
    const known = asSurefootError(error);
    if (json) {
      const result = {
        type: "result",
        command: argv.find((word) => !word.startsWith("-")) ?? "",
        exit: known.exitCode,
        state: null,
        error: errorOf(known),
        next: known.next,
      };
      io.out(`${JSON.stringify(result)}\n`);
    } else io.err(`surefoot: ${known.message}\n`);
    return known.exitCode;
  }
}

/** Each command is loaded when it is called: `graph` needs no database driver, and `up` no diagrams. */
async function run(command: Command, io: Io): Promise<number> {
  switch (command.type) {
    case "init":
      return (await import("./init.ts")).init(command, io);
    case "new":
      return (await import("./new.ts")).newMigration(command, io);
    case "status":
      return (await import("./status.ts")).status(command, io);
    case "plan":
      return (await import("./plan.ts")).plan(command, io);
    case "verify":
      return (await import("./verify.ts")).verify(command, io);
    case "history":
      return (await import("./history.ts")).history(command, io);
    case "explain":
      return (await import("./explain.ts")).explain(command, io);
    case "up":
    case "retry":
      return (await import("./up.ts")).up(command, io);
    case "down":
      return (await import("./down.ts")).down(command, io);
    case "recover":
      return (await import("./rest.ts")).recover(command, io);
    case "retry-rollback":
      return (await import("./rest.ts")).retryRollback(command, io);
    case "resolve":
      return (await import("./rest.ts")).resolve(command, io);
    case "baseline":
      return (await import("./adopt.ts")).baseline(command, io);
    case "accept-edit":
      return (await import("./adopt.ts")).acceptEdit(command, io);
    case "prove":
      return (await import("./prove.ts")).prove(command, io);
    case "replay":
    case "verdict":
      return (await import("./replay.ts")).replay(command, io);
    case "graph":
      return (await import("./graph.ts")).graph(command, io);
    default:
      return assertNever(command);
  }
}

/** Null: help or the version was asked for, and has been printed. */
async function parse(argv: readonly string[], io: Io): Promise<Command | null> {
  const [word] = argv;
  const spec = commands.find(({ name }) => name === word);
  if (spec === undefined && word !== undefined && !word.startsWith("-")) throw unknownWord(word);
  const quick = spec === undefined ? null : quickParse(spec, argv.slice(1));
  if (quick !== null) return quick;
  const parsed = (await import("./full-parse.ts")).fullParse(argv, io);
  if (parsed.type === "problem") throw new SurefootError("USAGE", parsed.message);
  return parsed.type === "command" ? parsed.command : null;
}

function unknownWord(word: string): SurefootError {
  const other = meant[word];
  if (other !== undefined) return new SurefootError("USAGE", `There is no command ${word}: ${other}.`);
  const near = nearest(
    word,
    commands.map(({ name }) => name),
  );
  return new SurefootError(
    "USAGE",
    `There is no command ${word}.${near === null ? " `surefoot --help` lists them." : ` Did you mean ${near}?`}`,
  );
}
