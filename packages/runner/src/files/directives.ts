import type { RecoveryPolicy, TransactionMode } from "@surefoot/model";
import { nearest } from "../nearest.ts";
import type { SourceComment } from "../sql/splitter.ts";
import { numberOf } from "./file-name.ts";
import type { FileOptions } from "./migration.ts";

/**
 * What a comment of a migration file asks for. A comment that looks like a directive and is none is `invalid`, never
 * ignored: what it meant would be missing.
 */
export type Directive =
  | { readonly type: "depends"; readonly id: string; readonly optional: boolean }
  | { readonly type: "allow"; readonly rule: string; readonly reason: string }
  /** Exactly one option. */
  | { readonly type: "option"; readonly options: FileOptions }
  | CheckDirective
  | SectionDirective
  | SqlDirective
  | { readonly type: "undo_none"; readonly reason: string }
  | { readonly type: "invalid"; readonly message: string };

export interface CheckDirective {
  readonly type: "pre" | "post";
  readonly name: string;
  readonly expect: "true" | "empty";
}

/** `transaction` is dbmate's word for it; null when the line says nothing. */
export interface SectionDirective {
  readonly type: "up" | "down";
  readonly transaction: boolean | null;
}

/** `at` is where the SQL begins in the comment's text. */
export interface SqlDirective {
  readonly type: "undo" | "probe";
  readonly sql: string;
  readonly at: number;
}

const words = ["depends", "allow", "option", "pre", "up", "undo", "probe", "post", "down"] as const;
type Word = (typeof words)[number];

