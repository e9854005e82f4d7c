import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { digest } from "../digest.ts";
import { listFolder, readFolder, readText } from "./read-folder.ts";

let dir: string;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "surefoot-files-"));
});

afterEach(() => {
  rmSync(dir, { recursive: true });
});

function write(name: string, content: string | Uint8Array = "-- migrate:up\n"): string {
  const path = join(dir, name);
  writeFileSync(path, content);
  return path;
}

test("migrations are in the order of their numbers, not of their names", () => {
  for (const name of ["10_c.sql", "9_b.sql", "0001_a.sql", "20261122224043123456789_d.sql"]) write(name);

  const listed = listFolder(dir);

  expect(listed.map(({ id }) => id)).toEqual(["0001_a", "9_b", "10_c", "20261122224043123456789_d"]);
  expect(listed.at(-1)).toEqual({
    id: "20261122224043123456789_d",
    number: 20261122224043123456789n,
    path: join(dir, "20261122224043123456789_d.sql"),
  });
});

test("other endings, dot files and folders are passed over", () => {
  for (const name of ["README.md", ".0001_a.sql", ".gitkeep", "0001_a.sql~", "0001_a.sql"]) write(name);
  mkdirSync(join(dir, "0002_b.sql"));

  expect(listFolder(dir).map(({ id }) => id)).toEqual(["0001_a"]);
});

test.each([
  "users.sql",
  "0001.sql",
  "0001-users.sql",
  "0001_.sql",
  "v1_users.sql",
  "0001_my users.sql",
  "0001_users.SQL",
])("the name %s is refused", (name) => {
  write(name);

  expect(() => listFolder(dir)).toThrow(`${join(dir, name)}:1:1: The name does not fit.`);
});

test("two equal numbers are refused, and both files named", () => {
  const a = write("1_a.sql");
  const b = write("0001_b.sql");

  expect(() => listFolder(dir)).toThrow(`${b} and ${a} have the same number, 1`);
});

test("ids that differ only in case are refused, and both files named", () => {
  const a = write("1_É.sql");
  const b = write("1_e\u0301.sql");

  expect(() => listFolder(dir)).toThrow(`${b} and ${a} differ only in case`);
});

test("a missing folder is told with the way to make it", () => {
  const missing = join(dir, "none");

  expect(() => listFolder(missing)).toThrow(expect.objectContaining({ code: "USAGE", next: ["surefoot init"] }));
  expect(() => listFolder(missing)).toThrow(`There is no folder of migrations at ${missing}.`);
});

test("a file that is not UTF-8 is refused with its place", () => {
  const path = write(
    "1_a.sql",
    Buffer.concat([Buffer.from("-- migrate:up\nSELECT '"), Buffer.of(0xff), Buffer.from("';\n")]),
  );

  expect(() => readText(path)).toThrow(`${path}:2:9: This is not UTF-8.`);
});

test("a NUL character is refused with its place", () => {
  const path = write("1_a.sql", "-- migrate:up\nSELECT '\0';");

  expect(() => readText(path)).toThrow(`${path}:2:9: A NUL character`);
});

test("a text is read as it stands, so that its hash is that of the file", () => {
  const path = write("1_a.sql", "\uFEFF-- migrate:up\r\nSELECT 1;");

  expect(readText(path)).toBe("\uFEFF-- migrate:up\r\nSELECT 1;");
  expect(digest(readText(path))).not.toBe(digest("-- migrate:up\nSELECT 1;"));
});

test("a folder is read in order", () => {
  write("2_b.sql", "-- migrate:up\nSELECT 2;");
  write("1_a.sql", "-- migrate:up\nSELECT 1;");

  expect(readFolder(dir, "sqlite")).toMatchObject([
    { id: "1_a", up: [{ sql: "SELECT 1" }] },
    { id: "2_b", up: [{ sql: "SELECT 2" }] },
  ]);
});

test("a folder with a bad file is refused", () => {
  const path = write("1_a.sql", "SELECT 1;");

  expect(() => readFolder(dir, "sqlite")).toThrow(`${path}:1:1: This statement stands in no section.`);
});
