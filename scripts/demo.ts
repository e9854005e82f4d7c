/**
 * The main job on a temporary SQLite database, with the real command line and a real SIGKILL. It asserts what it shows
 * and ends with an error when something is not so.
 */
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const bin = join(import.meta.dirname, "..", "node_modules", ".bin", "surefoot");
const folder = mkdtempSync(join(tmpdir(), "surefoot-demo-"));
const migrations = join(folder, "migrations");

const files = {
  "0001_users": `-- migrate:up
CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
-- migrate:undo DROP TABLE users;
`,
  "0002_orders": `-- migrate:depends 0001_users
-- migrate:up
CREATE TABLE orders (id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL, total INTEGER NOT NULL);
-- migrate:undo DROP TABLE orders;
CREATE INDEX orders_user ON orders (user_id);
-- migrate:undo DROP INDEX orders_user;
`,
  "0003_first_rows": `-- migrate:up
INSERT INTO users (name) VALUES ('Ada'), ('Grace');
-- migrate:undo DELETE FROM users WHERE name IN ('Ada', 'Grace');
-- migrate:post everybody is there
SELECT COUNT(*) = 2 FROM users;
`,
  // Each step commits by itself here, so that a kill leaves a half migration for the restart to find.
  "0004_backfill": `-- migrate:option transaction=step
-- migrate:up
ALTER TABLE orders ADD COLUMN note TEXT;
-- migrate:undo ALTER TABLE orders DROP COLUMN note;
CREATE TABLE numbers (n INTEGER PRIMARY KEY);
-- migrate:undo DROP TABLE numbers;
INSERT INTO numbers WITH RECURSIVE c (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c LIMIT 200000000) SELECT n FROM c;
-- migrate:undo DELETE FROM numbers;
`,
};

try {
  mkdirSync(migrations);
  say("Three migrations on a new database.");
  write("0001_users", "0002_orders", "0003_first_rows");
  const first = surefoot(["up"]);
  assert.equal(first.exit, 0);
  assert.deepEqual(first.result["applied"], ["0001_users", "0002_orders", "0003_first_rows"]);
  const before = schema();

  say("A fourth one, of three steps. It is killed with SIGKILL while the third is running.");
  write("0004_backfill");
  await killInStep(3);
  const half = surefoot(["status"]);
  assert.equal(half.result["state"], "migrating");
  assert.notDeepEqual(schema(), before, "the kill left a half migration");
  show(`state after the kill: ${half.result["state"]} — the new column and the new table are in the database`);

  say("The restart. It finds it, decides what took effect, takes it back, and verifies.");
  const recovered = surefoot(["recover"]);
  assert.equal(recovered.exit, 0);
  assert.equal(recovered.result["state"], "idle");
  assert.equal(recovered.result["outcome"], "rolled_back");
  assert.deepEqual(recovered.result["verified"], { schema: "equal", data: "untouched" });
  assert.deepEqual(schema(), before, "the schema is as before the fourth migration");

  const path = pathOf("0004_backfill");
  assert.deepEqual(path, ["idle", "preparing", "validating_pre", "migrating", "rolling_back", "idle"]);
  show(`path: ${path.join(" → ")}`);

  say("surefoot explain");
  const text = plain(["explain"]);
  assert.match(text, /was rolled back because its run ended in the middle/);
  assert.match(text, /did not take effect/);
  show(text);

  const status = surefoot(["status"]);
  assert.deepEqual(status.result["pending"], ["0004_backfill"]);
  say("Nothing is stuck: the database is at rest, and the fourth migration is pending. All of this was checked.");
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function write(...ids: readonly (keyof typeof files)[]): void {
  for (const id of ids) writeFileSync(join(migrations, `${id}.sql`), files[id]);
}

/** Runs the command line for people, shows what it says, and reads the result of the same call as JSON. */
function surefoot(args: readonly string[]): {
  readonly exit: number;
  readonly result: { readonly [key: string]: unknown };
} {
  process.stdout.write(`\n  $ surefoot ${args.join(" ")}\n`);
  const done = spawnSync(bin, [...args, "--json", "--db", "sqlite:app.db"], { cwd: folder, encoding: "utf8" });
  const lines = done.stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as { [key: string]: unknown });
  for (const line of lines)
    if (line["type"] === "transition")
      show(`${String(line["migration"])}: ${String(line["from"])} → ${String(line["to"])}  (${String(line["event"])})`);
  const result = lines.at(-1);
  assert.equal(result?.["type"], "result", done.stderr);
  show(`exit ${String(done.status)}`);
  return { exit: done.status ?? -1, result };
}

function plain(args: readonly string[]): string {
  return spawnSync(bin, [...args, "--db", "sqlite:app.db"], { cwd: folder, encoding: "utf8" }).stdout.trim();
}

/** Waits until the step was sent and is running, then kills the process. */
async function killInStep(step: number): Promise<void> {
  process.stdout.write("\n  $ surefoot up\n");
  const child = spawn(bin, ["up", "--db", "sqlite:app.db"], { cwd: folder, stdio: ["ignore", "ignore", "pipe"] });
  const closed = new Promise<NodeJS.Signals | null>((resolve) => child.on("close", (_, signal) => resolve(signal)));
  child.stderr.setEncoding("utf8");
  let told = "";
  for await (const chunk of child.stderr) {
    told += String(chunk);
    for (const line of String(chunk).trim().split("\n")) show(line);
    if (told.includes(`step ${step}/3`)) break;
  }
  await new Promise((resolve) => setTimeout(resolve, 300));
  child.kill("SIGKILL");
  assert.equal(await closed, "SIGKILL", "the process was killed, and did not end by itself");
  show("— SIGKILL —");
}

function schema(): readonly string[] {
  const query = "SELECT name || ' ' || sql AS line FROM sqlite_schema WHERE name NOT LIKE 'surefoot%' ORDER BY name";
  const script = `const D = require("better-sqlite3"); const d = new D("app.db"); console.log(JSON.stringify(d.prepare(${JSON.stringify(query)}).all().map(r => r.line)))`;
  const modules = join(import.meta.dirname, "..", "node_modules");
  const done = spawnSync(process.execPath, ["-e", script], {
    cwd: folder,
    encoding: "utf8",
    env: { ...process.env, NODE_PATH: modules },
  });
  return (JSON.parse(done.stdout) as string[]).map((line) => line.replace(/\s+/g, " "));
}

function pathOf(migration: string): readonly string[] {
  const lines = spawnSync(bin, ["history", "--json", "--db", "sqlite:app.db"], { cwd: folder, encoding: "utf8" })
    .stdout.trim()
    .split("\n");
  const path = ["idle"];
  for (const line of lines) {
    const { migration: id, to } = JSON.parse(line) as { migration?: string; to?: string };
    if (id === migration && to !== undefined && path.at(-1) !== to) path.push(to);
  }
  return path;
}

function say(text: string): void {
  process.stdout.write(`\n• ${text}\n`);
}

function show(text: string): void {
  process.stdout.write(text.replaceAll(/^/gm, "    ") + "\n");
}
