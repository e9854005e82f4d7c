/** A text and the statements in it. Every statement is one that the real engine takes. */
export type Case = readonly [name: string, text: string, statements: readonly string[], options?: CaseOptions];

export interface CaseOptions {
  /** The statements are written for sql_mode=ORACLE, which the server must be told. */
  readonly oracle?: true;
}

/** Each body alone, between two statements, and twice. */
export function bodies(
  given: readonly (readonly [name: string, sql: string])[],
  options: CaseOptions = {},
): readonly Case[] {
  return given.flatMap(([name, sql]): Case[] => [
    [name, sql, [sql], options],
    [`${name}, between others`, `SELECT 0;${sql};SELECT 1;\n${sql} ;`, ["SELECT 0", sql, "SELECT 1", sql], options],
  ]);
}
