/** Whose server reads a statement, and which: what runs inside executable comments depends on it. */
export interface Server {
  readonly dialect: "mysql" | "mariadb";
  /** As executable comments write it: 80036 for MySQL 8.0.36, 101119 for MariaDB 10.11.19. */
  readonly version: number;
}

/** The version in the answer to `SELECT VERSION()`: `9.7.4`, `10.11.19-MariaDB-0+deb12u1`. Null: not a version. */
export function versionNumber(text: string): number | null {
  const [, major, minor, patch] = /^(\d+)\.(\d+)\.(\d+)/.exec(text) ?? [];
  if (major === undefined) return null;
  return Number(major) * 10_000 + Number(minor) * 100 + Number(patch);
}
