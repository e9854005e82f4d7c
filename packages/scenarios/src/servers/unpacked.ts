import { readdirSync } from "node:fs";
import { join } from "node:path";

/** A program and its arguments so far. */
export interface Command {
  readonly command: string;
  readonly args: readonly string[];
}

/**
 * How to run an unpacked program: by the loader and with the libraries that were unpacked with it, which need not be
 * those of this machine. The folder's name depends on the architecture; it is the one that holds the C library.
 */
export function unpacked(root: string, program: string): Command {
  const folders = ["lib", "usr/lib"]
    .map((name) => join(root, name))
    .flatMap((folder) => names(folder).map((name) => join(folder, name)));
  const c = folders.find((folder) => names(folder).includes("libc.so.6"));
  const loader = c && names(c).find((name) => /^ld-linux-.*\.so\.\d+$|^ld64\.so\.\d+$/.test(name));
  if (c === undefined || loader === undefined) throw new Error(`${root} holds no C library with its loader`);
  const triplet = c.slice(c.lastIndexOf("/") + 1);
  const libraries = folders.filter((folder) => folder.endsWith(`/${triplet}`));
  return { command: join(c, loader), args: ["--library-path", libraries.join(":"), join(root, program)] };
}

function names(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
