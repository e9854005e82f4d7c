/** The migration of these stories. It is killed in its second step, the one that changes rows. */
import type { Files } from "../../scenario.ts";

export function addresses(more: { readonly option?: string; readonly undo?: string } = {}): Files {
  const { option = "", undo = "ALTER TABLE users DROP COLUMN email;" } = more;
  return {
    "0002_email": `
      -- migrate:option transaction=step
      ${option}
      -- migrate:up
      ALTER TABLE users ADD COLUMN email VARCHAR(99);
      -- migrate:undo ${undo}
      UPDATE users SET email = name;
      -- migrate:undo UPDATE users SET email = NULL;
      CREATE UNIQUE INDEX users_email ON users (email);
      -- migrate:undo DROP INDEX users_email{{| ON users}};
      -- migrate:post nobody is without an address
      SELECT COUNT(*) = 0 FROM users WHERE email IS NULL;
    `,
  };
}

/** What the operator does to end up where the migration was going. */
export const byHand = ["UPDATE users SET email = name", "CREATE UNIQUE INDEX users_email ON users (email)"] as const;

export const finished = { users: ["id", "name", "email", "unique index users_email"] } as const;
