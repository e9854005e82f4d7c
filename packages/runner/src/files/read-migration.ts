import type { TransactionMode } from "@surefoot/model";
import type { Dialect } from "../sql/dialect.ts";
import { checksum } from "../sql/checksum.ts";
import { Lexer } from "../sql/lexer.ts";
import { pointAt, shifted } from "../sql/place.ts";
import type { Point } from "../sql/place.ts";
import { Splitter } from "../sql/splitter.ts";
import type { SourceComment, SplitEvent } from "../sql/splitter.ts";
import { example, parseDirective } from "./directives.ts";
import type { CheckDirective, Directive, SectionDirective, SqlDirective } from "./directives.ts";
import { fileError } from "./file-error.ts";
import { nameForm, parseFilePath } from "./file-name.ts";
import type {
  Allowance,
  AuthoredUndo,
  Check,
  Checksums,
  Dependency,
  FileOptions,
  MigrationFile,
  SourceStatement,
  SourceStep,
  Timeouts,
} from "./migration.ts";
import { digest } from "../digest.ts";

/**
 * Reads a migration file; a byte order mark at its beginning does not count. Pure: the text is given.
 * @throws MIGRATION_FILE_INVALID with the place, what was expected and what to write instead.
 */
export function readMigration(path: string, text: string, dialect: Dialect): MigrationFile {
  return new Reading(path, text.startsWith("\uFEFF") ? text.slice(1) : text, dialect).read();
}

/** The sections in the order in which a file has them. */
const sections = ["header", "pre", "up", "post", "down"] as const;
type Section = (typeof sections)[number];

type At<T extends Directive["type"]> = Extract<Directive, { readonly type: T }>;

interface StepDraft extends SourceStatement {
  readonly count: number;
  undo: AuthoredUndo | null;
  probe: SourceStatement | null;
  readonly timeouts: Timeouts;
}

/** A check whose statement is still to come. */
interface OpenCheck extends CheckDirective {
  readonly point: Point;
  statement: SourceStatement | null;
}

/** One pass over one file. */
class Reading {
  private readonly path: string;
  private readonly text: string;
  private readonly dialect: Dialect;
  private readonly splitter: Splitter;

  private section: Section = "header";
  private readonly depends: Dependency[] = [];
  private readonly allow: Allowance[] = [];
  private options: FileOptions = {};
  private readonly checks: { readonly pre: Check[]; readonly post: Check[] } = { pre: [], post: [] };
  private check: OpenCheck | null = null;
  private readonly up: StepDraft[] = [];
  private upPoint: Point | null = null;
  private down: { readonly statements: SourceStatement[]; readonly transaction?: TransactionMode } | null = null;
  /** The timeouts for the next step, and the line that asked for them. */
  private timeouts: Timeouts = {};
  private timeoutsPoint: Point | null = null;

  constructor(path: string, text: string, dialect: Dialect) {
    this.path = path;
    this.text = text;
    this.dialect = dialect;
    this.splitter = new Splitter(text, dialect);
  }

  read(): MigrationFile {
    const name = parseFilePath(this.path);
    if (name === null) throw this.error({ line: 1, column: 1 }, `The name does not fit. Name it ${nameForm}.`);

    for (let event = this.next(); event !== null; event = this.next()) {
      if (event.type === "problem") throw this.error(event.point, event.message);
      if (event.type === "statement") this.statement(event.statement);
      else this.comment(event.comment);
    }
    this.endSection();
    if (this.upPoint === null) {
      throw this.error(
        pointAt(this.text, this.text.length),
        "The file has no `up` section. Write `-- migrate:up` above the statements that it executes.",
      );
    }

    const { path, depends, options, allow, checks, up, down } = this;
    const { pre, post } = checks;
    const file = { ...name, path, depends, options, allow, pre, up, post, down };
    return { ...file, checksums: checksumsOf(file, this.text, this.dialect) };
  }

  /** Long runs of INSERTs are one step, whose time limit would be another than that of one statement. */
  private next(): SplitEvent | null {
    while (this.section === "up" && this.timeoutsPoint === null) {
      const run = this.splitter.takeRun();
      if (run === null) break;
      this.up.push({ ...run, undo: null, probe: null, timeouts: {} });
    }
    return this.splitter.next();
  }

  private statement(statement: SourceStatement): void {
    switch (this.section) {
      case "header":
        throw this.error(
          statement,
          "This statement stands in no section. Write `-- migrate:up` above it, or `-- migrate:pre NAME` if it is a check.",
        );
      case "pre":
      case "post":
        return this.checkStatement(statement);
      case "up":
        this.up.push({ ...statement, count: 1, undo: null, probe: null, timeouts: this.timeouts });
        this.timeouts = {};
        this.timeoutsPoint = null;
        return;
      case "down":
        this.down?.statements.push(statement);
        return;
      default:
        return assertNever(this.section);
    }
  }

