/**
 * What a server would read in statements, told without one: for models, which have classes and undos and no database. What is
 * there is what the statements before have made. Undos that need the text of a table are not found.
 */
import type { Judge } from "../prepare-migration.ts";
import type { Server } from "../sql/reader/server.ts";
import type { Catalogue } from "./catalogue.ts";
import { classify } from "./classify.ts";
import { MysqlDeriver } from "./deriver.ts";
import { Known } from "./known.ts";

/** The versions that tests run on. */
const servers = {
  mysql: { dialect: "mysql", version: 90_704 },
  mariadb: { dialect: "mariadb", version: 101_119 },
} as const satisfies { readonly [engine: string]: Server };

const database = "app";
const nothing: Catalogue = {
  database,
  defaultEngine: "InnoDB",
  sqlMode: "ONLY_FULL_GROUP_BY,STRICT_TRANS_TABLES,NO_ZERO_IN_DATE,NO_ZERO_DATE,ERROR_FOR_DIVISION_BY_ZERO",
  caseless: false,
  gtidMarks: false,
  entry: () => null,
  referencing: () => [],
  tableOfTrigger: () => null,
  hasFunction: () => false,
};

/** `executed`: what made the schema as it is. */
export function unreachedServer(engine: keyof typeof servers, executed: readonly string[]): Judge {
  const server = servers[engine];
  const known = new Known(nothing, server);
  for (const sql of executed) known.apply(known.read(sql), false);
  const catalogue: Catalogue = {
    ...nothing,
    entry: (name) => known.entry(name),
    referencing: (name) => known.referencing(name),
    tableOfTrigger: (name) => known.tableOfTrigger(name),
  };
  return {
    capabilities: { engine, transactionDefault: "step", atomicUp: false, orphans: true, endsStatements: true },
    classify: async (statements, mode) => classify(statements, server, catalogue, mode),
    deriver: async () => new MysqlDeriver(async (statements) => classify(statements, server, catalogue, "step")),
  };
}
