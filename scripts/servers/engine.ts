/** Where the two servers that tests run on come from. */
import type { ServerName } from "../../packages/scenarios/src/servers/engine.ts";
import { serverNames } from "../../packages/scenarios/src/servers/engine.ts";
import type { Wanted } from "./apt.ts";

export const engineNames = serverNames;
export type EngineName = ServerName;

export interface Engine extends Omit<Wanted, "unneeded"> {
  readonly name: EngineName;
  readonly title: string;
  /** The environment variable that names a server of the user's. */
  readonly variable: string;
}

export const engines: Readonly<Record<EngineName, Engine>> = {
  mariadb: {
    name: "mariadb",
    title: "MariaDB",
    packages: ["mariadb-server-core", "mariadb-client-core"],
    suite: "own",
    variable: "SUREFOOT_TEST_MARIADB_URL",
  },
  mysql: {
    name: "mysql",
    title: "MySQL",
    packages: ["mysql-server-core"],
    // No release of Debian has it.
    suite: "unstable",
    variable: "SUREFOOT_TEST_MYSQL_URL",
  },
};
