/**
 * The way to the server fails at a statement of each class: the connection is cut, the reply is lost, everything is silent,
 * the session is killed. The runner is alive and comes to rest, or one more `up` brings it there.
 */
import { expect, test } from "vitest";
import { finder } from "../campaign/spots.ts";
import { engineNames } from "../../scripts/servers/engine.ts";
import type { Story } from "../faults/server-trial.ts";
import { databaseAt, given, judgeEnd, said, soon, upOn } from "../faults/server-trial.ts";
import type { StepKind } from "../faults/step-kinds.ts";
import { stepKinds } from "../faults/step-kinds.ts";
import type { ServerProject } from "../support/server-project.ts";
import { withProject } from "../support/server-project.ts";
import { onServer } from "../support/servers.ts";
import type { Command, Wire } from "../support/wire-proxy.ts";
import { WireProxy } from "../support/wire-proxy.ts";

const first = stepKinds.find(({ name }) => name === "create")!;
const alter = stepKinds.find(({ name }) => name === "alter")!;
const update = stepKinds.find(({ name }) => name === "update")!;
/** Ten times as long as a silence that is asked about. */
const slow: StepKind = { ...update, up: update.up.replace(/SLEEP\([\d.]+\)/, "SLEEP(0.35)") };
const struck = stepKinds.filter(({ name }) => ["update", "alter", "blind", "probed"].includes(name));

const faults = {
  "the connection is cut": (wire: Wire) => wire.cut(),
  "the connection falls silent": (wire: Wire) => wire.silence(),
  "everything is silent for a while": (_: Wire, proxy: WireProxy) => {
    proxy.silence();
    // Longer than it takes to find out.
    setTimeout(() => proxy.heal(), 400);
  },
  "the session is killed": (wire: Wire, _proxy: WireProxy, project: ServerProject) => project.kill(wire.session),
} as const;

const ways = ["up", "undo"] as const;

/** What may come of it, by class: what commits with its record, or shows afterwards, needs nobody. */
const ends = {
  transactional: ["rolled_back"],
  atomic: ["rolled_back"],
  probed: ["rolled_back", "person"],
  opaque: ["person", "rolled_back"],
} as const;

/** Each class meets each fault; the moments matter most where a statement commits by itself. */
const cases = (Object.keys(faults) as (keyof typeof faults)[]).flatMap((fault) =>
  (["before", "during", "after"] as const).flatMap((when) =>
    struck
      .filter(({ name }) => when === "during" || name === "alter")
      .map((kind) => ({ fault, when, kind, name: kind.name })),
  ),
);