  private checkStatement(statement: SourceStatement): void {
    const { check } = this;
    if (check === null) return;
    const of = `\`${check.type} ${check.name}\``;
    if (check.statement !== null) {
      const missing = check.type === "pre" ? ", or `-- migrate:up` if it belongs to the migration" : "";
      throw this.error(
        statement,
        `${of} already has its statement, in line ${check.statement.line}; a check is exactly one. Write \`-- migrate:${check.type} NAME\` above this one if it is a check of its own${missing}.`,
      );
    }
    if (!this.isReading(statement.sql)) throw this.error(statement, `${of} does not read. ${readingForm}`);
    check.statement = statement;
  }

  private comment(comment: SourceComment): void {
    const directive = parseDirective(comment);
    if (directive === null) return;
    if (directive.type === "invalid") throw this.error(comment, directive.message);
    if (isSection(directive)) return this.open(directive, comment);
    if (comment.inside !== null) {
      const word = directive.type === "undo_none" ? "undo" : directive.type;
      throw this.error(
        comment,
        `\`migrate:${word}\` stands inside the statement that begins in line ${comment.inside.line}, which is not finished. End that statement with its delimiter first.`,
      );
    }
    switch (directive.type) {
      case "depends":
        return this.addDependency(directive, comment);
      case "allow":
        this.inHeader(directive.type, comment);
        this.allow.push({ rule: directive.rule, reason: directive.reason, line: comment.line });
        return;
      case "option":
        return this.section === "up" ? this.addTimeout(directive, comment) : this.addOption(directive, comment);
      case "undo":
      case "undo_none":
        return this.addUndo(directive, comment);
      case "probe":
        return this.addProbe(directive, comment);
      default:
        return assertNever(directive);
    }
  }

  /** A directive that opens a section or a check ends what came before it, an unfinished statement too. */
  private open(directive: CheckDirective | SectionDirective, comment: SourceComment): void {
    const unfinished = this.splitter.cut();
    if (unfinished !== null) this.statement(unfinished);
    this.endSection();

    const { type } = directive;
    const repeated = (type === "up" && this.upPoint !== null) || (type === "down" && this.down !== null);
    if (repeated)
      throw this.error(
        comment,
        `This is the second \`migrate:${type}\`; a file has at most one. Join the two sections.`,
      );
    if (sections.indexOf(type) < sections.indexOf(this.section)) {
      throw this.error(comment, `\`migrate:${type}\` stands too late, below \`migrate:${this.section}\`. ${orderForm}`);
    }
    if (this.upPoint === null && (type === "post" || type === "down")) {
      throw this.error(comment, `\`migrate:${type}\` stands above \`migrate:up\`. ${orderForm}`);
    }
    this.section = type;
    if (directive.type === "up") {
      this.upPoint = comment;
      this.addUpTransaction(directive.transaction, comment);
    } else if (directive.type === "down") {
      // dbmate's `transaction:true` is its default, so it asks for nothing.
      this.down = directive.transaction === false ? { statements: [], transaction: "none" } : { statements: [] };
    } else if (directive.type === "pre" || directive.type === "post") {
      this.check = { ...directive, point: comment, statement: null };
    }
  }

  /** Settles what the section that ends here still owes. */
  private endSection(): void {
    if (this.timeoutsPoint !== null) {
      throw this.error(
        this.timeoutsPoint,
        "No statement of `up` follows this option. Write it above the statement that it is for, or above `-- migrate:up` for the whole file.",
      );
    }
    const { check } = this;
    if (check === null) return;
    const { type, name, expect, statement } = check;
    if (statement === null) {
      throw this.error(check.point, `\`${type} ${name}\` has no statement. Write one below it. ${readingForm}`);
    }
    this.checks[type].push({ name, expect, statement });
    this.check = null;
  }

  private inHeader(word: string, point: Point): void {
    if (this.section !== "header") {
      throw this.error(point, `\`migrate:${word}\` stands too late, below \`migrate:${this.section}\`. ${orderForm}`);
    }
  }

  private addDependency({ id, optional }: At<"depends">, point: Point): void {
    this.inHeader("depends", point);
    if (id === parseFilePath(this.path)?.id)
      throw this.error(point, `\`${id}\` depends on itself. Take this line out.`);
    const earlier = this.depends.find((dependency) => dependency.id === id);
    if (earlier !== undefined)
      throw this.error(point, `Line ${earlier.line} already names \`${id}\`. Keep one of the two.`);
    this.depends.push({ id, optional, line: point.line });
  }

