import { expect, test } from "vitest";
import { eventTypes } from "./event.ts";
import { mermaid } from "./graph.ts";
import { stateTypes } from "./state.ts";
import type { Table } from "./table.ts";
import { table, targets } from "./table.ts";

function edgesIn(diagram: string): readonly string[] {
  return diagram.split("\n").flatMap((line) => {
    const [, from, to, events] = /^ {2}(\w+) --> (\w+) : (.+)$/.exec(line) ?? [];
    return events === undefined ? [] : events.split("<br>").map((event) => `${from} ${event} ${to}`);
  });
}

test("the diagram holds every edge of the table and nothing else", () => {
  const listed = stateTypes.flatMap((from) =>
    eventTypes.flatMap((event) => targets(from, event).map((to) => `${from} ${event} ${to}`)),
  );

  const drawn = edgesIn(mermaid());

  expect(drawn.length).toBeGreaterThan(0);
  expect(drawn.toSorted()).toEqual(listed.toSorted());
});

test("every line is the title, an edge, the start or a sink", () => {
  const others = mermaid()
    .split("\n")
    .filter((line) => !/^ {2}\w+ --> \w+ : /.test(line));

  expect(others).toEqual(["stateDiagram-v2", "  [*] --> idle", "  idle --> [*]", "  failed --> [*]", ""]);
});

test("another table gives another diagram", () => {
  const smaller: Table = { ...table, idle: {} };

  const drawn = edgesIn(mermaid(smaller));

  expect(drawn).toEqual(edgesIn(mermaid()).filter((edge) => edge !== "idle start preparing"));
});
