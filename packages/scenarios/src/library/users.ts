import type { Files } from "../scenario.ts";

/** What most stories begin with: a table with two people in it. */
export const users: Files = {
  "0001_users": `
    -- migrate:up
    CREATE TABLE users (id INTEGER PRIMARY KEY, name VARCHAR(99));
    INSERT INTO users VALUES (1, 'Ada'), (2, 'Grace');
    -- migrate:undo DELETE FROM users;
  `,
};
