/**
 * What docs/sql.md says of statements on MySQL and MariaDB: the tables of the code, and what its own readers answer for an
 * example of each row, taken from the corpora that are tried on the servers.
 */
import type { TransactionMode } from "@surefoot/model";
import {
  atomicEngines,
  classRules,
  refusals,
  skips,
  transactionalEngines,
} from "../packages/runner/src/mysql/class-rules.ts";
import type { ClassRule, ClassRuleId } from "../packages/runner/src/mysql/class-rules.ts";
import type { MysqlFacts } from "../packages/runner/src/mysql/classify.ts";
import { classify } from "../packages/runner/src/mysql/classify.ts";
import { recordedCatalogue, recordedServers } from "../packages/runner/src/mysql/recorded-catalogue.ts";
import { undoReasons } from "../packages/runner/src/mysql/undo-reasons.ts";
import type { Entry, ServerDialect } from "../packages/runner/src/sql/reader/corpus/read-corpus.ts";
import { readCorpus } from "../packages/runner/src/sql/reader/corpus/read-corpus.ts";
import { code, table } from "./markdown.ts";

const titles = { mysql: "MySQL", mariadb: "MariaDB" } as const;
const dialects = ["mysql", "mariadb"] as const;

type Version = readonly [shown: string, version: number];

/** The oldest version that is driven, those that brought another answer, and the one on which the corpora are tried. */
const versions: { readonly [D in ServerDialect]: readonly [Version, ...Version[]] } = {
  mysql: [
    ["8.0", 80_000],
    ["8.0.21", 80_021],
    ["9.7", recordedServers.mysql.version],
  ],
  mariadb: [
    ["10.6", 100_600],
    ["10.11", recordedServers.mariadb.version],
  ],
};

interface Example {
  readonly sql: string;
  /** Statements of the same migration. */
  readonly above: readonly string[];
  readonly dialect: ServerDialect;
  readonly facts: MysqlFacts;
}

/** Rows of which the corpora have no example that stands alone; the last statement counts. */
const more: readonly (readonly string[])[] = [
  ["DROP DATABASE here"],
  ["SELECT 1 INTO OUTFILE '/tmp/x'"],
  ["CREATE TRIGGER x AFTER INSERT ON log FOR EACH ROW CALL p()", "INSERT INTO log VALUES (1)"],
  ["INSERT INTO s VALUES (1, 1, 9, 1, 1, 0, 0, 0)"],
  ["RECALL t"],
  ["ALTER TABLE t MODIFY c DATETIME", "ALTER TABLE t ADD COLUMN x INT"],
];

interface How {
  readonly mode?: TransactionMode;
  /** On the oldest version. */
  readonly oldest?: true;
}

/** What is answered for the statements of both corpora that need nothing beside start.sql. */
function examples({ mode = "step", oldest }: How = {}): readonly Example[] {
  return dialects.flatMap((dialect) => {
    const version = oldest === true ? versions[dialect][0][1] : recordedServers[dialect].version;
    const catalogue = recordedCatalogue(dialect);
    const alone = entriesOf(dialect).map(({ sql }) => [sql]);
    return [...alone, ...more].map((statements): Example => {
      const facts = classify(statements, { dialect, version }, catalogue, mode).at(-1)!;
      return { sql: statements.at(-1)!, above: statements.slice(0, -1), dialect, facts };
    });
  });
}

function entriesOf(dialect: ServerDialect): readonly Entry[] {
  return readCorpus(dialect).filter(({ setup }) => setup.length === 0);
}

/** One that both servers know first, then the one with the fewest letters. */
function simplest<T extends { readonly sql: string }>(found: readonly T[]): T | undefined {
  const count = (sql: string): number => found.filter((one) => one.sql === sql).length;
  return found.toSorted((a, b) => count(b.sql) - count(a.sql) || a.sql.length - b.sql.length)[0];
}

function where(found: readonly { readonly dialect: ServerDialect }[]): string {
  return dialects
    .filter((dialect) => found.some((one) => one.dialect === dialect))
    .map((dialect) => titles[dialect])
    .join(", ");
}

const classes = ["transactional", "atomic", "opaque", "session"];

