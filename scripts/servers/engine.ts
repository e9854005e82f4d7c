/** What is known of the two servers that tests run on: where they come from and how they are started. */
import { join } from "node:path";
import type { Wanted } from "./apt.ts";

export const engineNames = ["mariadb", "mysql"] as const;
export type EngineName = (typeof engineNames)[number];

export interface Engine extends Omit<Wanted, "unneeded"> {
  readonly name: EngineName;
  readonly title: string;
  /** The server below the folder that the packages were unpacked to. */
  readonly program: string;
  /** The environment variable that names a server of the user's. */
  readonly variable: string;
  /** For a start and for making the data directory alike. */
  readonly settings: readonly string[];
  /** For a start only. */
  readonly startSettings: readonly string[];
}

/**
 * Small and quick. Nothing is synced to the disk: in these tests processes are killed, and what a process has written
 * survives that in the memory of the operating system. They could not show what a power failure does.
 */
const common = [
  "--innodb-buffer-pool-size=32M",
  "--innodb-flush-log-at-trx-commit=2",
  "--innodb-flush-method=nosync",
  "--innodb-doublewrite=OFF",
];

export const engines: Readonly<Record<EngineName, Engine>> = {
  mariadb: {
    name: "mariadb",
    title: "MariaDB",
    packages: ["mariadb-server-core", "mariadb-client-core"],
    suite: "own",
    program: "usr/sbin/mariadbd",
    variable: "SUREFOOT_TEST_MARIADB_URL",
    settings: [...common, "--innodb-log-file-size=16M"],
    startSettings: [],
  },
  mysql: {
    name: "mysql",
    title: "MySQL",
    packages: ["mysql-server-core"],
    // No release of Debian has it.
    suite: "unstable",
    program: "usr/sbin/mysqld",
    variable: "SUREFOOT_TEST_MYSQL_URL",
    // Without secure-file-priv it looks for a folder that its package would have made.
    settings: [...common, "--innodb-redo-log-capacity=16M", "--secure-file-priv=NULL"],
    startSettings: ["--mysqlx=OFF", "--sync-binlog=0"],
  },
};

/** Where a server finds what belongs to it, given the folder that its packages were unpacked to. */
export function placesIn(root: string): readonly string[] {
  return [
    `--basedir=${join(root, "usr")}`,
    `--lc-messages-dir=${join(root, "usr/share/mysql")}`,
    `--character-sets-dir=${join(root, "usr/share/mysql/charsets")}`,
    `--plugin-dir=${join(root, "usr/lib/mysql/plugin")}`,
  ];
}
