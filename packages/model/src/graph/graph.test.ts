import { expect, test } from "vitest";
import { eventTypes } from "../event.ts";
import { stateTypes } from "../state.ts";
import type { Table } from "../table.ts";
import { table, targets } from "../table.ts";
import { dot } from "./dot.ts";
import { graphJson } from "./json.ts";
import { mermaid } from "./mermaid.ts";
import { svg } from "./svg.ts";

const edges = (from: string, events: readonly string[], to: string): readonly string[] =>
  events.map((event) => `${from} ${event} ${to}`);

const read: { readonly [format: string]: readonly [(of?: Table) => string, (text: string) => readonly string[]] } = {
  mermaid: [
    mermaid,
    (text) =>
      text.split("\n").flatMap((line) => {
        const [, from = "", to = "", events] = /^ {2}(\w+) --> (\w+) : (.+)$/.exec(line) ?? [];
        return edges(from, events?.split("<br>") ?? [], to);
      }),
  ],
  dot: [
    dot,
    (text) =>
      text.split("\n").flatMap((line) => {
        const [, from = "", to = "", events] = /^ {2}(\w+) -> (\w+) \[label="(.+)"\];$/.exec(line) ?? [];
        return edges(from, events?.split("\\n") ?? [], to);
      }),
  ],
  json: [
    graphJson,
    (text) =>
      (JSON.parse(text) as { transitions: { from: string; event: string; to: string }[] }).transitions.flatMap(
        ({ from, event, to }) => edges(from, [event], to),
      ),
  ],
};

function listed(of: Table = table): readonly string[] {
  return stateTypes.flatMap((from) =>
    eventTypes.flatMap((event) => targets(from, event, of).map((to) => `${from} ${event} ${to}`)),
  );
}

const smaller: Table = { ...table, idle: {} };

test.each(Object.keys(read))("%s holds every edge of the table and nothing else", (format) => {
  const [draw, edgesIn] = read[format]!;

  expect(listed().length).toBeGreaterThan(0);
  expect(edgesIn(draw()).toSorted()).toEqual(listed().toSorted());
  expect(edgesIn(draw(smaller)).toSorted()).toEqual(listed(smaller).toSorted());
});

test("every line of the Mermaid text is the title, an edge, the start or a sink", () => {
  const others = mermaid()
    .split("\n")
    .filter((line) => !/^ {2}\w+ --> \w+ : /.test(line));

  expect(others).toEqual(["stateDiagram-v2", "  [*] --> idle", "  idle --> [*]", "  failed --> [*]", ""]);
});

test("the picture has every state, an arrow for each pair of states, and every event", () => {
  const picture = svg();

  const pairs = new Set(listed().map((edge) => edge.replace(/ \w+ /, " ")));
  const between = [...pairs].filter((pair) => pair.split(" ")[0] !== pair.split(" ")[1]);
  expect(picture.match(/class="line"/g)).toHaveLength(between.length);
  for (const state of stateTypes) expect(picture).toContain(`>${state}</text>`);
  expect(picture.match(/<tspan|class="own"/g)).toHaveLength(listed().length);
  for (const event of eventTypes) expect(picture).toMatch(new RegExp(`>(↻ )?${event}</`));
  expect(svg(smaller)).not.toContain(">start<");
});
