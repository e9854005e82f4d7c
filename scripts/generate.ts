/** Writes the generated parts and the outputs of console blocks into the pages that have any. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { withOutputs } from "./console-blocks.ts";
import { withGeneratedParts } from "./generated-parts.ts";
import { pages } from "./pages.ts";

for (const page of pages()) {
  const path = join(import.meta.dirname, "..", page);
  const text = readFileSync(path, "utf8");
  const made = withOutputs(await withGeneratedParts(text));
  if (made !== text) writeFileSync(path, made);
}
