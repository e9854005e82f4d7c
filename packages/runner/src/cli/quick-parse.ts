/**
 * Reads a call that has nothing wrong with it, by the platform's own parser: it costs a tenth of the time of the library
 * that explains mistakes and prints help. Whatever is not plainly right is left to that one.
 */
import { parseArgs } from "node:util";
import type { ParseArgsOptionsConfig } from "node:util";
import type { Command } from "./command.ts";
import type { CommandSpec, Values } from "./commands.ts";
import { BadValue, keyOf } from "./commands.ts";

/** Null: something is wrong, or help is asked for. */
export function quickParse(spec: CommandSpec, args: readonly string[]): Command | null {
  try {
    const options: ParseArgsOptionsConfig = {};
    for (const { name, value } of spec.options)
      options[name] = value === null ? { type: "boolean" } : { type: "string", multiple: true };
    const parsed = parseArgs({ args: [...args], strict: true, allowPositionals: spec.argument !== undefined, options });
    const values: Values = parsed.values;
    const { positionals } = parsed;
    if (spec.argument?.many !== true && positionals.length !== (spec.argument === undefined ? 0 : 1)) return null;
    const read: { [name: string]: unknown } = {};
    for (const option of spec.options) {
      const given = values[option.name];
      if (given === undefined) {
        if (option.required === true) return null;
        continue;
      }
      if (option.conflicts !== undefined && values[option.conflicts] !== undefined) return null;
      if (given === true) {
        read[keyOf(option.name)] = true;
        continue;
      }
      // Several ids behind one option are beyond this parser.
      if (option.many === true || !Array.isArray(given)) return null;
      for (const text of given as readonly string[]) {
        if (option.choices !== undefined && !option.choices.includes(text)) return null;
        read[keyOf(option.name)] = option.parse === undefined ? text : option.parse(text, read[keyOf(option.name)]);
      }
    }
    return spec.call(read, positionals[0] ?? "", positionals);
  } catch (error) {
    if (error instanceof BadValue || (error instanceof TypeError && "code" in error)) return null;
    throw error;
  }
}
