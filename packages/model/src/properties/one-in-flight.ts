import type { LocalProperty } from "./property.ts";
import { noHazard } from "./property.ts";

export const oneInFlight: LocalProperty = {
  id: "one_in_flight",
  kind: "safety",
  sentence: "At most one effectful statement is in flight, orphans included.",
  formula: "AG (count(statements running in any session) <= 1)",
  hazards: ["two_in_flight"],
  check: noHazard(["two_in_flight"], ["send", "orphan_applies"], {
    two_in_flight: "A statement is sent while another, whose client may be gone, still runs.",
  }),
  mutants: [
    {
      id: "lease-ends-with-its-client",
      place: "lease",
      story:
        "The lease is free as soon as its client is gone, although the client's statement still runs in the server.",
      protocol: { lease: "client" },
    },
    {
      id: "lease-expires",
      place: "lease",
      story: "The lease has a time to live, and runs out under a runner that is at work.",
      protocol: { lease: "clock" },
    },
  ],
  notAlone:
    "Where two statements can be at work at once, a claim can also be made while one of them is, and the journal can be wrong about it; " +
    "this property names the cause.",
};
