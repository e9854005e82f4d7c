/** Finds on the wire where a fault is to strike. A record that announces a statement is the one that ends the one before. */
import type { Command } from "../support/wire-proxy.ts";
import type { Spot, Story } from "./trial.ts";

/** Answers for each command that passes, in order, whether this is the place. */
export function finder(spot: Spot, story: Story): (command: Command) => boolean {
  switch (spot.at) {
    case "nth": {
      let count = 0;
      return ({ sql }) => !isHeartbeat(sql) && count++ === spot.nth;
    }
    case "statement": {
      const text = statementText(story, spot.way, spot.step);
      return ({ sql }) => sql === text;
    }
    case "record":
      return after(before(story, spot.way, spot.step), isRecord);
    case "done":
      return after(statementText(story, spot.way, spot.step), isRecord);
    case "commit":
      return after(statementText(story, spot.way, spot.step), ({ sql }) => sql === "COMMIT");
    default:
      return spot satisfies never;
  }
}

/** What `fileOf` puts at the end of a file that fails. */
const failing = "ALTER TABLE nowhere ADD COLUMN x INT";

function statementText({ kinds }: Story, way: "up" | "undo", step: number): string {
  return (way === "up" ? kinds[step]?.up : kinds[step]?.undo) ?? "";
}

/** The statement before; null: there is none. */
function before(story: Story, way: "up" | "undo", step: number): string | null {
  if (way === "up") return step === 0 ? null : statementText(story, way, step - 1);
  return step + 1 === story.kinds.length ? failing : statementText(story, way, step + 1);
}

function after(text: string | null, is: (command: Command) => boolean): (command: Command) => boolean {
  let isBehind = text === null;
  return (command) => {
    if (isBehind) return is(command);
    isBehind = command.sql === text;
    return false;
  };
}

function isRecord({ sql }: Command): boolean {
  return sql.startsWith("INSERT INTO") && sql.includes("surefoot_journal");
}

function isHeartbeat(sql: string): boolean {
  return sql === "DO 0";
}
