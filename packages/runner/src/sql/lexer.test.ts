import { expect, test } from "vitest";
import type { Dialect } from "./dialect.ts";
import { tokens } from "./lexer.ts";

/** `kind:text` for each token, with words, numbers and marks bare. */
function shown(sql: string, dialect: Dialect): string[] {
  return tokens(sql, dialect).map(({ kind, text }) =>
    kind === "word" || kind === "number" || kind === "punctuation" ? text : `${kind}:${text}`,
  );
}

test("words, numbers and marks are told apart", () => {
  expect(shown("SELECT a.b1, 1.5e-3 <= .5*0x1F FROM t", "mysql")).toEqual([
    "SELECT",
    "a",
    ".",
    "b1",
    ",",
    "1.5e-3",
    "<",
    "=",
    ".5",
    "*",
    "0x1F",
    "FROM",
    "t",
  ]);
});

test("a name may begin with digits in MySQL, and a number may hold underscores in SQLite", () => {
  expect(tokens("2024_orders", "mysql")).toMatchObject([{ kind: "word", text: "2024_orders" }]);
  expect(tokens("1_000", "sqlite")).toMatchObject([{ kind: "number", text: "1_000" }]);
});

test("a range is two numbers", () => {
  expect(shown("1..3", "mariadb")).toEqual(["1", ".", ".", "3"]);
});

test("double quotes, brackets and backticks mean what the dialect says", () => {
  expect(shown('"a" `b` [c]', "sqlite")).toEqual([
    'quoted_identifier:"a"',
    "quoted_identifier:`b`",
    "quoted_identifier:[c]",
  ]);
  expect(shown('"a" `b` [c]', "mysql")).toEqual(['string:"a"', "quoted_identifier:`b`", "[", "c", "]"]);
});

test("variables and parameters are one token", () => {
  expect(shown("@a @@global.b @`c d` @'e' :f ?", "mysql")).toEqual([
    "variable:@a",
    "variable:@@global",
    ".",
    "b",
    "variable:@`c d`",
    "variable:@'e'",
    ":",
    "f",
    "?",
  ]);
  expect(shown("@a :b $c ?1 ?", "sqlite")).toEqual([
    "variable:@a",
    "variable::b",
    "variable:$c",
    "variable:?1",
    "variable:?",
  ]);
});

test("a literal with a prefix is one string", () => {
  expect(shown("x'41' N'it\\'s' b'01' _utf8'a' x '41'", "mysql")).toEqual([
    "string:x'41'",
    "string:N'it\\'s'",
    "string:b'01'",
    "_utf8",
    "string:'a'",
    "x",
    "string:'41'",
  ]);
  expect(shown("X'41' n'a'", "sqlite")).toEqual(["string:X'41'", "n", "string:'a'"]);
});

test("the content of an executable comment is code, with marks around it", () => {
  const found = tokens("CREATE /*!50000 TEMPORARY */ TABLE /*M!100100 a */ /*! b */", "mariadb");

  expect(found.map(({ text }) => text)).toEqual([
    "CREATE",
    "/*!50000",
    "TEMPORARY",
    "*/",
    "TABLE",
    "/*M!100100",
    "a",
    "*/",
    "/*!",
    "b",
    "*/",
  ]);
  expect(found.map(({ executable }) => executable)).toEqual([
    false,
    true,
    true,
    true,
    false,
    true,
    true,
    true,
    true,
    true,
    true,
  ]);
});

test("a version has five or six digits, in MySQL six only before white space", () => {
  expect(shown("/*!050017a */ /*!123 */", "mariadb")).toEqual([
    "executable_open:/*!050017",
    "a",
    "executable_close:*/",
    "executable_open:/*!",
    "123",
    "executable_close:*/",
  ]);
  expect(shown("/*!080017 a */ /*!080017a */", "mysql")).toEqual([
    "executable_open:/*!080017",
    "a",
    "executable_close:*/",
    "executable_open:/*!08001",
    "7a",
    "executable_close:*/",
  ]);
});

test("what is for the other server is a comment, and comments nest in it once", () => {
  expect(shown("a /*!80000 it's /* x */ y */ b /*!100100 c */", "mariadb")).toEqual([
    "a",
    "b",
    "executable_open:/*!100100",
    "c",
    "executable_close:*/",
  ]);
  expect(shown("a /*!100100 it's /* x */ y */ b /*M! it's */ c", "mysql")).toEqual(["a", "b", "c"]);
  expect(tokens("a /*!99999 /* x */", "mysql").map(({ text }) => text)).toEqual(["a"]);
});

test("executable comments don't nest: the first mark closes", () => {
  expect(tokens("/*! a /*! b */ c */", "mysql").map(({ text, executable }) => [text, executable])).toEqual([
    ["/*!", true],
    ["a", true],
    ["/*!", true],
    ["b", true],
    ["*/", true],
    ["c", false],
    ["*", false],
    ["/", false],
  ]);
});

test("comments are left out, and nothing in SQLite is an executable comment", () => {
  expect(shown("a /* b */ -- c\n d /*! e */", "sqlite")).toEqual(["a", "d"]);
  expect(shown("a # b\n c --d", "mysql")).toEqual(["a", "c", "-", "-", "d"]);
});

test("dollars quote a JavaScript body only in MySQL and only behind AS", () => {
  expect(shown("AS $$ a; $$", "mysql")).toEqual(["AS", "string:$$ a; $$"]);
  expect(shown("a $$ b", "mysql")).toEqual(["a", "$$", "b"]);
  expect(shown("AS $$ a", "mariadb")).toEqual(["AS", "$$", "a"]);
});

test.each(["'a", '"a', "`a", "'a''", "'a\\'", "@`a", "x'4"])("%s is unterminated", (sql) => {
  expect(tokens(`SELECT ${sql}`, "mysql").at(-1)).toMatchObject({ unterminated: true, end: 7 + sql.length });
});
