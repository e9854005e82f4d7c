import { expect, test } from "vitest";
import { parseDirective } from "./directives.ts";

const line = (text: string) => parseDirective({ kind: "line_comment", text });
const block = (text: string) => parseDirective({ kind: "block_comment", text });

test.each([
  ["-- migrate:depends 0001_users", { type: "depends", id: "0001_users", optional: false }],
  ["--migrate:depends  0001_users optional ", { type: "depends", id: "0001_users", optional: true }],
  ["-- migrate:allow no-foreign-key: see: PR 812", { type: "allow", rule: "no-foreign-key", reason: "see: PR 812" }],
  ["-- migrate:pre no orphans", { type: "pre", name: "no orphans", expect: "true" }],
  ["-- migrate:post we expect empty carts", { type: "post", name: "we expect empty carts", expect: "true" }],
  ["-- migrate:post no orphans expect=empty\r", { type: "post", name: "no orphans", expect: "empty" }],
  ["-- migrate:up", { type: "up", transaction: null }],
  ["--migrate:up transaction:false", { type: "up", transaction: false }],
  ["--\tmigrate:down\ttransaction:true", { type: "down", transaction: true }],
  ["-- migrate:undo DROP TABLE t;", { type: "undo", sql: "DROP TABLE t;", at: 16 }],
  ["-- migrate:undo", { type: "undo", sql: "", at: 15 }],
  ["-- migrate:undo none: it was empty", { type: "undo_none", reason: "it was empty" }],
  ["--migrate:probe  SELECT 1;", { type: "probe", sql: "SELECT 1;", at: 17 }],
  ["-- migrate:option transaction=none", { type: "option", options: { transaction: "none" } }],
  ["-- migrate:option recovery=stop", { type: "option", options: { recovery: "stop" } }],
  ["-- migrate:option timeout=250ms", { type: "option", options: { timeoutMs: 250 } }],
  ["-- migrate:option timeout=2m", { type: "option", options: { timeoutMs: 120_000 } }],
  ["-- migrate:option lock_timeout=1h", { type: "option", options: { lockTimeoutMs: 3_600_000 } }],
  ["-- migrate:option data=a, b", { type: "option", options: { data: ["a", "b"] } }],
])("%s is read", (text, directive) => {
  expect(line(text)).toEqual(directive);
});

test("undo and probe may be block comments", () => {
  expect(block("/* migrate:undo\n DROP TABLE t;\n*/")).toEqual({ type: "undo", sql: "DROP TABLE t;", at: 17 });
  expect(block("/*migrate:probe SELECT 1 */")).toEqual({ type: "probe", sql: "SELECT 1", at: 16 });
  expect(block("/* migrate:undo none: too\nlong */")).toEqual({ type: "undo_none", reason: "too\nlong" });
});

test.each([
  "-- migrates users",
  "-- see migrate:up",
  "-- about migrate:down",
  "-- migrate down to 3",
  "# note",
  "--",
  "-- changeset",
])("%s is an ordinary comment", (text) => {
  expect(line(text)).toBeNull();
});

test.each(["/* -- migrate:down */", "/*\n-- migrate:down\nDROP TABLE t;\n*/", "/* +goose Up */", "/**/"])(
  "%j is an ordinary comment",
  (text) => {
    expect(block(text)).toBeNull();
  },
);

test.each([
  ["-- migrate:dwon", "Did you mean `migrate:down`?"],
  ["-- migrate:Up", "Did you mean `migrate:up`?"],
  ["-- migrate:UNDO SELECT 1;", "Did you mean `migrate:undo`?"],
  ["-- migrate:rollback", "The directives are depends, allow,"],
  ["-- migrate: up", "Directly behind `migrate:` a directive was expected."],
  ["-- Migrate:up", "small letters"],
  ["# migrate:up", "Write `-- migrate:up`"],
  ["-- migrate down", "Write `-- migrate:down`, with a colon."],
  ["-- migrate:up: x", "Behind `migrate:up` a space was expected, not `:`"],
  ["-- migrate:up CREATE TABLE t (x int);", "SQL begins on the next line"],
  ["-- migrate:up transaction=false", "only `transaction:false` or"],
  ["-- migrate:depends", "names no migration"],
  ["-- migrate:depends 0001_users.sql", "Write `-- migrate:depends 0001_users`."],
  ["-- migrate:depends users", "is no id of a migration"],
  ["-- migrate:depends 0001_users 0002_audit", "each dependency has a line of its own"],
  ["-- migrate:allow no-foreign-key", "a colon and the reason"],
  ["-- migrate:allow no-foreign-key:", "a colon and the reason"],
  ["-- migrate:pre", "has no name"],
  ["-- migrate:pre expect=empty", "has no name"],
  ["-- migrate:pre expect empty", "Write `-- migrate:pre NAME expect=empty`."],
  ["-- migrate:post no orphans expect empty", "Write `-- migrate:post no orphans expect=empty`."],
  ["-- migrate:post no orphans expect: empty", "Write `-- migrate:post no orphans expect=empty`."],
  ["-- migrate:post expect=empty no orphans", "Write `-- migrate:post no orphans expect=empty`."],
  ["-- migrate:post no orphans expect=none", "`expect=none` is unknown"],
  ["-- migrate:undo none", "Write `-- migrate:undo none: REASON`"],
  ["-- migrate:undo none:", "Write `-- migrate:undo none: REASON`"],
  ["-- migrate:undo NONE: x", "in small letters"],
  ["-- migrate:option", "takes KEY=VALUE"],
  ["-- migrate:option transaction:none", "takes KEY=VALUE"],
  ["-- migrate:option lock_timout=1s", "Did you mean `lock_timeout`?"],
  ["-- migrate:option speed=1", "The options are transaction,"],
  ["-- migrate:option transaction=steps", "Did you mean `transaction=step`?"],
  ["-- migrate:option recovery=stop timeout=1s", "one option on a line"],
  ["-- migrate:option timeout=30", "whole number with a unit"],
  ["-- migrate:option timeout=1.5s", "whole number with a unit"],
  ["-- migrate:option data=a,,b", "commas between them"],
  ["-- +goose Up", "a marker of goose"],
  ["--+goose StatementBegin", "a marker of goose"],
  ["-- +migrate Up", "a marker of sql-migrate"],
  ["--liquibase formatted sql", "a marker of Liquibase"],
  ["-- changeset nvoxland:1", "a marker of Liquibase"],
])("%s is refused", (text, message) => {
  expect(line(text)).toEqual({ type: "invalid", message: expect.stringContaining(message) });
});

test("a block comment that begins like another directive is refused, not passed over", () => {
  expect(block("/* migrate:down */")).toEqual({
    type: "invalid",
    message: expect.stringContaining("on a line of its own"),
  });
  expect(block("/* migrate:unod DROP TABLE t; */")).toEqual({
    type: "invalid",
    message: expect.stringContaining("migrate:undo"),
  });
});
