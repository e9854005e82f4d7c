import type { Files } from "./scenario.ts";

/** The table that the stories begin with. */
export const users: Files = {
  "0001_users": `-- migrate:up
CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT);
-- migrate:undo DROP TABLE users;
`,
};
