/** The model is pure: no clock, no randomness, no files, no process, no dependency. Here the fences themselves are tested. */
import { execFile } from "node:child_process";
import { mkdtemp, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, relative, resolve } from "node:path";
import { expect, test } from "vitest";

const root = resolve(import.meta.dirname, "../..");
const model = join(root, "packages/model");
const source = join(model, "src");

interface Ran {
  readonly status: number;
  readonly output: string;
}

/** Runs a tool of the workspace under the very Node that runs this test. */
async function run(tool: string, ...args: readonly string[]): Promise<Ran> {
  return await new Promise((settle, refuse) => {
    execFile(join(root, "node_modules/.bin", tool), args, { cwd: root }, (error, stdout, stderr) => {
      if (error !== null && typeof error.code !== "number") refuse(error);
      else settle({ status: typeof error?.code === "number" ? error.code : 0, output: stdout + stderr });
    });
  });
}

/** Puts a file into the model's sources for as long as `look` takes. */
async function withProbe<T>(lines: readonly string[], look: (path: string) => Promise<T>): Promise<T> {
  const path = join(source, `purity-probe-${process.pid}-${crypto.randomUUID()}.ts`);
  try {
    await writeFile(path, `${lines.join("\n")}\n`);
    return await look(path);
  } finally {
    await rm(path, { force: true });
  }
}

async function lint(path: string): Promise<Ran> {
  return await run("oxlint", "--deny-warnings", path);
}

/** Compiles one file under the model's own options. */
async function compile(path: string): Promise<Ran> {
  const folder = await mkdtemp(join(tmpdir(), "surefoot-purity-"));
  try {
    const config = join(folder, "tsconfig.json");
    const compilerOptions = { noEmit: true, composite: false, incremental: false, rootDir: source };
    await writeFile(
      config,
      JSON.stringify({
        extends: join(model, "tsconfig.json"),
        compilerOptions: { ...compilerOptions, tsBuildInfoFile: null },
        include: [],
        files: [path],
      }),
    );
    return await run("tsc", "-p", config);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

test("the model's package needs nothing; who wants its generators brings fast-check along", async () => {
  const manifest = JSON.parse(await readFile(join(model, "package.json"), "utf8")) as {
    readonly [key: string]: unknown;
  };

  const kinds = Object.keys(manifest).filter((key) => /dependencies$/i.test(key));

  expect(manifest).toMatchObject({ name: "@surefoot/model" });
  expect(kinds).toEqual(["devDependencies", "peerDependencies"]);
  for (const kind of kinds) expect(Object.keys(manifest[kind] ?? {})).toEqual(["fast-check"]);
  expect(manifest["peerDependenciesMeta"]).toEqual({ "fast-check": { optional: true } });
});

test("a pure file in the model passes lint and compiler", async () => {
  const ran = await withProbe(["export const probe = 1 + 1;"], async (path) => [await lint(path), await compile(path)]);

  expect(ran.map(({ status, output }) => (status === 0 ? "" : output))).toEqual(["", ""]);
});

test.each([
  ["the clock", "export const probe = Date.now();", /\bDate\b/],
  ["randomness", "export const probe = Math.random();", /Math\.random|'random'/],
  ["the file system", 'export { readFileSync } from "node:fs";', /node:/],
  ["the process", "export const probe = (): never => process.exit();", /\bprocess\b/],
  ["a timer", "export const probe = (): unknown => setTimeout(probe, 1);", /\bsetTimeout\b/],
  ["a package of ours", 'export { assertNever } from "@surefoot/model";', /@surefoot/],
  ["fast-check", 'export { assert } from "fast-check";', /fast-check/],
  ["the generators", 'export { choices } from "./arbitraries/choices.ts";', /arbitraries/],
])("lint keeps %s out of the model", async (_, line, named) => {
  const { status, output } = await withProbe([line], lint);

  expect(status).not.toBe(0);
  expect(output).toMatch(/no-restricted-(globals|imports|properties)/);
  expect(output).toMatch(named);
});

test("lint names all that one file does wrong", async () => {
  const lines = [
    'import { readFileSync } from "node:fs";',
    "export const now = Date.now();",
    "export const chance = Math.random();",
    "export const leave = (): never => process.exit();",
    "export const read = readFileSync;",
  ];

  const { status, output } = await withProbe(lines, lint);

  expect(status).not.toBe(0);
  for (const named of [/node:fs/, /'Date'/, /random/, /'process'/]) expect(output).toMatch(named);
});

test.each([
  ["node:fs/promises", 'export { readFile } from "node:fs/promises";'],
  ["fs", 'export { readFileSync } from "fs";'],
  ["zod/v4", 'export { z } from "zod/v4";'],
  ["../../runner/src/error.ts", 'export { SurefootError } from "../../runner/src/error.ts";'],
  ["node:os", 'export const probe = import("node:os");'],
])("lint keeps %s out of the model, by its name or by a path", async (name, line) => {
  const { status, output } = await withProbe([line], lint);

  expect(status).not.toBe(0);
  expect(output).toContain(`no-restricted-imports): '${name}'`);
});

test.each([
  ["process", "export const probe = process.pid;"],
  ["setTimeout", "export const probe = setTimeout(() => 1, 1);"],
  ["console", "console.log(1);\nexport const probe = 1;"],
  ["fetch", 'export const probe = fetch("");'],
  ["node:fs", 'export { readFileSync } from "node:fs";'],
  ["node:fs/promises", 'export { readFile } from "node:fs/promises";'],
  ["fs", 'export { readFileSync } from "fs";'],
])("for the compiler there is no %s in the model", async (name, line) => {
  const { status, output } = await withProbe([line], compile);

  expect(status).not.toBe(0);
  expect(output).toMatch(new RegExp(`error TS\\d+: Cannot find (name|module) '${name}'`));
});

/** Imports and re-exports, then imports for their side effect, then dynamic ones. */
const importing = /(?:\bfrom\s+|^import\s+|\b(?:import|require)\s*\(\s*)["']([^"']+)["']/gm;

async function importsOf(name: string): Promise<readonly { name: string; wanted: string; target: string }[]> {
  const path = join(source, name);
  const found = [...(await readFile(path, "utf8")).matchAll(importing)];
  return found.map(([, wanted = ""]) => ({
    name,
    wanted,
    target: relative(source, resolve(dirname(path), wanted)),
  }));
}

async function sources(): Promise<readonly string[]> {
  return (await readdir(source, { recursive: true })).filter(
    (name) => name.endsWith(".ts") && !name.endsWith(".test.ts") && !name.includes("purity-probe"),
  );
}

test("no file of the model imports anything but a file of the model, and its generators fast-check", async () => {
  const files = await sources();
  const imports = (await Promise.all(files.map(importsOf))).flat();
  const foreign = imports.filter(({ wanted, target }) => !/^\.{1,2}\//.test(wanted) || !files.includes(target));

  expect(files.length).toBeGreaterThan(15);
  expect(imports.length).toBeGreaterThan(40);
  expect(new Set(foreign.map(({ wanted }) => wanted))).toEqual(new Set(["fast-check"]));
  for (const { name } of foreign) expect(dirname(name)).toBe("arbitraries");
});

test("neither the model's main entry nor the explorer's loads a generator", async () => {
  const loaded = new Set(["index.ts", "explorer.ts"]);
  for (const name of loaded) for (const { target } of await importsOf(name)) loaded.add(target);

  expect(loaded.size).toBeGreaterThan(30);
  expect([...loaded].filter((name) => name.startsWith("arbitraries"))).toEqual([]);
});
