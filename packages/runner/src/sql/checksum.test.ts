import * as fc from "fast-check";
import { expect, test } from "vitest";
import { checksum } from "./checksum.ts";
import { split } from "./splitter.ts";

const of = (text: string) => checksum(split(text, "mysql"), "mysql");

/** Lists of words as statements. */
const hash = (list: readonly (readonly string[])[]) =>
  checksum(
    list.map((words) => ({ sql: words.join(" ") })),
    "sqlite",
  );

test("comments, white space and line ends don't count", () => {
  const plain = of("INSERT INTO t VALUES (1, 'a\nb');SELECT 1");

  expect(of("-- why\r\nINSERT  INTO t\r\n\tVALUES(1,/* one */'a\r\nb') ; SELECT 1 # last\n;")).toBe(plain);
});

test("an executable comment counts", () => {
  expect(of("SELECT 1 /*!50000 + 1 */")).not.toBe(of("SELECT 1"));
  expect(of("SELECT 1 /*!50000 + 1 */")).not.toBe(of("SELECT 1 + 1"));
  expect(of("SELECT 1 /*!50000 + 1 */")).toBe(of("SELECT 1 /*!50000+1*/"));
});

test("words count as written", () => {
  expect(of("select 1")).not.toBe(of("SELECT 1"));
});

test("where one token or statement ends and the next begins counts", () => {
  expect(of("SELECT ab")).not.toBe(of("SELECT a b"));
  expect(of("SELECT 1; SELECT 2")).not.toBe(of("SELECT 1 SELECT 2"));
  expect(of("SELECT 'a b'")).not.toBe(of("SELECT 'a  b'"));
  expect(of("")).not.toBe(checksum([{ sql: "" }], "mysql"));
});

test("a token that is longer than the buffer counts in full", () => {
  const long = "x".repeat(200_000);

  expect(of(`SELECT '${long}a'`)).not.toBe(of(`SELECT '${long}b'`));
  expect(of(`SELECT  '${long}a'`)).toBe(of(`SELECT '${long}a'`));
});

test("lists of tokens are hashed alike only when they are alike", () => {
  const lists = fc.array(
    fc.array(fc.constantFrom("a", "b", "ab", "'a'", "1", ",", "é"), { minLength: 1, maxLength: 4 }),
    { maxLength: 3 },
  );

  fc.assert(
    fc.property(lists, lists, (one, other) => {
      expect(hash(one) === hash(other)).toBe(JSON.stringify(one) === JSON.stringify(other));
    }),
    { numRuns: 1_000, seed: 1 },
  );
});
