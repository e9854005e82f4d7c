import { readdirSync } from "node:fs";
import { join } from "node:path";

/** Every page of the documentation, as paths from the root. */
export function pages(): readonly string[] {
  const root = join(import.meta.dirname, "..");
  const docs = readdirSync(join(root, "docs"), { recursive: true, encoding: "utf8" });
  return ["README.md", ...docs.filter((name) => name.endsWith(".md")).map((name) => `docs/${name}`)].sort();
}
