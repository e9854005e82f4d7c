import { hash } from "node:crypto";

/** SHA-256 of a text as it is, in hex: a file whose hash is known need not be parsed again. */
export function rawHash(text: string): string {
  return hash("sha256", text);
}
