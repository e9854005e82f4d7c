/** The small set of migrations that the crash matrix tries every moment of. */
export interface Case {
  readonly name: string;
  /** Applied before anything crashes. */
  readonly before: { readonly [id: string]: string };
  /** Applied, or tried, while the process dies. */
  readonly file: string;
  readonly command: "up" | "down";
}

const table =
  "-- migrate:up\nCREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT);\n-- migrate:undo DROP TABLE t;\nINSERT INTO t (a) VALUES ('x'), ('y');\n-- migrate:undo DELETE FROM t;\n";

const steps = (mode: string): string => `-- migrate:option transaction=${mode}
-- migrate:pre rows are there
SELECT COUNT(*) = 2 FROM t;
-- migrate:up
ALTER TABLE t ADD COLUMN b TEXT;
-- migrate:undo ALTER TABLE t DROP COLUMN b;
CREATE TABLE IF NOT EXISTS t (id INTEGER);
-- migrate:undo DROP TABLE t;
CREATE INDEX t_b ON t (b);
-- migrate:undo DROP INDEX t_b;
`;

const update = "UPDATE t SET b = a;\n-- migrate:undo UPDATE t SET b = NULL;\n";
const post = "-- migrate:post the index is there\nSELECT COUNT(*) = 1 FROM sqlite_schema WHERE name = 't_b';\n";
const wrongPost = "-- migrate:post never\nSELECT 0;\n";

export const cases: readonly Case[] = [
  ...(["migration", "step", "none"] as const).flatMap((mode): Case[] => [
    { name: `three steps, transaction=${mode}`, before: { "0001_t": table }, file: steps(mode) + post, command: "up" },
    {
      name: `the last step fails, transaction=${mode}`,
      before: { "0001_t": table },
      file: `${steps(mode)}ALTER TABLE nowhere ADD COLUMN x TEXT;\n`,
      command: "up",
    },
    {
      name: `the post-check fails, transaction=${mode}`,
      before: { "0001_t": table },
      file: steps(mode) + wrongPost,
      command: "up",
    },
    {
      name: `the post-check fails and there is a down section, transaction=${mode}`,
      before: { "0001_t": table },
      file: `${steps(mode).replace(/CREATE TABLE IF[^]*?DROP TABLE t;\n/, "")}${wrongPost}-- migrate:down\nDROP INDEX t_b;\nALTER TABLE t DROP COLUMN b;\n`,
      command: "up",
    },
    {
      name: `reverting, transaction=${mode}`,
      before: { "0001_t": table, "0002_m": steps(mode) },
      file: steps(mode),
      command: "down",
    },
  ]),
  ...(["migration", "step"] as const).flatMap((mode): Case[] => [
    {
      name: `rows too, transaction=${mode}`,
      before: { "0001_t": table },
      file: steps(mode) + update + post,
      command: "up",
    },
    {
      name: `rows too, and the last step fails, transaction=${mode}`,
      before: { "0001_t": table },
      file: `${steps(mode)}${update}INSERT INTO nowhere VALUES (1);\n`,
      command: "up",
    },
  ]),
  {
    name: "an undo is missing",
    before: { "0001_t": table },
    file: `${steps("step").replace("-- migrate:undo ALTER TABLE t DROP COLUMN b;\n", "")}ALTER TABLE nowhere ADD COLUMN x TEXT;\n`,
    command: "up",
  },
  {
    name: "under resume",
    before: { "0001_t": table },
    file: `-- migrate:option recovery=resume\n${steps("step")}${post}`,
    command: "up",
  },
  {
    name: "under stop",
    before: { "0001_t": table },
    file: `-- migrate:option recovery=stop\n${steps("step")}${post}`,
    command: "up",
  },
];
