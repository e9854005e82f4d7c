/** The way back of statements on a server, from the catalogue as it is and what the statements above do to it. */
import { tokens } from "../sql/lexer.ts";
import type { Derivation, Deriver } from "../undo/derivation.ts";
import type { MysqlFacts } from "./classify.ts";

/** Classifies the statements of several migrations, in order, as one. */
export type ClassifyAll = (statements: readonly string[]) => Promise<readonly MysqlFacts[]>;

export class MysqlDeriver implements Deriver {
  private readonly classify: ClassifyAll;
  /** The statements of the migrations before, which change what the next one finds. */
  private readonly before: string[] = [];

  constructor(classify: ClassifyAll) {
    this.classify = classify;
  }

  async derive(statements: readonly string[], candidates: readonly string[]): Promise<readonly Derivation[]> {
    const from = this.before.length;
    this.before.push(...statements);
    const facts = (await this.classify(this.before)).slice(from);
    const offered = candidates.map(canonical);
    return facts.map((fact) => derivation(fact, offered));
  }

  async pass(statements: readonly string[]): Promise<void> {
    this.before.push(...statements);
  }

  async close(): Promise<void> {
    // Nothing is kept open.
  }
}

function derivation(facts: MysqlFacts, offered: readonly string[]): Derivation {
  const { undo } = facts;
  const [inverse] = undo.type === "undo" && undo.statements.length === 1 ? undo.statements : [];
  const wanted = inverse === undefined ? null : canonical(inverse);
  return {
    derived: undo.type === "undo" ? undo : { type: "none", reason: undo.text, later: undo.reason === "altered_before" },
    matches: offered.flatMap((text, index) => (text === wanted ? [index] : [])),
    changes: changesOf(facts),
  };
}

/** What goes along when the tables are dropped; null: there is more to it. */
function changesOf({ objects, kind, notCovered }: MysqlFacts): readonly string[] | null {
  if (notCovered !== null || kind === "opaque" || kind === "session") return null;
  const tables = objects.filter((object) => object.startsWith("table:"));
  // A trigger goes with its table, which is among the objects of the statement that made it.
  const rest = objects.filter((object) => !object.startsWith("table:") && !object.startsWith("trigger:"));
  return tables.length === 0 || rest.length > 0 ? null : tables;
}

/** Words in lower case, quoted names without their quotes; IF EXISTS says nothing about what is there. */
function canonical(sql: string): string {
  const words = tokens(sql, "mysql").map(({ kind, text }) => {
    if (kind === "word") return text.toLowerCase();
    return kind === "quoted_identifier" ? text.slice(1, -1).toLowerCase() : text;
  });
  return words.join(" ").replace(/^(drop \w+) if exists /, "$1 ");
}
