import type { LocalProperty } from "./property.ts";
import { noHazard } from "./property.ts";

export const fencing: LocalProperty = {
  id: "fencing",
  kind: "safety",
  sentence: "A stale runner never changes journal or database.",
  formula: "AG (record written by r => nobody else has written since r read the journal)",
  hazards: ["stale_writer"],
  check: noHazard(["stale_writer"], ["lease_lost", "fenced", "reconnect"], {
    stale_writer: "A runner writes on top of records that it has never read.",
  }),
  mutants: [
    {
      id: "nobody-is-fenced",
      place: "lease",
      story: "Records are appended without asking whether another owner has written since.",
      protocol: { fence: false },
    },
    {
      id: "memory-survives-the-connection",
      place: "recovery",
      story: "After a lost connection a runner goes on with what it had in memory, without reading the journal.",
      protocol: { forgets: false },
    },
  ],
  notAlone:
    "Whoever writes on top of records that it has not read makes the journal lie as well; this property names the cause.",
};
