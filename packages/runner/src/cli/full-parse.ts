/** Help, and calls with something wrong in them: commander says what, and names the nearest option. */
import { Command as Program, CommanderError, InvalidArgumentError, Option } from "commander";
import { SurefootError } from "../error.ts";
import { version } from "../who.ts";
import type { Command } from "./command.ts";
import type { OptionSpec, Values } from "./commands.ts";
import { BadValue, commands } from "./commands.ts";
import type { Io } from "./io.ts";

/** `printed`: help or the version was asked for. Problems are data, since this module is loaded apart from the others. */
export type Parsed =
  | { readonly type: "command"; readonly command: Command }
  | { readonly type: "printed" }
  | { readonly type: "problem"; readonly message: string };

export function fullParse(argv: readonly string[], io: Io): Parsed {
  let found: Command | null = null;
  const program = new Program("surefoot");
  const output = { writeOut: io.out, writeErr: () => {}, outputError: () => {} };
  program
    .description("Schema migrations that never get stuck: journalled, recovered from evidence, verified.")
    .version(version, "--version", "print the version")
    .configureOutput(output)
    .exitOverride()
    .helpCommand(false)
    .addHelpText(
      "after",
      "\nThe database is a URL such as sqlite:app.db: --db, else DATABASE_URL (also from .env), else the config file.\n" +
        "Exit codes: 0 done · 2 usage or file · 3 failed, nothing remains · 4 an operator is needed · 5 busy · 6 drift · " +
        "7 pending · 8 not at rest · 130 interrupted",
    );
  for (const spec of commands) {
    const command = program
      .command(spec.name)
      .helpGroup(spec.group)
      .description(spec.summary)
      .configureOutput(output)
      .exitOverride()
      .addHelpText("after", `\nExample:\n  ${spec.example}`);
    const { argument } = spec;
    if (argument !== undefined)
      command.argument(argument.many === true ? `[${argument.name}...]` : `<${argument.name}>`, argument.summary);
    for (const option of spec.options) command.addOption(optionOf(option));
    command.action((...given: unknown[]) => {
      const [first, second] = given;
      const all = spec.argument === undefined ? [] : [first].flat().map(String);
      found = spec.call((spec.argument === undefined ? first : second) as Values, all[0] ?? "", all);
    });
  }
  if (argv.length === 0) {
    io.out(program.helpInformation());
    return { type: "printed" };
  }
  try {
    program.parse(argv, { from: "user" });
  } catch (error) {
    if (error instanceof SurefootError) return { type: "problem", message: error.message };
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return { type: "printed" };
    const message = error.message.replace(/^error: /, "");
    return { type: "problem", message: `${message}\nRun \`surefoot --help\` or \`surefoot COMMAND --help\`.` };
  }
  return found === null ? { type: "printed" } : { type: "command", command: found };
}

function optionOf({ name, value, summary, parse, choices, conflicts, required, many }: OptionSpec): Option {
  const option = new Option(
    value === null ? `--${name}` : `--${name} <${value}${many === true ? "..." : ""}>`,
    summary,
  );
  if (choices !== undefined) option.choices(choices);
  if (conflicts !== undefined) option.conflicts(conflicts);
  if (required === true) option.makeOptionMandatory();
  if (parse !== undefined)
    option.argParser((text, before) => {
      try {
        return parse(text, before);
      } catch (error) {
        if (error instanceof BadValue) throw new InvalidArgumentError(error.message);
        throw error;
      }
    });
  return option;
}
