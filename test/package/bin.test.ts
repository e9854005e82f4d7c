/** The command as users get it: one built file, its launcher, and the link in node_modules/.bin. */
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { bin } from "../support/kill.ts";
import { newProject } from "../support/project.ts";

const root = join(import.meta.dirname, "..", "..");
const linked = join(root, "node_modules", ".bin", "surefoot");
const users = "-- migrate:up\nCREATE TABLE users (id INTEGER PRIMARY KEY);\n-- migrate:undo DROP TABLE users;\n";

function call(
  cwd: string,
  ...args: readonly string[]
): { readonly exit: number | null; readonly out: string; readonly err: string } {
  const { DATABASE_URL: _, ...env } = process.env;
  const { status, stdout, stderr } = spawnSync(linked, args, { cwd, encoding: "utf8", env });
  return { exit: status, out: stdout, err: stderr };
}

test.each([
  ["surefoot.config.mts", 'const url: string = "sqlite:app.db";\nexport default { database: url };\n'],
  ["surefoot.config.mjs", 'export default { database: "sqlite:app.db" };\n'],
  ["surefoot.config.json", '{ "database": "sqlite:app.db" }'],
])("it works from its link with %s", (name, text) => {
  const project = newProject({ "0001_users": users });
  writeFileSync(join(project.folder, name), text);

  const up = call(project.folder, "up");
  const again = call(project.folder, "up", "--json");

  expect(up).toMatchObject({ exit: 0, out: "Applied 1 migration: 0001_users.\n" });
  expect(JSON.parse(again.out)).toMatchObject({ outcome: "nothing", exit: 0 });
});

test("a start with nothing to do loads no more than a look takes", () => {
  const project = newProject({ "0001_users": users });
  const tell = join(project.folder, "tell.cjs");
  const list = "[...process.moduleLoadList, ...Object.keys(require.cache)].join('\\n')";
  writeFileSync(tell, `process.on("exit", () => require("node:fs").writeSync(1, ${list}));`);
  const up = (): string =>
    spawnSync(process.execPath, ["--require", tell, bin, "up", "--db", project.url], {
      cwd: project.folder,
      encoding: "utf8",
    }).stdout;

  const first = up();
  const again = up();

  expect(first).toContain("Applied 1 migration");
  expect(first).toMatch(/NativeModule v8$/m);
  expect(again).toContain("Nothing to do");
  expect(again).toContain("NativeModule fs");
  expect(again).not.toMatch(/NativeModule (?:crypto|perf_hooks|v8)$|mysql2|zod/m);
});

test("its one file is ASCII, which Node has at hand sooner than other text", () => {
  const text = readFileSync(join(root, "packages", "runner", "dist", "cli", "surefoot.cjs"), "latin1");

  expect(text.length).toBeGreaterThan(100_000);
  expect(text).not.toMatch(/[\x80-\xff]/);
});

test("a wrong call is told by the library that knows mistakes, without a stack", () => {
  const project = newProject({}, "nothing");

  const flag = call(project.folder, "up", "--helpp");
  const config = call(project.folder, "resolve", "--json");

  expect(flag).toMatchObject({ exit: 2, out: "" });
  expect(flag.err).toContain("Did you mean --help?");
  expect(flag.err).not.toContain("    at ");
  expect(JSON.parse(config.out)).toMatchObject({ exit: 2, error: { code: "USAGE" } });
});

test("a reader that goes away does not stop a migration", () => {
  const project = newProject({ "0001_users": users });

  execFileSync("bash", ["-c", `"${process.execPath}" "${bin}" up --json --db sqlite:app.db | head -n 1 >/dev/null`], {
    cwd: project.folder,
  });

  expect(project.schema()).toHaveLength(1);
});

const older = (process.env["PATH"] ?? "")
  .split(":")
  .map((folder) => join(folder, "node"))
  .find((node) => existsSync(node) && /^v(1\d|20)\./.test(spawnSync(node, ["--version"], { encoding: "utf8" }).stdout));

test.skipIf(older === undefined)("an older Node is told what is needed, before a driver is loaded", () => {
  const { status, stderr } = spawnSync(older ?? "", [bin, "up"], { encoding: "utf8" });

  expect(status).toBe(2);
  expect(stderr).toContain("surefoot needs Node 22.18 or newer");
});

test("called from an older Node's shell, the link brings its own", () => {
  const project = newProject({ "0001_users": users });
  const path = (process.env["PATH"] ?? "")
    .split(":")
    .filter((folder) => !folder.includes("node_modules"))
    .join(":");

  const { status } = spawnSync(linked, ["up", "--db", "sqlite:app.db"], {
    cwd: project.folder,
    env: { ...process.env, PATH: path },
  });

  expect(status).toBe(0);
});

test("what is published names no file that is not there", () => {
  const { bin: bins, exports: entries } = JSON.parse(
    readFileSync(join(root, "packages", "runner", "package.json"), "utf8"),
  ) as {
    bin: { [name: string]: string };
    exports: { [name: string]: { [condition: string]: string } };
  };

  for (const path of [...Object.values(bins), ...Object.values(entries).flatMap((entry) => Object.values(entry))])
    expect(existsSync(join(root, "packages", "runner", path)), path).toBe(true);
});

test("what a server's adapter throws is known to the command as it is installed", () => {
  const { status, stdout } = spawnSync(
    process.execPath,
    [bin, "status", "--json", "--db", "mysql://root@127.0.0.1:1/x"],
    {
      encoding: "utf8",
    },
  );

  expect(status).toBe(8);
  expect(JSON.parse(stdout.trim().split("\n").at(-1) ?? "")).toMatchObject({ error: { code: "DATABASE_LOST" } });
});
