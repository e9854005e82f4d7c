import { describe, expect, test } from "vitest";
import type { Entry } from "../sql/reader/corpus/read-corpus.ts";
import { readCorpus } from "../sql/reader/corpus/read-corpus.ts";
import { refusals, skips } from "./class-rules.ts";
import { classify } from "./classify.ts";
import { recordedCatalogue, recordedServers } from "./recorded-catalogue.ts";

for (const dialect of ["mysql", "mariadb"] as const) {
  // What an entry's setup changes is not recorded; test/sql/reader-servers.test.ts has those as well.
  const entries = readCorpus(dialect).filter(({ setup }) => setup.length === 0);

  describe(dialect, () => {
    test.each(entries.map((entry): [string, Entry] => [entry.sql, entry]))("%s", (sql, entry) => {
      const [facts] = classify([sql], recordedServers[dialect], recordedCatalogue(dialect), "step");

      expect(facts).toMatchObject({
        kind: entry.class,
        destroys: entry.destroys,
        notCovered: entry.notCovered,
        refused: entry.refused === null ? null : refusals[entry.refused as keyof typeof refusals],
        skipped: entry.skipped === null ? null : skips[entry.skipped as keyof typeof skips],
        undo:
          entry.undo.type === "none"
            ? { type: "none", reason: entry.undo.reason }
            : { type: "undo", statements: [entry.undo.sql] },
      });
      expect([...facts!.objects].sort()).toEqual([...entry.objects].sort());
    });
  });
}
