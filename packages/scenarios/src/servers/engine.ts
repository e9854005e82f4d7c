/** What is known of the two servers, to start one of one's own that is small and quick. */
export const serverNames = ["mariadb", "mysql"] as const;
export type ServerName = (typeof serverNames)[number];

export interface ServerEngine {
  readonly name: ServerName;
  readonly title: string;
  /** What the program is called. */
  readonly programs: readonly string[];
  /** For a start and for making the data directory alike. */
  readonly settings: readonly string[];
  /** For a start only. */
  readonly startSettings: readonly string[];
}

/**
 * Nothing is synced to the disk: processes are killed on these servers, and what a process has written survives that in the
 * memory of the operating system. They could not show what a power failure does.
 */
const common = [
  "--innodb-buffer-pool-size=32M",
  "--innodb-flush-log-at-trx-commit=2",
  "--innodb-flush-method=nosync",
  "--innodb-doublewrite=OFF",
];

export const serverEngines: { readonly [N in ServerName]: ServerEngine } = {
  mariadb: {
    name: "mariadb",
    title: "MariaDB",
    programs: ["mariadbd", "mysqld"],
    settings: [...common, "--innodb-log-file-size=16M"],
    startSettings: [],
  },
  mysql: {
    name: "mysql",
    title: "MySQL",
    programs: ["mysqld"],
    // Without secure-file-priv it looks for a folder that its package would have made.
    settings: [...common, "--innodb-redo-log-capacity=16M", "--secure-file-priv=NULL"],
    startSettings: ["--mysqlx=OFF", "--sync-binlog=0"],
  },
};

/** Where a server finds what belongs to it, given the folder that stands for `/usr`. */
export function placesIn(prefix: string): readonly string[] {
  return [
    `--basedir=${prefix}`,
    `--lc-messages-dir=${prefix}/share/mysql`,
    `--character-sets-dir=${prefix}/share/mysql/charsets`,
    `--plugin-dir=${prefix}/lib/mysql/plugin`,
  ];
}
