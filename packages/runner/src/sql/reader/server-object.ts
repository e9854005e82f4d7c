import type { Cursor } from "./cursor.ts";
import type { Read } from "./statement.ts";

/** What can be created, altered and dropped beside the objects of a schema, and what it is called in messages. */
const serverObjects: readonly (readonly [words: string, what: string])[] = [
  ["USER", "users and privileges"],
  ["ROLE", "users and privileges"],
  ["SERVER", "a connection to another server"],
  ["TABLESPACE", "a tablespace"],
  ["UNDO TABLESPACE", "a tablespace"],
  ["LOGFILE GROUP", "a tablespace"],
  ["RESOURCE GROUP", "a resource group"],
  ["SPATIAL REFERENCE SYSTEM", "a spatial reference system"],
  ["INSTANCE", "settings of the server"],
];

/** From behind CREATE, ALTER or DROP. */
export function readServerObject(cursor: Cursor): Read {
  const found = serverObjects.find(([words]) => cursor.is(...words.split(" ")));
  if (found === undefined) throw cursor.unread("a kind of object");
  cursor.skipAll();
  return { kind: "server", what: found[1], reads: [], calls: [] };
}