/** Reads one comment, given with its marks. Null when it is an ordinary comment. */
export function parseDirective({ kind, text }: Pick<SourceComment, "kind" | "text">): Directive | null {
  const body = kind === "block_comment" ? text.replace(/\*\/$/, "") : text;
  const found = /^(--|#|\/\*)\s*(migrate:)([^\s:;=]*)/i.exec(body);
  if (found === null) return kind === "line_comment" ? foreignMarker(text) : null;

  const [head, mark = "", prefix = "", written = ""] = found;
  const form = `\`-- migrate:${written || "up"}\``;
  if (mark === "#") return invalid(`A directive is a comment that begins with \`--\`. Write ${form} instead.`);
  if (prefix !== "migrate:")
    return invalid(`A directive is written in small letters. Write \`migrate:\` instead of \`${prefix}\`.`);
  const word = words.find((word) => word === written);
  if (word === undefined) return unknownWord(written);
  if (kind === "block_comment" && word !== "undo" && word !== "probe") {
    return invalid(`Only \`undo\` and \`probe\` may be block comments. Write ${form} on a line of its own.`);
  }
  const rest = body.slice(head.length);
  if (rest !== "" && !/^\s/.test(rest)) {
    return invalid(`Behind \`migrate:${word}\` a space was expected, not \`${rest[0]}\`. ${example(word)}`);
  }
  return parseWord(word, rest, head.length);
}

function parseWord(word: Word, rest: string, offset: number): Directive {
  const argument = rest.trim();
  switch (word) {
    case "depends":
      return depends(argument);
    case "allow":
      return allow(argument);
    case "option":
      return option(argument);
    case "pre":
    case "post":
      return check(word, argument);
    case "up":
    case "down":
      return section(word, argument);
    case "undo":
      return undo(argument, offset + rest.length - rest.trimStart().length);
    case "probe":
      return { type: "probe", sql: argument, at: offset + rest.length - rest.trimStart().length };
    default:
      return assertNever(word);
  }
}

function unknownWord(written: string): Directive {
  const meant = nearest(written, words);
  const known = `The directives are ${words.join(", ")}.`;
  if (written === "") return invalid(`Directly behind \`migrate:\` a directive was expected. ${known}`);
  const advice = meant === null ? known : `Did you mean \`migrate:${meant}\`?`;
  return invalid(`There is no directive \`migrate:${written}\`. ${advice}`);
}

/** Markers of other tools. Read as plain comments they would make a file mean something else. */
function foreignMarker(text: string): Directive | null {
  const comment = text.replace(/^(?:--|#)\s*/, "").trimEnd();
  const tool = /^\+goose\b/i.test(comment)
    ? "goose"
    : /^\+migrate\b/i.test(comment)
      ? "sql-migrate"
      : /^(?:liquibase\s+formatted\b|changeset\s+\S+:\S)/i.test(comment)
        ? "Liquibase"
        : null;
  if (tool !== null) {
    return invalid(
      `\`${comment}\` is a marker of ${tool}, which Surefoot does not obey. Write the section of \`up\` below \`-- migrate:up\` and that of \`down\` below \`-- migrate:down\`, and take the markers of ${tool} out.`,
    );
  }
  const forgotten = /^migrate\s+(up|down)$/i.exec(comment)?.[1];
  if (forgotten === undefined) return null;
  return invalid(`\`${comment}\` is no directive. Write \`-- migrate:${forgotten.toLowerCase()}\`, with a colon.`);
}

function depends(argument: string): Directive {
  const [id = "", optional, ...more] = argument.split(/\s+/);
  if (id === "") return invalid(`\`depends\` names no migration. ${example("depends")}`);
  if (id.endsWith(".sql")) {
    return invalid(`\`depends\` takes the id, without the ending. Write \`-- migrate:depends ${id.slice(0, -4)}\`.`);
  }
  if (numberOf(id) === null) return invalid(`\`${id}\` is no id of a migration. ${example("depends")}`);
  if ((optional !== undefined && optional !== "optional") || more.length > 0) {
    return invalid(
      `Behind the id only \`optional\` may stand, and each dependency has a line of its own. ${example("depends")}`,
    );
  }
  return { type: "depends", id, optional: optional !== undefined };
}

function allow(argument: string): Directive {
  const [, rule, reason] = /^([^\s:]+)\s*:\s*(.*\S)$/.exec(argument) ?? [];
  if (rule === undefined || reason === undefined) {
    return invalid(`\`allow\` takes the id of a rule, a colon and the reason. ${example("allow")}`);
  }
  return { type: "allow", rule, reason };
}

function check(type: "pre" | "post", argument: string): Directive {
  const [, before = "", value] = /^(.*?)(?:^|\s)expect=(\S*)$/.exec(argument) ?? [];
  const name = value === undefined ? argument : before.trim();
  if (value !== undefined && value !== "empty") {
    return invalid(`\`expect=${value}\` is unknown; only \`expect=empty\` is. Without it the answer has to be true.`);
  }
  if (/\bexpect\s*[=:]/i.test(name) || /\bexpects?\s+empty$/i.test(name)) {
    const title = name.replace(/\s*\bexpects?\b\s*[=:]?\s*empty\b\s*/i, " ").trim() || "NAME";
    return invalid(
      `What is expected is not part of the name: it stands at the end, as \`expect=empty\`. Write \`-- migrate:${type} ${title} expect=empty\`.`,
    );
  }
  if (name === "") return invalid(`This check has no name. ${example(type)}`);
  return { type, name, expect: value === undefined ? "true" : "empty" };
}

function section(type: "up" | "down", argument: string): Directive {
  if (argument === "") return { type, transaction: null };
  if (argument === "transaction:false" || argument === "transaction:true") {
    return { type, transaction: argument === "transaction:true" };
  }
  return invalid(
    `Behind \`migrate:${type}\` only \`transaction:false\` or \`transaction:true\` may stand, not \`${argument}\`. SQL begins on the next line.`,
  );
}

function undo(argument: string, at: number): Directive {
  if (!/^none\b/i.test(argument)) return { type: "undo", sql: argument, at };
  const reason = /^none\s*:\s*(.*\S)$/s.exec(argument)?.[1];
  if (reason !== undefined) return { type: "undo_none", reason };
  return invalid(
    "`undo none` says that there is no undo on purpose, and why. Write `-- migrate:undo none: REASON`, in small letters.",
  );
}

const transactionModes: readonly TransactionMode[] = ["migration", "step", "none"];
const recoveryPolicies: readonly RecoveryPolicy[] = ["rollback", "resume", "stop"];
const optionKeys = ["transaction", "recovery", "timeout", "lock_timeout", "data"] as const;

function option(argument: string): Directive {
  const [, written, value = ""] = /^([^\s=:]+)\s*=\s*(.*)$/.exec(argument) ?? [];
  if (written === undefined) return invalid(`\`option\` takes KEY=VALUE. ${example("option")}`);
  const key = optionKeys.find((key) => key === written);
  switch (key) {
    case "transaction": {
      const transaction = transactionModes.find((mode) => mode === value);
      return transaction === undefined
        ? unknownValue(key, value, transactionModes)
        : { type: "option", options: { transaction } };
    }
    case "recovery": {
      const recovery = recoveryPolicies.find((policy) => policy === value);
      return recovery === undefined
        ? unknownValue(key, value, recoveryPolicies)
        : { type: "option", options: { recovery } };
    }
    case "timeout":
    case "lock_timeout": {
      const ms = durationMs(value);
      if (ms === null) {
        return invalid(
          `\`${key}\` takes a whole number with a unit, ms, s, m or h, as in \`${key}=30s\`, not \`${value}\`.`,
        );
      }
      return { type: "option", options: key === "timeout" ? { timeoutMs: ms } : { lockTimeoutMs: ms } };
    }
    case "data": {
      const data = value.split(",").map((table) => table.trim());
      if (data.some((table) => table === "" || /\s/.test(table))) {
        return invalid("`data` takes names of tables with commas between them, as in `data=orders,customers`.");
      }
      return { type: "option", options: { data } };
    }
    case undefined: {
      const meant = nearest(written, optionKeys);
      const advice = meant === null ? `The options are ${optionKeys.join(", ")}.` : `Did you mean \`${meant}\`?`;
      return invalid(`There is no option \`${written}\`. ${advice}`);
    }
    default:
      return assertNever(key);
  }
}

function unknownValue(key: string, value: string, known: readonly string[]): Directive {
  const meant = nearest(value, known);
  const advice = meant === null ? "" : ` Did you mean \`${key}=${meant}\`?`;
  return invalid(`\`${key}\` takes ${known.join(", ")}, one option on a line, not \`${value}\`.${advice}`);
}

const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };

/** Milliseconds of `250ms`, `30s`, `5m` or `1h`; null for anything else. */
function durationMs(text: string): number | null {
  const [, digits, unit = ""] = /^(\d+)(ms|s|m|h)$/.exec(text) ?? [];
  const ms = Number(digits) * (unitMs[unit] ?? NaN);
  return Number.isSafeInteger(ms) ? ms : null;
}

const examples: Readonly<Record<Word, string>> = {
  depends: "-- migrate:depends 0001_users",
  allow: "-- migrate:allow no-foreign-key: agreed in PR 812",
  option: "-- migrate:option lock_timeout=5s",
  pre: "-- migrate:pre no order without a user",
  up: "-- migrate:up",
  undo: "-- migrate:undo DROP TABLE orders;",
  probe: "-- migrate:probe SELECT COUNT(*) = 1 FROM orders WHERE id = 1;",
  post: "-- migrate:post every order has a user",
  down: "-- migrate:down",
};

/** How a directive looks when it is right, as a sentence for messages. */
export function example(word: Word): string {
  return `Write it like this: \`${examples[word]}\``;
}

function invalid(message: string): Directive {
  return { type: "invalid", message };
}

function assertNever(value: never): never {
  throw new Error(`This directive should not exist: ${JSON.stringify(value)}`);
}
