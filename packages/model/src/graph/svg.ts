/**
 * The state diagram as a picture. What is drawn comes from the table; where it stands is said here, because eight states
 * and their arrows are read best in the order of a migration's life, and no layout program knows that.
 */
import type { StateType } from "../state.ts";
import { isSink, stateTypes } from "../state.ts";
import type { Table } from "../table.ts";
import { table } from "../table.ts";
import type { Arrow } from "./arrows.ts";
import { arrowsOf } from "./arrows.ts";

interface Point {
  readonly x: number;
  readonly y: number;
}

const width = 1640;
const height = 620;
const boxWidth = 150;
const boxHeight = 40;
const lineHeight = 14;

/** The middle of each state. */
const places: { readonly [S in StateType]: Point } = {
  idle: { x: 110, y: 150 },
  preparing: { x: 370, y: 150 },
  validating_pre: { x: 645, y: 150 },
  migrating: { x: 935, y: 150 },
  validating_post: { x: 1230, y: 150 },
  completing: { x: 1530, y: 150 },
  rolling_back: { x: 1080, y: 370 },
  failed: { x: 505, y: 540 },
};

/** How far an arrow bends to its right, and how far along it its words stand; straight, and in the middle, otherwise. */
const bends: { readonly [pair: string]: { readonly bend: number; readonly at?: number } } = {
  "completing idle": { bend: 150 },
  "rolling_back idle": { bend: 20, at: 0.36 },
  "rolling_back failed": { bend: 60, at: 0.4 },
  "failed rolling_back": { bend: 50, at: 0.7 },
  "failed completing": { bend: 300, at: 0.78 },
  "failed idle": { bend: -50 },
  "preparing failed": { bend: -30, at: 0.42 },
  "validating_pre failed": { bend: 50, at: 0.6 },
};

/** A picture of 1640 by 620 pixels; colours follow the reader's light or dark theme. */
export function svg(of: Table = table): string {
  const arrows = arrowsOf(of);
  const between = arrows.filter(({ from, to }) => from !== to);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-family="system-ui, sans-serif">`,
    "<title>The states of a migration, and the events that lead from one to the next</title>",
    `<style>${style}</style>`,
    '<defs><marker id="head" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="8" markerHeight="8" orient="auto-start-reverse"><path d="M0 0L10 5L0 10z" class="head"/></marker></defs>',
    `<rect class="paper" width="${width}" height="${height}"/>`,
    ...between.map(line),
    ...stateTypes.map((state) => box(state, arrows.find(({ from, to }) => from === state && to === state)?.events)),
    ...between.map(words),
    "</svg>",
    "",
  ].join("\n");
}

const style =
  ".paper{fill:#fff}.line{fill:none;stroke:#555;stroke-width:1.4}.head{fill:#555}.box{fill:#eef3fb;stroke:#3b5b8c;stroke-width:1.6}" +
  ".sink{fill:#fff6e0;stroke:#946200}.name{font-size:16px;font-weight:600;fill:#111}.event{font-size:12px;fill:#222;stroke:#fff;" +
  "stroke-width:4px;paint-order:stroke}.own{font-size:11px;fill:#555}" +
  "@media (prefers-color-scheme:dark){.paper{fill:#111}.line{stroke:#aaa}.head{fill:#aaa}.box{fill:#1b2a44;stroke:#86a8e0}" +
  ".sink{fill:#3a2e10;stroke:#e0b45a}.name{fill:#eee}.event{fill:#ddd;stroke:#111}.own{fill:#aaa}}";

/** Events that stay in a state stand below its name, on the side where no arrow leaves. */
function box(state: StateType, own: readonly string[] = []): string {
  const { x, y } = places[state];
  const rect = (grow: number): string =>
    `<rect class="box${isSink(state) ? " sink" : ""}" x="${x - boxWidth / 2 - grow}" y="${y - boxHeight / 2 - grow}" ` +
    `width="${boxWidth + 2 * grow}" height="${boxHeight + 2 * grow}" rx="8"/>`;
  const right = state === "validating_post" || state === "rolling_back" || state === "completing";
  const side = `x="${right ? x + boxWidth / 2 - 4 : x - boxWidth / 2 + 4}" text-anchor="${right ? "end" : "start"}"`;
  const below = own.map((event, index) => {
    const top = y + boxHeight / 2 + lineHeight * (index + 1) + 2;
    return `<text class="own" y="${top}" ${side}>↻ ${event}</text>`;
  });
  const name = `<text class="name" x="${x}" y="${y + 5}" text-anchor="middle">${state}</text>`;
  return [...(isSink(state) ? [rect(4)] : []), rect(0), name, ...below].join("\n");
}

function line(arrow: Arrow): string {
  const [from, control, to] = curveOf(arrow);
  return `<path class="line" marker-end="url(#head)" d="M${text(from)}Q${text(control)} ${text(to)}"/>`;
}

function words({ from, to, events, ...rest }: Arrow): string {
  const { x, y } = along(curveOf({ from, to, events, ...rest }), bends[`${from} ${to}`]?.at ?? 0.5);
  const top = y - ((events.length - 1) * lineHeight) / 2 + 4;
  const lines = events.map(
    (event, index) => `<tspan x="${round(x)}" y="${round(top + index * lineHeight)}">${event}</tspan>`,
  );
  return `<text class="event" text-anchor="middle">${lines.join("")}</text>`;
}

type Curve = readonly [Point, Point, Point];

/** A quadratic curve from the edge of one box to the edge of the other. */
function curveOf({ from, to }: Arrow): Curve {
  const [a, b] = [places[from], places[to]];
  const length = Math.hypot(b.x - a.x, b.y - a.y);
  const bend = bends[`${from} ${to}`]?.bend ?? 0;
  const control = {
    x: (a.x + b.x) / 2 - ((b.y - a.y) / length) * bend,
    y: (a.y + b.y) / 2 + ((b.x - a.x) / length) * bend,
  };
  return [edge(from, control), control, edge(to, control)];
}

/** Where the line from a state's middle towards a point leaves its box. */
function edge(state: StateType, towards: Point): Point {
  const { x, y } = places[state];
  const [dx, dy] = [towards.x - x, towards.y - y];
  const margin = isSink(state) ? 6 : 2;
  const scale = Math.min(
    (boxWidth / 2 + margin) / Math.abs(dx || 1e-9),
    (boxHeight / 2 + margin) / Math.abs(dy || 1e-9),
  );
  return { x: x + dx * scale, y: y + dy * scale };
}

function along([a, control, b]: Curve, at: number): Point {
  const mix = (one: number, middle: number, other: number): number =>
    (1 - at) ** 2 * one + 2 * at * (1 - at) * middle + at ** 2 * other;
  return { x: mix(a.x, control.x, b.x), y: mix(a.y, control.y, b.y) };
}

function text({ x, y }: Point): string {
  return `${round(x)} ${round(y)}`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
