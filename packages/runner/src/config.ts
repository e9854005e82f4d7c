/** The configuration file: `surefoot.config.mts`, `.mjs` or `.json`, the first that is there. */
import { existsSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { pathToFileURL } from "node:url";
import type { RecoveryPolicy, TransactionMode } from "@surefoot/model";
import type { Level } from "./doctrine/rule.ts";
import { SurefootError } from "./error.ts";

export interface Config {
  /** The database's URL; `--db` and DATABASE_URL go before it. */
  readonly database?: string | undefined;
  /** The folder of migrations. Default: `migrations`. */
  readonly dir?: string | undefined;
  /** What to do with a pending migration that comes before an applied one. Default: `refuse`. */
  readonly outOfOrder?: "refuse" | "apply" | undefined;
  /** For migrations that don't say. Default: what the engine does best. */
  readonly transaction?: TransactionMode | undefined;
  readonly recovery?: RecoveryPolicy | undefined;
  /** Levels of the doctrine rules. */
  readonly doctrine?: { readonly [rule: string]: Level } | undefined;
  /** Treat changes of the schema from outside as drift. */
  readonly strict?: boolean | undefined;
}

/** Gives a configuration file its types. */
export function defineConfig(config: Config): Config {
  return config;
}

export const configNames = ["surefoot.config.mts", "surefoot.config.mjs", "surefoot.config.json"] as const;

/**
 * Reads the configuration of a folder; an empty one when there is no file.
 * @throws SurefootError CONFIG_INVALID with the file, and what is wrong at which key
 */
export async function loadConfig(folder: string): Promise<Config> {
  const name = configNames.find((candidate) => existsSync(join(folder, candidate)));
  if (name === undefined) return {};
  const path = join(folder, name);
  return parseConfig(await readConfig(path, name), relative(folder, path));
}

/** @throws SurefootError CONFIG_INVALID */
async function parseConfig(value: unknown, file: string): Promise<Config> {
  const { configSchema } = await import("./config-schema.ts");
  const parsed = configSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const where = issue === undefined || issue.path.length === 0 ? "" : ` at \`${issue.path.join(".")}\``;
  throw invalid(file, `${issue?.message ?? "it is not valid"}${where}`);
}

async function readConfig(path: string, name: string): Promise<unknown> {
  if (name.endsWith(".json")) {
    try {
      return JSON.parse(readFileSync(path, "utf8"));
    } catch (error) {
      throw invalid(name, error instanceof Error ? error.message : String(error));
    }
  }
  if (name.endsWith(".mts") && process.features.typescript === false)
    throw invalid(name, "this Node can't read TypeScript; use Node 22.18 or newer, or surefoot.config.mjs");
  try {
    const module: unknown = await import(pathToFileURL(path).href);
    if (typeof module === "object" && module !== null && "default" in module) return module.default;
  } catch (error) {
    throw invalid(name, error instanceof Error ? error.message : String(error));
  }
  throw invalid(name, "it has no default export; write `export default defineConfig({ … })`");
}

function invalid(file: string, why: string): SurefootError {
  return new SurefootError("CONFIG_INVALID", `${file}: ${why}. Nothing was done.`, { place: { file } });
}
