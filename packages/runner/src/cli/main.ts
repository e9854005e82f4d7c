import { Command as Program, CommanderError, InvalidArgumentError, Option } from "commander";
import { assertNever } from "@surefoot/model";
import { SurefootError } from "../error.ts";
import { nearest } from "../nearest.ts";
import { asSurefootError, errorOf } from "../workshop.ts";
import type { Command, Common, Writing } from "./command.ts";
import type { Io } from "./io.ts";
import { version } from "../who.ts";

/** Words that other tools use, with the command that is meant. */
const meant: { readonly [word: string]: string } = {
  rollback:
    "`surefoot down` reverts an applied migration; `surefoot retry-rollback` goes on with a rollback that stopped",
  migrate: "`surefoot up` applies what is pending",
  unlock: "nothing needs to be unlocked: the lease ends with its process. `surefoot status` shows who holds it",
  force: "`surefoot resolve --applied` or `--reverted` records what was done by hand, after a look at the database",
  repair: "`surefoot explain` says what is wrong and which commands are safe",
  validate: "`surefoot plan` shows what would run and what would be refused",
  check: "`surefoot status --check` answers with an exit code",
};

/** Runs one call of the command line and answers with its exit code. Never ends the process itself. */
export async function main(argv: readonly string[], io: Io): Promise<number> {
  const json = argv.includes("--json");
  try {
    const command = parse(argv, io);
    return command === null ? 0 : await run(command, io);
  } catch (error) {
    const known = usage(error) ?? asSurefootError(error);
    if (json) {
      const result = {
        type: "result",
        command: argv[0] ?? "",
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

function usage(error: unknown): SurefootError | null {
  if (!(error instanceof CommanderError)) return null;
  return new SurefootError(
    "USAGE",
    `${error.message.replace(/^error: /, "")}\nRun \`surefoot --help\` or \`surefoot COMMAND --help\`.`,
  );
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
    case "graph":
      return (await import("./graph.ts")).graph(command, io);
    default:
      return assertNever(command);
  }
}

/** Null: help or the version was asked for, and has been printed. */
function parse(argv: readonly string[], io: Io): Command | null {
  let found: Command | null = null;
  const program = new Program("surefoot");
  const output = { writeOut: io.out, writeErr: () => {}, outputError: () => {} };
  program
    .description("Schema migrations that never get stuck: journalled, recovered from evidence, verified.")
    .version(version, "--version", "print the version")
    .configureOutput(output)
    .exitOverride()
    .configureHelp({ showGlobalOptions: false })
    .helpCommand(false)
    .addHelpText(
      "after",
      "\nThe database is a URL such as sqlite:app.db: --db, else DATABASE_URL (also from .env), else the config file.\n" +
        "Exit codes: 0 done · 2 usage or file · 3 failed, nothing remains · 4 an operator is needed · 5 busy · 6 drift · 7 pending · 8 not at rest · 130 interrupted",
    );
  const take = (command: Command): void => {
    found = command;
  };
  const add = (name: string, summary: string, example: string, group: string): Program =>
    program
      .command(name)
      .helpGroup(group)
      .description(summary)
      .copyInheritedSettings(program)
      .configureOutput(output)
      .exitOverride()
      .addHelpText("after", `\nExample:\n  ${example}`)
      .option("--json", "print JSON lines to stdout", false);
  const at = (command: Program): Program =>
    command
      .option("--db <url>", "the database, such as sqlite:app.db", noFlag)
      .option("--dir <folder>", "the folder of migrations (default: migrations)", noFlag);
  const writing = (command: Program): Program =>
    at(command)
      .option("--wait <duration>", "wait so long for a live runner, such as 60s", duration, 0)
      .option("--reconnect <duration>", "wait so long for a lost database", duration, 30_000);
  const everyDay = "Every day:";
  const failed = "When something failed:";
  const adopting = "Adopting:";

  at(
    add(
      "init",
      "set up a project: a config file and a folder of migrations",
      "surefoot init --db sqlite:app.db",
      everyDay,
    ),
  ).action((given: Common) => take({ type: "init", ...common(given) }));
  at(add("new", "write a migration file with the next number", "surefoot new add_users", everyDay))
    .argument("<name>", "what it does, in a few words")
    .action((name: string, given: Common) => take({ type: "new", name, ...common(given) }));
  at(add("status", "state, applied and pending migrations; writes nothing", "surefoot status --check", everyDay))
    .option("--check", "exit 4, 6 or 7 when something is to be done", false)
    .action((given: Common & { check: boolean }) => take({ type: "status", check: given.check, ...common(given) }));
  at(add("plan", "what would run, step by step, with each undo; writes nothing", "surefoot plan", everyDay)).action(
    (given: Common) => take({ type: "plan", ...common(given) }),
  );
  at(add("history", "the journal, record by record; writes nothing", "surefoot history --json", everyDay)).action(
    (given: Common) => take({ type: "history", ...common(given) }),
  );
  const upOptions = (command: Program): Program =>
    writing(command)
      .option("--to <id>", "the last migration to apply", noFlag)
      .option("--atomic", "all pending migrations in one transaction, all or none", false)
      .option("--out-of-order", "apply a migration that comes before an applied one", false)
      .addOption(
        new Option("--recovery <policy>", "what a restart does with a migration that it finds unfinished").choices([
          "rollback",
          "resume",
          "stop",
        ]),
      );
  interface UpFlags extends Writing {
    readonly to?: string;
    readonly atomic: boolean;
    readonly outOfOrder: boolean;
    readonly recovery?: "rollback" | "resume" | "stop";
  }
  const takeUp = (type: "up" | "retry") => (given: UpFlags) =>
    take({
      type,
      to: given.to,
      atomic: given.atomic,
      outOfOrder: given.outOfOrder,
      recovery: given.recovery,
      ...written(given),
    });
  upOptions(
    add("up", "recover if needed, then apply what is pending, in order", "surefoot up --to 0003_orders", everyDay),
  ).action(takeUp("up"));
  writing(add("down", "revert the last applied migration, or more", "surefoot down --steps 2", everyDay))
    .addOption(new Option("--to <id>", "revert everything after this one").argParser(noFlag).conflicts("steps"))
    .option("--steps <number>", "how many to revert", positive)
    .option("--yes", "destroy what it destroys without asking", false)
    .action((given: Writing & { to?: string; steps?: number; yes: boolean }) =>
      take({ type: "down", to: given.to, steps: given.steps, yes: given.yes, ...written(given) }),
    );
  at(
    add("explain", "what happened, what is known, which commands are safe; writes nothing", "surefoot explain", failed),
  ).action((given: Common) => take({ type: "explain", ...common(given) }));
  writing(add("recover", "bring an interrupted migration to rest, and no more", "surefoot recover", failed)).action(
    (given: Writing) => take({ type: "recover", ...written(given) }),
  );
  upOptions(add("retry", "leave a clean failure, then do what `up` does", "surefoot retry", failed)).action(
    takeUp("retry"),
  );
  writing(
    add(
      "retry-rollback",
      "go on undoing, with undos corrected in the file",
      "surefoot retry-rollback --decide 2=applied",
      failed,
    ),
  )
    .option("--allow-data-loss", "run an undo although it destroys rows that the migration did not write", false)
    .option("--decide <step=word>", "what became of a step in doubt: N=applied or N=not-applied", decision, new Map())
    .action((given: Writing & { allowDataLoss: boolean; decide: ReadonlyMap<number, "applied" | "not_applied"> }) =>
      take({ type: "retry-rollback", allowDataLoss: given.allowDataLoss, decide: given.decide, ...written(given) }),
    );
  writing(
    add(
      "resolve",
      "say that it was finished or taken back by hand; looks before it believes",
      "surefoot resolve --applied",
      failed,
    ),
  )
    .addOption(new Option("--applied", "its steps are all in effect").conflicts("reverted"))
    .addOption(new Option("--reverted", "nothing of it is left"))
    .option("--force", "believe it against the evidence; needs --reason", false)
    .option("--reason <text>", "kept in the journal", noFlag)
    .action((given: Writing & { applied?: boolean; reverted?: boolean; force: boolean; reason?: string }) => {
      if (given.applied !== true && given.reverted !== true)
        throw new SurefootError("USAGE", "resolve needs to know what was done: --applied or --reverted.");
      const claim = given.applied === true ? "applied" : "reverted";
      take({ type: "resolve", claim, force: given.force, reason: given.reason, ...written(given) });
    });
  writing(
    add(
      "baseline",
      "record migrations as applied without running them",
      "surefoot baseline --to 0007_invoices",
      adopting,
    ),
  )
    .addOption(new Option("--to <id>", "everything up to this one").argParser(noFlag).conflicts("only"))
    .option("--only <id...>", "only these")
    .action((given: Writing & { to?: string; only?: string[] }) =>
      take({ type: "baseline", to: given.to, only: given.only, ...written(given) }),
    );
  writing(
    add(
      "accept-edit",
      "take the file of an applied migration as it is now",
      'surefoot accept-edit 0003_orders --reason "typo in a comment"',
      adopting,
    ),
  )
    .argument("<id>", "the migration")
    .requiredOption("--reason <text>", "kept in the journal", noFlag)
    .action((id: string, given: Writing & { reason: string }) =>
      take({ type: "accept-edit", id, reason: given.reason, ...written(given) }),
    );
  add("graph", "the state diagram", "surefoot graph > states.mmd", "The model:")
    .addOption(new Option("--format <name>", "how to draw it").choices(["mermaid"]).default("mermaid"))
    .action((given: { json: boolean }) => take({ type: "graph", json: given.json, format: "mermaid" }));

  const [word] = argv;
  if (word === undefined) {
    io.out(program.helpInformation());
    return null;
  }
  const names = program.commands.map((command) => command.name());
  if (!word.startsWith("-") && !names.includes(word)) throw unknownWord(word, names);
  try {
    program.parse(argv, { from: "user" });
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return null;
    throw error;
  }
  return found;
}

function unknownWord(word: string, names: readonly string[]): SurefootError {
  const other = meant[word];
  if (other !== undefined) return new SurefootError("USAGE", `There is no command ${word}: ${other}.`);
  const near = nearest(word, names);
  return new SurefootError(
    "USAGE",
    `There is no command ${word}.${near === null ? " `surefoot --help` lists them." : ` Did you mean ${near}?`}`,
  );
}

function common({ db, dir, json }: Common): Common {
  return { db, dir, json };
}

function written(given: Common & { readonly wait?: number; readonly reconnect?: number }): Writing {
  return { ...common(given), waitMs: given.wait ?? 0, reconnectMs: given.reconnect ?? 30_000 };
}

/** Milliseconds of `500ms`, `60s`, `5m`, `1h`. */
function duration(text: string): number {
  const [, number, unit] = /^(\d+)(ms|s|m|h)$/.exec(text) ?? [];
  if (number === undefined) throw new InvalidArgumentError("Write a duration with its unit: 500ms, 60s, 5m, 1h.");
  const factor = unit === "ms" ? 1 : unit === "s" ? 1_000 : unit === "m" ? 60_000 : 3_600_000;
  return Number(number) * factor;
}

/** `--to --json` is a forgotten value, not a migration called --json. */
function noFlag(text: string): string {
  if (text.startsWith("--")) throw new InvalidArgumentError("A value is missing before it.");
  return text;
}

function positive(text: string): number {
  if (!/^[1-9]\d*$/.test(text)) throw new InvalidArgumentError("Write a whole number from 1.");
  return Number(text);
}

function decision(
  text: string,
  before: ReadonlyMap<number, "applied" | "not_applied">,
): ReadonlyMap<number, "applied" | "not_applied"> {
  const [, step, word] = /^([1-9]\d*)=(applied|not-applied)$/.exec(text) ?? [];
  if (step === undefined)
    throw new InvalidArgumentError("Write N=applied or N=not-applied, N being the number of the step.");
  return new Map([...before, [Number(step), word === "applied" ? "applied" : "not_applied"]]);
}
