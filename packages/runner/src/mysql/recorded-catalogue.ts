/** The catalogue of the reader's corpus as the servers told it, for tests that have none. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { ServerDialect } from "../sql/reader/corpus/read-corpus.ts";
import type { Server } from "../sql/reader/server.ts";
import type { Catalogue, CatalogueEntry } from "./catalogue.ts";
import type { Name } from "../sql/reader/names.ts";
import type { FullName } from "./known.ts";

/** What is recorded: an object for each name `database.name`. A test on the servers holds it to what they say now. */
export interface Recorded {
  readonly defaultEngine: string;
  readonly sqlMode: string;
  readonly entries: { readonly [name: string]: CatalogueEntry };
  /** For each table those with foreign keys to it. */
  readonly references: { readonly [name: string]: readonly Name[] };
  readonly triggers: { readonly [name: string]: FullName };
  /** Whether there is a stored function of this name. */
  readonly functions: { readonly [name: string]: boolean };
}

export const recordedPath = (dialect: ServerDialect): string =>
  join(import.meta.dirname, "recorded", `${dialect}.json`);

/** The servers that it was recorded from. */
export const recordedServers: { readonly [D in ServerDialect]: Server } = {
  mysql: { dialect: "mysql", version: 90_704 },
  mariadb: { dialect: "mariadb", version: 101_119 },
};

export function recordedCatalogue(dialect: ServerDialect): Catalogue {
  const recorded = JSON.parse(readFileSync(recordedPath(dialect), "utf8")) as Recorded;
  const { defaultEngine, sqlMode, entries, references, triggers, functions } = recorded;
  return {
    database: "here",
    defaultEngine,
    sqlMode,
    caseless: false,
    gtidMarks: false,
    entry: ({ database, name }) => entries[`${database}.${name}`] ?? null,
    referencing: ({ database, name }) => references[`${database}.${name}`] ?? [],
    tableOfTrigger: ({ database, name }) => triggers[`${database}.${name}`] ?? null,
    hasFunction: ({ database, name }) => functions[`${database}.${name}`.toLowerCase()] ?? false,
  };
}