/** Every rule of the table under which an example falls, as usual or else under conditions, which are told. */
export function classesOnServers(): string {
  const ways: readonly (readonly [condition: string, found: readonly Example[]])[] = [
    ["", examples()],
    [" with `transaction=none`", examples({ mode: "none" })],
    [" on the oldest version", examples({ oldest: true })],
  ];
  const ids = (Object.keys(classRules) as ClassRuleId[]).toSorted(
    (a, b) => classes.indexOf(classRules[a].class) - classes.indexOf(classRules[b].class),
  );
  const rows = ids.flatMap((id) => {
    const rule: ClassRule = classRules[id];
    for (const [condition, all] of ways) {
      const found = all.filter(({ facts }) => facts.rule === id);
      const example = simplest(found);
      if (example !== undefined)
        return [[rule.class, `it ${rule.why}`, code(example.sql) + condition, where(found), rule.source ?? ""]];
    }
    return [];
  });
  const engines = dialects.map((dialect) => `on ${titles[dialect]} ${[...atomicEngines[dialect]].join(", ")}`);
  return `${table(["class", "because", "for example", "on", "known from"], rows)}
Engines whose rows commit with their record: ${[...transactionalEngines].join(", ")}. Engines whose DDL is atomic: ${engines.join("; ")}.
`;
}

/** Statements that both read alike, and whose class is another on the other server or on another version. */
export function differencesOfServers(): string {
  const rows: string[][] = [];
  const onMariadb = new Set(entriesOf("mariadb").map(({ sql }) => sql));
  for (const { sql } of entriesOf("mysql")) {
    // What an executable comment holds for whom is told elsewhere.
    if (!onMariadb.has(sql) || sql.includes("/*")) continue;
    const cells = dialects.map((dialect) => classByVersion(sql, dialect));
    if (cells[0] !== cells[1] || cells.some((cell) => cell.includes(" from "))) rows.push([code(sql), ...cells]);
  }
  return table(["statement", ...dialects.map((dialect) => titles[dialect])], rows);
}

function classByVersion(sql: string, dialect: ServerDialect): string {
  const catalogue = recordedCatalogue(dialect);
  const found = versions[dialect].map(([shown, version]) => {
    const [facts] = classify([sql], { dialect, version }, catalogue, "step");
    return { shown, kind: facts?.kind ?? "" };
  });
  return found
    .filter(({ kind }, at) => kind !== found[at - 1]?.kind)
    .map(({ kind, shown }, at) => (at === 0 ? kind : `${kind} from ${shown}`))
    .join(", ");
}

export function refusedOnServers(): string {
  const all = [...examples(), ...examples({ mode: "migration" })];
  const rows = [...Object.values(refusals), ...Object.values(skips)].map((text) => {
    const found = all.filter(({ facts }) => facts.refused === text || facts.skipped === text);
    const isSkipped = found.some(({ facts }) => facts.skipped === text);
    return [code(simplest(found)?.sql ?? ""), isSkipped ? "left out" : "refused", text];
  });
  return table(["for example", "is", "because"], rows);
}

/** A row for each kind of statement, or of action of ALTER TABLE, whose inverse is found, and for each form of that. */
export function inversesOnServers(): string {
  const groups = new Map<string, Example[]>();
  for (const example of examples()) {
    const { undo } = example.facts;
    const entry = readCorpus(example.dialect).find(({ sql }) => sql === example.sql);
    const actions = new Set(entry?.actions);
    // Several actions are taken back one by one, in reverse.
    if (undo.type !== "undo" || actions.size > 1) continue;
    const key = [entry?.kind, ...actions, formOf(undo.statements)].join(" ");
    groups.set(key, [...(groups.get(key) ?? []), example]);
  }
  const rows = [...groups.values()].map((group) => {
    const { sql, facts } = simplest(group)!;
    return [code(sql), code(facts.undo.type === "undo" ? facts.undo.statements.join("; ") : ""), where(group)];
  });
  return table(["for example", "its undo", "on"], rows);
}

/** The words with which it begins: DROP CHECK here and DROP CONSTRAINT there are two forms. */
function formOf(statements: readonly string[]): string {
  return (
    statements
      .join(" ")
      .match(/\b[A-Z]+\b/g)
      ?.slice(0, 4)
      .join(" ") ?? ""
  );
}

/** Also of statements that need something to be there first: what the corpora expect of them is held against the servers. */
export function withoutInverse(): string {
  const inCorpora = dialects.flatMap((dialect) =>
    readCorpus(dialect).map(({ sql, setup, undo }) => ({ sql, above: setup, undo, dialect })),
  );
  const all = [...inCorpora, ...examples().map(({ facts, ...one }) => ({ ...one, undo: facts.undo }))];
  const rows = Object.entries(undoReasons).map(([id, text]) => {
    const found = all.filter(({ undo }) => undo.type === "none" && undo.reason === id);
    const alone = found.filter(({ above }) => above.length === 0);
    const example = simplest(alone.length > 0 ? alone : found);
    if (example === undefined) return [text, "", ""];
    return [text, [...example.above, example.sql].map(code).join("; "), where(found)];
  });
  return table(["because", "for example", "on"], rows);
}