  private addOption({ options }: At<"option">, point: Point): void {
    if (this.section !== "header") {
      throw this.error(point, `\`migrate:option\` stands in \`${this.section}\`. ${optionForm}`);
    }
    if (Object.keys(options).some((key) => key in this.options)) {
      throw this.error(point, "This option was already given above. Keep one of the two lines.");
    }
    this.options = { ...this.options, ...options };
  }

  private addTimeout({ options }: At<"option">, point: Point): void {
    const { timeoutMs, lockTimeoutMs } = options;
    if (timeoutMs === undefined && lockTimeoutMs === undefined) {
      throw this.error(point, `Inside \`up\` only \`timeout\` and \`lock_timeout\` may be set. ${optionForm}`);
    }
    if (Object.keys(options).some((key) => key in this.timeouts)) {
      throw this.error(point, "This option was already given for the next statement. Keep one of the two lines.");
    }
    this.timeouts = { ...this.timeouts, ...options };
    this.timeoutsPoint ??= point;
  }

  private addUpTransaction(transaction: boolean | null, point: Point): void {
    if (transaction === null) return;
    const wanted = this.options.transaction;
    if (wanted !== undefined && (wanted === "none") === transaction) {
      throw this.error(
        point,
        `\`transaction:${transaction}\` contradicts \`option transaction=${wanted}\` above. Keep one of the two.`,
      );
    }
    if (!transaction) this.options = { ...this.options, transaction: "none" };
  }

  private addUndo(directive: SqlDirective | At<"undo_none">, comment: SourceComment): void {
    const step = this.stepAbove("undo", comment);
    if (directive.type === "undo_none") {
      if (step.undo?.type === "none") {
        throw this.error(
          comment,
          `Line ${step.undo.line} already says \`undo none\` for this statement. Keep one of the two.`,
        );
      }
      if (step.undo?.type === "given") throw this.error(comment, noneAndGiven);
      step.undo = { type: "none", reason: directive.reason, line: comment.line };
      return;
    }
    if (step.undo?.type === "none") throw this.error(comment, noneAndGiven);
    const statements = this.inner(directive, comment);
    step.undo = { type: "given", statements: [...(step.undo?.statements ?? []), ...statements] };
  }

  private addProbe(directive: SqlDirective, comment: SourceComment): void {
    const step = this.stepAbove("probe", comment);
    if (step.probe !== null) {
      throw this.error(
        comment,
        `The statement above already has a probe, in line ${step.probe.line}. Keep one of the two.`,
      );
    }
    const [probe, second] = this.inner(directive, comment);
    if (second !== undefined) throw this.error(second, "A probe is exactly one statement. Take this second one out.");
    if (probe === undefined || !this.isReading(probe.sql)) {
      throw this.error(probe ?? comment, `The probe does not read. ${readingForm}`);
    }
    step.probe = probe;
  }

  /** The step that an undo or a probe belongs to: the one directly above. */
  private stepAbove(word: "undo" | "probe", point: Point): StepDraft {
    const step = this.up.at(-1);
    if (this.section !== "up" || step === undefined || this.timeoutsPoint !== null) {
      const where =
        this.section !== "up"
          ? `it stands ${this.section === "header" ? "above `migrate:up`" : `in \`${this.section}\``}`
          : step === undefined
            ? "no statement stands above it"
            : "an option for the next statement stands in between";
      throw this.error(
        point,
        `\`migrate:${word}\` belongs directly below the statement of \`up\` that it is for, but ${where}. Move it there.`,
      );
    }
    return step;
  }

  /** The statements that an undo or a probe holds, placed in the file. */
  private inner({ type, sql, at }: SqlDirective, comment: SourceComment): SourceStatement[] {
    const base = shifted(pointAt(comment.text, at), comment);
    const splitter = new Splitter(sql, this.dialect);
    const statements: SourceStatement[] = [];
    let ended = true;
    for (let event = splitter.next(); event !== null; event = splitter.next()) {
      if (event.type === "problem") throw this.error(shifted(event.point, base), event.message);
      if (event.type === "comment") continue;
      statements.push(shifted(event.statement, base));
      ({ ended } = event);
    }
    if (statements.length === 0) {
      throw this.error(
        comment,
        `\`migrate:${type}\` has nothing after it, and statements on the lines below would be run by \`up\`. ${example(type)}\nor, over several lines, as a block comment: \`/* migrate:${type} … */\``,
      );
    }
    if (!ended && comment.kind === "line_comment" && this.goesOn(comment)) {
      throw this.error(
        comment,
        `\`migrate:${type}\` ends without \`;\`, and the next line looks as if it went on there; only this line counts. End it with \`;\`, or write it as a block comment: \`/* migrate:${type} … */\``,
      );
    }
    return statements;
  }

  /** Whether the line below a comment holds text that is no directive. */
  private goesOn(comment: SourceComment): boolean {
    const from = comment.offset + comment.text.length + 1;
    const newline = this.text.indexOf("\n", from);
    const line = this.text.slice(from, newline === -1 ? this.text.length : newline).trim();
    return line !== "" && !/^(?:--|\/\*)\s*migrate:/.test(line);
  }

  private isReading(sql: string): boolean {
    const lexer = new Lexer(sql, this.dialect);
    while (lexer.next()) {
      if (lexer.kind === "line_comment" || lexer.kind === "block_comment") continue;
      if (lexer.kind === "punctuation" && sql[lexer.start] === "(") continue;
      return readingWords.some((word) => lexer.is(word));
    }
    return false;
  }

  private error(point: Pick<Point, "line" | "column">, message: string): Error {
    return fileError(this.path, point, message);
  }
}

