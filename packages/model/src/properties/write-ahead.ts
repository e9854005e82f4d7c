import type { LocalProperty } from "./property.ts";
import { noHazard } from "./property.ts";

export const writeAhead: LocalProperty = {
  id: "write_ahead",
  kind: "safety",
  sentence:
    "Whatever can take effect by itself is announced: the journal shows it as in doubt before the database receives it.",
  formula: "AG (statement received => durable journal has it in doubt)",
  hazards: ["unannounced"],
  check: noHazard(["unannounced"], ["send"], {
    unannounced: "A statement reaches the database, and the journal does not show it as in doubt.",
  }),
  mutants: [
    {
      id: "sent-before-its-record",
      place: "journal",
      story: "A statement is sent before the record that announces it is durable.",
      rules: { isBarrier: (_, effect) => effect === null },
    },
  ],
  notAlone:
    "A statement that was not announced is also one of which the journal may later say the wrong thing; " +
    "this property names the cause, and is violated no later.",
};
