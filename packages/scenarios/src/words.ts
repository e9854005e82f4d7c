/** What the engines write differently; the stories are the same. */
export type EngineName = "sqlite" | "mysql" | "mariadb";

export interface Words {
  /** A text that an index can hold. */
  readonly text: string;
  readonly dropIndex: (index: string, table: string) => string;
  /** A statement that puts rows into `users` and takes at least half a minute. */
  readonly slowRows: string;
  /** True when the index of `users` keeps values apart. */
  readonly isUnique: (index: string) => string;
}

const servers: Words = {
  text: "VARCHAR(99)",
  dropIndex: (index, table) => `DROP INDEX ${index} ON ${table}`,
  slowRows: "INSERT INTO users (id, name) SELECT 1000 + SLEEP(40), 'slow'",
  isUnique: (index) =>
    `SELECT COUNT(*) = 1 FROM information_schema.STATISTICS WHERE TABLE_SCHEMA = DATABASE() AND INDEX_NAME = '${index}' AND NON_UNIQUE = 0`,
};

export const wordsOf: { readonly [E in EngineName]: Words } = {
  sqlite: {
    text: "TEXT",
    dropIndex: (index) => `DROP INDEX ${index}`,
    slowRows:
      "INSERT INTO users (name) WITH RECURSIVE c (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c LIMIT 500000000) SELECT n FROM c",
    isUnique: (index) => `SELECT COUNT(*) = 1 FROM pragma_index_list('users') WHERE "unique" = 1 AND name = '${index}'`,
  },
  mysql: servers,
  mariadb: servers,
};