const readingWords = ["SELECT", "WITH", "VALUES", "SHOW", "EXPLAIN", "PRAGMA", "TABLE", "DESCRIBE", "DESC"];
const readingForm =
  "It has to be one statement that begins with SELECT or another reading word, and it is run read-only.";
const orderForm = "The order is: `depends`, `option` and `allow`; `pre`; one `up`; `post`; at most one `down`.";
const optionForm =
  "Options for the file stand at its top, above `pre` and `up`; inside `up` stand only timeouts, for the next statement.";
const noneAndGiven =
  "The statement above has both an `undo` and `undo none`. Keep `undo none` only if nothing takes the statement back.";

function isSection(directive: Directive): directive is CheckDirective | SectionDirective {
  const { type } = directive;
  return type === "pre" || type === "post" || type === "up" || type === "down";
}

/** What is said beside the SQL goes in as JSON, so that the parts cannot run into each other. */
function checksumsOf(file: Omit<MigrationFile, "checksums">, text: string, dialect: Dialect): Checksums {
  const { depends, options, allow, pre, up, post, down } = file;
  const sums = (statements: readonly SourceStatement[]): string => checksum(statements, dialect);
  const undo = (step: SourceStep): unknown =>
    step.undo?.type === "given" ? sums(step.undo.statements) : (step.undo?.reason ?? null);
  const check = ({ name, expect, statement }: Check): unknown => [name, expect, sums([statement])];
  // By the numbers of their statements, so that it makes no difference which of the others are one step.
  const numbers: number[] = [];
  for (const [index, { count }] of up.entries()) numbers.push((numbers[index - 1] ?? 0) + count);
  const undos = up.flatMap((step, index) =>
    step.undo === null && step.probe === null
      ? []
      : [[numbers[index], step.undo?.type, undo(step), step.probe === null ? null : sums([step.probe])]],
  );
  const timeouts = [
    pair(options),
    ...up.flatMap((step, index) =>
      Object.keys(step.timeouts).length === 0 ? [] : [[...pair(step.timeouts), numbers[index]]],
    ),
  ];
  const settings = [options.transaction, options.recovery, options.data];
  const header = [
    depends.map(({ id, optional }) => [id, optional]),
    allow.map(({ rule, reason }) => [rule, reason]),
    [...settings, timeouts],
  ];
  const plain =
    depends.length + allow.length === 0 && [...settings, ...timeouts.flat()].every((value) => value === undefined);
  return {
    up: checksum(
      up.map(({ sql, count, offset }) => (count === 1 ? { sql } : { sql, text, offset })),
      dialect,
    ),
    undo: undos.length > 0 ? jsonDigest(undos) : "",
    down: down === null ? "" : jsonDigest([down.transaction, sums(down.statements)]),
    checks: pre.length + post.length === 0 ? "" : jsonDigest([pre.map(check), post.map(check)]),
    header: plain ? "" : jsonDigest(header),
  };
}

function pair({ timeoutMs, lockTimeoutMs }: Timeouts): readonly (number | undefined)[] {
  return [timeoutMs, lockTimeoutMs];
}

function jsonDigest(value: unknown): string {
  return digest(JSON.stringify(value));
}

function assertNever(value: never): never {
  throw new Error(`This should not exist: ${JSON.stringify(value)}`);
}
