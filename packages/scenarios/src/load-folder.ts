/** Reads a folder of somebody's own scenarios: each file exports one or more, or is JSON. */
import { readdirSync, readFileSync } from "node:fs";
import { isAbsolute, join, relative } from "node:path";
import { pathToFileURL } from "node:url";
import { Problem } from "./problem.ts";
import type { Scenario } from "./scenario.ts";
import { parseScenario } from "./schema.ts";

const readable = /\.(?:json|mjs|mts)$/;

/** @throws Problem that names the file and the field */
export async function loadFolder(folder: string, cwd: string): Promise<readonly Scenario[]> {
  const path = isAbsolute(folder) ? folder : join(cwd, folder);
  const files = namesIn(path, folder).filter((name) => readable.test(name));
  if (files.length === 0)
    throw new Problem(
      `${folder} holds no scenario. They are files that end in .mts, .mjs or .json; docs/scenarios.md shows one.`,
    );
  const found: Scenario[] = [];
  for (const name of files.toSorted()) {
    const shown = join(relative(cwd, path), name);
    const values = await valuesIn(join(path, name), shown);
    for (const value of values) {
      const parsed = parseScenario(value, shown);
      if (parsed.type === "problem") throw new Problem(parsed.message);
      if (found.some((scenario) => scenario.name === parsed.scenario.name))
        throw new Problem(`${shown}: name: there is another scenario that is called ${parsed.scenario.name}`);
      found.push(parsed.scenario);
    }
  }
  return found;
}

function namesIn(path: string, shown: string): readonly string[] {
  try {
    return readdirSync(path);
  } catch (error) {
    throw new Problem(`The folder ${shown} can't be read: ${(error as Error).message}`);
  }
}

async function valuesIn(path: string, shown: string): Promise<readonly unknown[]> {
  if (path.endsWith(".json")) {
    try {
      return [JSON.parse(readFileSync(path, "utf8"))].flat();
    } catch (error) {
      throw new Problem(`${shown}: ${(error as Error).message}`);
    }
  }
  if (path.endsWith(".mts") && process.features.typescript === false)
    throw new Problem(`${shown}: this Node can't read TypeScript; use Node 22.18 or newer, or write .mjs`);
  const module = await importOf(path, shown);
  const values = Object.values(module).flat().filter(isMeant);
  if (values.length === 0) throw new Problem(`${shown}: it exports no scenario`);
  return values;
}

async function importOf(path: string, shown: string): Promise<object> {
  try {
    return (await import(pathToFileURL(path).href)) as object;
  } catch (error) {
    const { message } = error as Error;
    throw new Problem(
      `${shown}: it can't be loaded: ${message}${message.includes(`'${typesPackage}'`) ? withoutTypes : ""}`,
    );
  }
}

const typesPackage = "@surefoot/scenarios";
const withoutTypes =
  `. The import is there for its types: npm install --save-dev ${typesPackage}. ` +
  "Or leave it out, and export the object without defineScenario.";

/** A file may export other things beside its scenarios. */
function isMeant(value: unknown): boolean {
  return typeof value === "object" && value !== null && ("when" in value || "then" in value || "story" in value);
}
