import { judged } from "./alter.ts";
import type { LocalProperty } from "./property.ts";
import { noHazard } from "./property.ts";

export const journalTellsTheTruth: LocalProperty = {
  id: "journal_tells_the_truth",
  kind: "safety",
  sentence: "The journal never claims what the database does not have, nor denies what it has.",
  formula: "AG (record durable => for every step not in doubt: claimed in effect <=> in effect)",
  hazards: ["journal_lies"],
  check: noHazard(["journal_lies"], ["receive", "decide"], {
    journal_lies: "What the journal says of a step is not what the database has.",
  }),
  mutants: [
    {
      id: "doubt-is-taken-for-applied",
      place: "recovery",
      story: "A statement in doubt counts as applied without looking.",
      protocol: { evidence: "all" },
    },
    {
      id: "doubt-is-taken-for-not-applied",
      place: "recovery",
      story: "A statement in doubt counts as not applied without looking.",
      protocol: { evidence: "none" },
    },
    {
      id: "error-means-nothing-was-done",
      place: "machine",
      story: "An error of an opaque statement is taken for certain that it did nothing.",
      rules: judged((_, __, event) =>
        (event.type === "step_failed" || event.type === "undo_failed") && event.unknown
          ? { ...event, unknown: false }
          : null,
      ),
    },
    {
      id: "late-reply-is-believed",
      place: "machine",
      story: "A reply to an effect of an earlier life is taken for the one that is awaited.",
      protocol: { lateReplies: "awaited" },
    },
    {
      id: "record-commits-after-its-step",
      place: "journal",
      story: "A transactional step commits by itself, before its record.",
      protocol: { together: false },
    },
    {
      id: "lost-reply-is-a-failure",
      place: "recovery",
      story: "A lost connection is taken for an error of the statement that was under way.",
      rules: {
        afterLoss: (_, state) =>
          state.type === "idle" || state.type === "failed"
            ? null
            : state.type === "migrating" && state.inDoubt
              ? { type: "step_failed", step: state.reached, unknown: false }
              : { type: "connection_lost" },
      },
    },
    {
      id: "lost-reply-is-a-success",
      place: "recovery",
      story: "A lost connection is taken for the success of the statement that was under way.",
      rules: {
        afterLoss: (_, state) =>
          state.type === "idle" || state.type === "failed"
            ? null
            : state.type === "migrating" && state.inDoubt
              ? { type: "step_applied", step: state.reached, changed: true }
              : { type: "connection_lost" },
      },
    },
    {
      id: "refused-record-means-nothing-was-done",
      place: "journal",
      story: "When the journal refuses a record, the statement before it counts as not applied, whatever its class.",
      rules: {
        afterRefusal: (_, state) =>
          state.type === "idle" || state.type === "failed"
            ? null
            : state.type === "migrating" && state.inDoubt
              ? { type: "step_failed", step: state.reached, unknown: false }
              : { type: "connection_lost" },
      },
    },
  ],
  notAlone:
    "What the journal says wrongly leads later to a wrong claim, a wrong undo or a needless call for a person, and those are seen as well; " +
    "this property is violated no later.",
};
