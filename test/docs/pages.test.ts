import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { causes } from "@surefoot/model";
import { describe, expect, test } from "vitest";
import { exitCodeOf } from "../../packages/runner/src/error.ts";
import { withOutputs } from "../../scripts/console-blocks.ts";
import { withGeneratedParts } from "../../scripts/generated-parts.ts";
import { pages } from "../../scripts/pages.ts";

const root = join(import.meta.dirname, "..", "..");
const read = (page: string): string => readFileSync(join(root, page), "utf8");

describe.each(pages())("%s", (page) => {
  test("its generated parts are what the code makes (`npm run generate` writes them)", async () => {
    expect(read(page)).toBe(await withGeneratedParts(read(page)));
  });

  test("its commands print what it shows", () => {
    expect(read(page)).toBe(withOutputs(read(page)));
  });

  test("its links lead somewhere", () => {
    const links = [...read(page).matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map(([, link = ""]) => link);

    for (const link of links) expect(existsSync(join(root, dirname(page), link)), link).toBe(true);
  });
});

test("every error code and every cause has a paragraph in docs/errors.md, and no other has", () => {
  const headings = [...read("docs/errors.md").matchAll(/^#{3} `([A-Z_]+)`/gm)].map(([, code]) => code);

  expect(headings.toSorted()).toEqual(
    [...new Set([...Object.keys(exitCodeOf), ...causes.map((cause) => cause.toUpperCase())])].toSorted(),
  );
});
