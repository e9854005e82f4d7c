/**
 * What servers do when a fault strikes at a statement, seen without a runner: every reaction is one that the model's world
 * can choose, and when the lock of the session is free again, nothing of it changes any more. What the world chooses and
 * was never seen is printed; the world may be wider, never narrower.
 */
import { setTimeout } from "node:timers/promises";
import { createConnection } from "mysql2/promise";
import { afterAll, expect, test } from "vitest";
import { engineNames } from "../../scripts/servers/engine.ts";
import type { Seen, StepKind } from "../faults/step-kinds.ts";
import { seenIn, stepKinds } from "../faults/step-kinds.ts";
import type { Fault } from "../faults/world-reactions.ts";
import { worldReactions } from "../faults/world-reactions.ts";
import type { ServerProject } from "../support/server-project.ts";
import { withProject } from "../support/server-project.ts";
import type { OwnServer } from "../support/servers.ts";
import { onOwnServer } from "../support/servers.ts";
import type { When } from "../support/wire-proxy.ts";
import { WireProxy } from "../support/wire-proxy.ts";

const faults = ["cut", "silence", "session_killed", "server_killed"] as const satisfies readonly Fault[];
const moments = ["before", "during", "after"] as const satisfies readonly When[];
const kinds = stepKinds.filter(({ name }) => ["update", "alter", "drop", "blind"].includes(name));
/** Starting a server takes long, and so does waiting until it ends an idle session: only what could differ there. */
const quick = new Set(["server_killed during update", "server_killed during alter", "server_killed during blind"])
  .add("server_killed after alter")
  .add("silence during blind")
  .add("silence after update")
  .add("silence after alter");
const cases = faults.flatMap((fault) =>
  moments.flatMap((when) =>
    kinds
      .map((kind) => ({ fault, when, kind, name: kind.name }))
      .filter(({ name }) => fault === "cut" || fault === "session_killed" || quick.has(`${fault} ${when} ${name}`)),
  ),
);

/** `class fault when seen` */
const observed = new Set<string>();

for (const engine of engineNames)
  await onOwnServer(engine, "reacts to faults", (server) => {
    test.each(cases)("$fault $when $name: as the world has it", ({ fault, when, kind }) =>
      withProject(server, {}, async (project) => {
        await project.exec(...kind.given);

        const { first, later } = await react(server, project, kind, fault, when);

        observed.add(`${kind.class} ${fault} ${when} ${first}`);
        expect([...worldReactions(kind.class, fault, when)]).toContain(first);
        expect(later).toBe(first);
      }),
    );
  });

/** What is there when the lock of the session that was struck is free, and a while later. */
async function react(
  server: OwnServer,
  project: ServerProject,
  kind: StepKind,
  fault: Fault,
  when: When,
): Promise<{ readonly first: Seen; readonly later: Seen }> {
  await WireProxy.within(project.url, async (proxy, url) => {
    const plain = new URL(url);
    plain.search = "";
    const client = await createConnection({ uri: plain.href });
    client.on("error", () => undefined);
    await client.query("SET SESSION wait_timeout = 1");
    await client.query("SELECT GET_LOCK('struck', 0)");
    if (kind.class === "transactional") await client.query("START TRANSACTION");
    const trap = proxy.trap(
      when,
      ({ sql }) => sql === kind.up,
      async (wire) => {
        // For the slow ones this is the middle.
        if (when === "during") await setTimeout(30);
        if (fault === "cut") wire.cut();
        if (fault === "silence") wire.silence();
        if (fault === "session_killed") await project.kill(wire.session);
        if (fault === "server_killed") await server.kill();
      },
    );
    client.query(kind.up).catch(() => undefined);
    await trap.sprung;
    if (fault === "server_killed") await server.restart();
    await lockIsFree(server);
    client.destroy();
  });
  const first = seenIn((await project.rows(kind.look))[0]);
  await setTimeout(100);
  return { first, later: seenIn((await project.rows(kind.look))[0]) };
}

/** Waits until the session that was struck is gone, as a runner waits for an orphan. */
async function lockIsFree(server: OwnServer): Promise<void> {
  const other = await server.connect();
  try {
    const [rows] = await other.query("SELECT GET_LOCK('struck', 30) AS got");
    if (JSON.stringify(rows) !== '[{"got":1}]') throw new Error(`The lock is still held: ${JSON.stringify(rows)}`);
  } finally {
    other.destroy();
  }
}

test("statements that were cut off in the middle were seen to take effect, and not to", () => {
  expect(observed).toContain("atomic cut during after");
  expect(observed).toContain("transactional cut during before");
});

test("a reaction that the world does not know is told from those that it does", () => {
  expect([...worldReactions("atomic", "cut", "during")].toSorted()).toEqual(["after", "before"]);
  expect(worldReactions("opaque", "server_killed", "during")).toContain("half");
});

afterAll(() => {
  const never = faults.flatMap((fault) =>
    moments.flatMap((when) =>
      (["transactional", "atomic", "opaque"] as const).flatMap((promise) =>
        [...worldReactions(promise, fault, when)]
          .map((seen) => `${promise} ${fault} ${when} ${seen}`)
          .filter((line) => !observed.has(line)),
      ),
    ),
  );
  console.log(`The world chooses and no server was seen to:\n${never.join("\n")}`);
});