for (const engine of engineNames)
  await onServer(engine, "with a way to it that fails", (server) => {
    const onStory = (
      story: Story,
      act: (project: ServerProject, schema: readonly string[], proxy: WireProxy, url: string) => Promise<void>,
    ): Promise<void> =>
      withProject(server, {}, async (project) => {
        await given(project, story);
        const schema = await project.schema();
        await WireProxy.within(project.url, (proxy, url) => act(project, schema, proxy, url));
      });

    test.each(cases)("$fault $when $name", ({ fault, when, kind }) => {
      const story: Story = { kinds: [first, kind], fails: false };
      return onStory(story, async (project, schema, proxy, url) => {
        const trap = proxy.trap(when, isStatement(kind), (wire) => faults[fault](wire, proxy, project));

        const struckUp = await upOn(project, databaseAt(url));
        const end = await judgeEnd(project, story, struckUp, schema);
        const next = await upOn(project, databaseAt(project.url), { waitMs: 10_000 });
        const nextEnd = await judgeEnd(project, story, next, schema);

        expect(trap.hasSprung()).toBe(true);
        expect(ends[kind.probe === null ? kind.class : "probed"], said(struckUp)).toContain(end);
        expect(nextEnd, said(next)).toBe(end === "person" ? "person" : "applied");
      });
    });

    test("the server is silent for good: the runner gives up, and the next one waits until its sessions have ended", () => {
      const story: Story = { kinds: [first, alter], fails: false };
      return onStory(story, async (project, schema, proxy, url) => {
        const trap = proxy.trap("after", isStatement(alter), () => proxy.silence());

        const struckUp = await upOn(project, databaseAt(url), { reconnectMs: 300 });
        const next = await upOn(project, databaseAt(project.url), { waitMs: 30_000 });

        expect(trap.hasSprung()).toBe(true);
        expect(struckUp).toMatchObject({ exit: 8, error: { code: "DATABASE_LOST" } });
        expect(await judgeEnd(project, story, next, schema)).toBe("applied");
        expect((await project.journal()).filter(({ event }) => event === "step_decided")).toHaveLength(1);
      });
    });

    test.each(["view", "trigger", "routine"].flatMap((name) => ways.map((way) => ({ name, way }))))(
      "whether the $name took effect when its $way was cut off, is seen",
      ({ name, way }) => {
        const kind = stepKinds.find((one) => one.name === name)!;
        const story: Story = { kinds: [kind], fails: way === "undo" };
        return onStory(story, async (project, schema, proxy, url) => {
          const trap = proxy.trap("after", finder({ at: "statement", way, step: 0 }, story), (wire) => wire.cut());

          const struckUp = await upOn(project, databaseAt(url));

          expect(trap.hasSprung()).toBe(true);
          expect(await judgeEnd(project, story, struckUp, schema), said(struckUp)).toBe("rolled_back");
          const [decided] = (await project.journal()).filter(({ event }) => event === "step_decided");
          expect(decided?.detail["applied"]).toBe(true);
        });
      },
    );

    test.each([alter, update])(
      "the reply to its last record is lost: it is applied, and said to be ($name)",
      (kind) => {
        const story: Story = { kinds: [first, kind], fails: false };
        return onStory(story, async (project, schema, proxy, url) => {
          const at = kind === update ? "commit" : "done";
          const trap = proxy.trap("after", finder({ at, way: "up", step: 1 }, story), (wire) => wire.cut());

          const struckUp = await upOn(project, databaseAt(url));

          expect(trap.hasSprung()).toBe(true);
          expect(await judgeEnd(project, story, struckUp, schema), said(struckUp)).toBe("applied");
          expect((await project.journal()).filter(({ event }) => event === "start")).toHaveLength(1);
        });
      },
    );

    // Nothing of the database is lost with it, so nobody has to be asked.
    test.each(["the connection is cut", "the connection falls silent", "the session is killed"] as const)(
      "the session that tries a statement in doubt once more is lost as well: it is tried again ($0)",
      (fault) => {
        const story: Story = { kinds: [first, alter], fails: false };
        return onStory(story, async (project, schema, proxy, url) => {
          const trap = proxy.trap("during", isStatement(alter), (wire) => wire.cut());
          const trial = proxy.trap(
            "before",
            ({ sql }) => sql.startsWith("USE `surefoot_scratch_"),
            (wire) => faults[fault](wire, proxy, project),
          );

          const struckUp = await upOn(project, databaseAt(url));

          expect([trap.hasSprung(), trial.hasSprung()]).toEqual([true, true]);
          expect(await judgeEnd(project, story, struckUp, schema), said(struckUp)).toBe("rolled_back");
        });
      },
    );

    test("the session that has just taken the lease is killed: that is told, and not a proxy that shares sessions", () => {
      const story: Story = { kinds: [first, alter], fails: false };
      return onStory(story, async (project, schema, proxy, url) => {
        const trap = proxy.trap(
          "before",
          ({ sql }) => sql.includes("IS_USED_LOCK('surefoot-lease"),
          async (wire) => {
            const other = (await project.sessions()).find((session) => session !== wire.session)!;
            await project.kill(other);
            while ((await project.sessions()).includes(other));
          },
        );

        const struckUp = await upOn(project, databaseAt(url));
        const next = await upOn(project, databaseAt(project.url), { waitMs: 10_000 });

        expect(trap.hasSprung()).toBe(true);
        expect(struckUp, said(struckUp)).toMatchObject({ exit: 8, error: { code: "DATABASE_LOST" } });
        expect(await judgeEnd(project, story, next, schema)).toBe("applied");
      });
    });

    test("a statement that takes longer than a silence is not given up", () => {
      const story: Story = { kinds: [slow], fails: false };
      return onStory(story, async (project, schema, _, url) => {
        const done = await upOn(project, databaseAt(url, { ...soon, connectMs: 20_000 }));

        expect(await judgeEnd(project, story, done, schema)).toBe("applied");
        expect((await project.journal()).map(({ event }) => event)).not.toContain("connection_lost");
      });
    });

    test("a slow way is no broken one", () => {
      const story: Story = { kinds: [first, alter], fails: false };
      return onStory(story, async (project, schema, proxy, url) => {
        proxy.delayMs = 20;

        const done = await upOn(project, databaseAt(url, { ...soon, silenceMs: 10_000 }));

        expect(await judgeEnd(project, story, done, schema)).toBe("applied");
        expect((await project.journal()).map(({ event }) => event)).not.toContain("connection_lost");
      });
    });

    test("who only looks does not wait for ever either", () => {
      const story: Story = { kinds: [first], fails: false };
      return onStory(story, async (project, _, proxy, url) => {
        const reader = await databaseAt(url).read();
        proxy.silence();

        await expect(reader.readAll()).rejects.toMatchObject({ code: "DATABASE_LOST" });
        await expect(databaseAt(url).read()).rejects.toMatchObject({ code: "DATABASE_LOST" });
        await reader.close();
        expect(await project.journal()).toEqual([]);
      });
    });
  });

function isStatement({ up }: StepKind): (command: Command) => boolean {
  return ({ sql }) => sql === up;
}
