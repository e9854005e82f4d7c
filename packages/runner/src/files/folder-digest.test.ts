import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { assert, nat, pre, property, record, string, stringMatching, uniqueArray } from "fast-check";
import { afterAll, expect, test } from "vitest";
import { digestOfTexts, digestOnDisk } from "./folder-digest.ts";

const parent = mkdtempSync(join(tmpdir(), "surefoot-digest-"));

afterAll(() => rmSync(parent, { recursive: true }));

interface File {
  readonly name: string;
  readonly text: string;
}

function onDisk(files: readonly File[]): string | null {
  const dir = mkdtempSync(join(parent, "files-"));
  for (const { name, text } of files) writeFileSync(join(dir, name), text);
  return digestOnDisk(dir);
}

const name = stringMatching(/^[0-9]{1,3}_[a-zé]{1,12}\.sql$/);
const text = string({ unit: "grapheme", maxLength: 60 });
const files = uniqueArray(record({ name, text }), { selector: (file) => file.name, maxLength: 5 });

test("texts that were read and their files on disk have one digest", () => {
  assert(
    property(files, (some) => {
      expect(onDisk(some)).toBe(digestOfTexts(some));
    }),
    { numRuns: 100, seed: 1 },
  );
});

test("also where a text is larger than what is read at once, and a character stands across a border", () => {
  for (const length of [8_191, 8_192, 16_383, 65_535, 65_536, 65_537, 200_001]) {
    const long = `${"x".repeat(length)}🐢é${"y".repeat(length)}`;
    const some = [
      { name: "1_a.sql", text: long },
      { name: "2_b.sql", text: "SELECT 1" },
    ];

    expect(onDisk(some), `${length}`).toBe(digestOfTexts(some));
  }
});

test("also where the end of the last text fills what is read at once to the last byte", () => {
  for (let length = 65_500; length <= 65_540; length++) {
    const text_ = "x".repeat(length % 3) + "漢".repeat(Math.floor(length / 3));
    const some = [{ name: "1_a.sql", text: text_ }];
    const digest = digestOfTexts(some);

    expect(onDisk(some), `${length}`).toBe(digest);
    expect(digestOfTexts([{ name: "1_a.sql", text: `${text_.slice(0, -1)}字` }]), `${length}`).not.toBe(digest);
  }
});

test("a change of any character, name or border between files makes another digest", () => {
  const change = record({ at: nat(), by: string({ unit: "grapheme", minLength: 1, maxLength: 1 }) });
  assert(
    property(files, change, (some, { at, by }) => {
      pre(some.length > 0);
      const index = at % some.length;
      const { name: own, text: old } = some[index]!;
      const place = at % (old.length + 1);
      const changed = old.slice(0, place) + by + old.slice(place + 1);
      pre(Buffer.from(changed).compare(Buffer.from(old)) !== 0);
      const digest = digestOfTexts(some);

      expect(digestOfTexts(some.with(index, { name: own, text: changed }))).not.toBe(digest);
      expect(digestOfTexts(some.with(index, { name: `0${own}`, text: old }))).not.toBe(digest);
      expect(digestOfTexts(some.toSpliced(index, 1))).not.toBe(digest);
    }),
    { numRuns: 300, seed: 1 },
  );
  expect(digestOfTexts([{ name: "1_a.sql", text: "ab" }])).not.toBe(digestOfTexts([{ name: "1_aa.sql", text: "b" }]));
});

test("no two of many texts that differ in the case of two letters share a digest", () => {
  const base = "insert into users (name, mail) values ('a', 'b'); update users set name = 'c' where id = 1;";
  const letters = base.split("").flatMap((character, at) => (/[a-z]/.test(character) ? [at] : []));
  const upper = (text_: string, at: number): string =>
    text_.slice(0, at) + text_[at]!.toUpperCase() + text_.slice(at + 1);
  const seen = new Map<string, string>();
  for (const one of letters)
    for (const other of letters) {
      const changed = upper(upper(base, one), other);
      const digest = digestOfTexts([{ name: "1_a.sql", text: changed }]);
      expect(seen.get(digest) ?? changed).toBe(changed);
      seen.set(digest, changed);
    }
  expect(seen.size).toBe((letters.length * (letters.length + 1)) / 2);
});

test("what can't be read as a file, or isn't there, makes none; other files and folders don't count", () => {
  const dir = mkdtempSync(join(parent, "files-"));
  writeFileSync(join(dir, "1_a.sql"), "SELECT 1");
  const digest = digestOnDisk(dir);
  writeFileSync(join(dir, "README.md"), "read me");
  writeFileSync(join(dir, ".2_b.sql"), "hidden");
  mkdirSync(join(dir, "3_c"));

  expect(digestOnDisk(dir)).toBe(digest);
  expect(digest).toBe(digestOfTexts([{ name: "1_a.sql", text: "SELECT 1" }]));

  mkdirSync(join(dir, "4_d.sql"));
  expect(digestOnDisk(dir)).toBeNull();
  expect(digestOnDisk(join(dir, "nowhere"))).toBeNull();
});
