/** What the loop relies on, asked of an adapter. Every adapter answers alike. */
import type { TransitionRecord } from "@surefoot/model";
import { packRecords, seq } from "@surefoot/model";
import { expect, test } from "vitest";
import type { AcquireOptions, Database, Session } from "../../packages/runner/src/port.ts";

export interface Subject {
  /** The same database, as another process would open it. */
  open(): Database;
}

const options: AcquireOptions = {
  waitMs: 0,
  createMissing: true,
  signal: undefined,
  onWait: () => undefined,
  who: { user: "somebody", host: "here", pid: 1, startedAt: "now", format: 1 },
};

function started(session: Session, number: number): TransitionRecord {
  return {
    kind: "transition",
    seq: seq(number),
    run: "r",
    epoch: session.epoch,
    at: "2026-01-01T00:00:00.000Z",
    migration: "0001_a",
    direction: "up",
    from: "idle",
    event: "start",
    to: "preparing",
    step: null,
    detail: { text: 'it\'s \\ "quoted" \u{1F9B6}\n' },
  };
}

/** @param withSubject gives an empty database for the time of a test */
export function conforms(withSubject: (act: (subject: Subject) => Promise<void>) => Promise<void>): void {
  const onSession = (act: (session: Session, subject: Subject) => Promise<void>) => (): Promise<void> =>
    withSubject(async (subject) => {
      const session = await subject.open().acquire(options);
      try {
        await act(session, subject);
      } finally {
        await session.close();
      }
    });
  const count = async (session: Session, table: string): Promise<number | null> => session.countRows(table);

  test(
    "there is no journal until something is written, and then every byte of it comes back",
    onSession(async (session, subject) => {
      const before = await session.readRows();
      await session.append(packRecords([started(session, 1)]));
      const reader = await subject.open().read();

      expect(before.exists).toBe(false);
      const { current, exists, epoch } = await reader.readRows();
      expect(exists).toBe(true);
      expect(epoch).toBe(session.epoch);
      expect(current).toHaveLength(1);
      expect(JSON.parse(current[0]?.detail ?? "")).toEqual(started(session, 1).detail);
      await reader.close();
    }),
  );

  test(
    "one owner at a time; the next one has a higher epoch, and the one before is fenced",
    onSession(async (session, subject) => {
      await session.append(packRecords([started(session, 1)]));
      await expect(subject.open().acquire(options)).rejects.toMatchObject({ code: "LEASE_HELD" });
      const reader = await subject.open().read();
      expect(await reader.owner()).not.toBeNull();
      await reader.close();
      await session.close();

      const next = await subject.open().acquire(options);
      expect(next.epoch).toBeGreaterThan(session.epoch);
      await next.append(packRecords([started(next, 2)]));
      await next.close();
    }),
  );

  test(
    "the last row is read without the lease, and never taken from under an owner that writes",
    onSession(async (session, subject) => {
      expect(await subject.open().readLast()).toBeNull();
      await session.append(packRecords([started(session, 1)]));
      await session.append(packRecords([started(session, 2)]));
      const during = await subject.open().readLast();
      await session.close();

      expect([undefined, 2]).toContain(during?.seq);
      expect(await subject.open().readLast()).toMatchObject({ seq: 2, event: "start" });
    }),
  );

  test(
    "a journal that somebody has emptied is not a new one",
    onSession(async (session, subject) => {
      await session.append(packRecords([started(session, 1)]));
      await session.run("DELETE FROM surefoot_journal", "alone", null);
      await session.close();
      const reader = await subject.open().read();

      await expect(reader.readRows()).rejects.toMatchObject({
        code: "JOURNAL_CORRUPT",
        message: expect.stringContaining("it is empty, and 1 run has written to it") as string,
      });
      expect(await subject.open().readLast()).toBeNull();
      await reader.close();
    }),
  );

  test(
    "a number that is taken is refused: somebody else has written",
    onSession(async (session) => {
      await session.append(packRecords([started(session, 1)]));
      await expect(session.append(packRecords([started(session, 1)]))).rejects.toMatchObject({ code: "FENCED" });
      expect((await session.readRows()).current).toHaveLength(1);
    }),
  );

  test(
    "own: the statement commits with its record, and not without it",
    onSession(async (session, subject) => {
      await session.run("CREATE TABLE t (id INTEGER PRIMARY KEY)", "alone", null);
      await session.run("INSERT INTO t VALUES (1)", "own", null);
      await session.discard();
      const without = await count(session, "t");
      await session.run("INSERT INTO t VALUES (1)", "own", null);
      await session.append(packRecords([started(session, 1)]));
      const reader = await subject.open().read();

      expect(without).toBe(0);
      expect(await count(reader as Session, "t")).toBe(1);
      await reader.close();
    }),
  );

  test(
    "joined: everything is taken back, and the transaction stays open for the story of it",
    onSession(async (session) => {
      await session.run("CREATE TABLE t (id INTEGER PRIMARY KEY)", "alone", null);
      await session.begin(["INSERT INTO t VALUES (1)"]);
      await session.run("INSERT INTO t VALUES (1)", "joined", null);
      await session.takeBack();
      expect(session.transaction).toBe("open");
      await session.append(packRecords([started(session, 1)]));

      expect(session.transaction).toBe("none");
      expect(await count(session, "t")).toBe(0);
      expect((await session.readRows()).current).toHaveLength(1);
    }),
  );

  test(
    "three results: applied with what was changed, an error of the statement, and nothing else",
    onSession(async (session) => {
      const made = await session.run("CREATE TABLE t (id INTEGER PRIMARY KEY, a INTEGER)", "alone", null);
      const again = await session.run("CREATE TABLE IF NOT EXISTS t (id INTEGER)", "alone", null);
      const put = await session.run("INSERT INTO t VALUES (1, 1), (2, 2)", "alone", null);
      const none = await session.run("UPDATE t SET a = 5 WHERE id = 9", "alone", null);
      const wrong = await session.run("INSERT INTO nowhere VALUES (1)", "alone", null);

      expect(made).toMatchObject({ type: "applied", changed: true });
      expect(again).toMatchObject({ type: "applied", changed: false });
      expect(put).toMatchObject({ type: "applied", changed: true, rowCount: 2 });
      expect(none).toMatchObject({ type: "applied", changed: false, rowCount: 0 });
      expect(wrong).toMatchObject({ type: "sql_error" });
    }),
  );

  test(
    "pictures and looks see what was made, changed and dropped, and leave Surefoot's own out",
    onSession(async (session) => {
      await session.append(packRecords([started(session, 1)]));
      const names = new Set(["table:t"]);
      const before = await session.look(names);
      await session.run("CREATE TABLE t (id INTEGER PRIMARY KEY)", "alone", null);
      const made = await session.look(names);
      await session.run("ALTER TABLE t ADD COLUMN a INTEGER", "alone", null);
      const changed = await session.look(names);
      const whole = await session.picture();
      await session.run("DROP TABLE t", "alone", null);
      const dropped = await session.look(names);

      const of = (picture: ReadonlyMap<string, unknown>): unknown => picture.get("table:t") ?? null;
      expect(of(before)).toBeNull();
      expect(of(made)).not.toBeNull();
      expect(of(changed)).not.toBe(of(made));
      expect(of(whole)).toBe(of(changed));
      expect(of(dropped)).toBeNull();
      expect([...whole.keys()].filter((name) => name.startsWith("table:surefoot"))).toEqual([]);
    }),
  );

  test(
    "whether a table was made, or dropped, by somebody else shows in the schema",
    onSession(async (session) => {
      const create = "CREATE TABLE t (id INTEGER PRIMARY KEY, a INTEGER NOT NULL)";
      const before = await session.shows(create);
      await session.run("CREATE TABLE t (id INTEGER PRIMARY KEY, a INTEGER NOT NULL)", "alone", null);
      const made = await session.shows(create);
      const other = await session.shows("CREATE TABLE t (id INTEGER PRIMARY KEY, a INTEGER)");
      const dropped = await session.shows("DROP TABLE t");

      expect([before, made, other, dropped]).toEqual([false, true, false, false]);
      expect(await session.shows("DROP TABLE gone")).toBe(true);
    }),
  );

  test(
    "whether several changes of a table were made by somebody else shows as well",
    onSession(async (session) => {
      const steps = [
        { sql: "ALTER TABLE t ADD COLUMN a INTEGER", undo: ["ALTER TABLE t DROP COLUMN a"] },
        {
          sql: "CREATE UNIQUE INDEX t_a ON t (a)",
          undo: [session.capabilities.engine === "sqlite" ? "DROP INDEX t_a" : "DROP INDEX t_a ON t"],
        },
      ];
      await session.run("CREATE TABLE t (id INTEGER PRIMARY KEY)", "alone", null);
      const before = await session.isAsLeft(steps);
      await session.run("ALTER TABLE t ADD COLUMN a INTEGER", "alone", null);
      const half = await session.isAsLeft(steps);
      await session.run("CREATE INDEX t_a ON t (a)", "alone", null);
      const other = await session.isAsLeft(steps);
      await session.run(steps[1]!.undo[0]!, "alone", null);
      await session.run("CREATE UNIQUE INDEX t_a ON t (a)", "alone", null);
      const made = await session.isAsLeft(steps);

      expect([before, half, other, made]).toEqual([false, false, false, true]);
    }),
  );

  test(
    "changes that end where they began show nothing, and neither does what is no change of the schema",
    onSession(async (session) => {
      const drop = session.capabilities.engine === "sqlite" ? "DROP INDEX t_a" : "DROP INDEX t_a ON t";
      const make = "CREATE INDEX t_a ON t (a)";
      await session.run("CREATE TABLE t (id INTEGER PRIMARY KEY, a INTEGER)", "alone", null);
      await session.run(make, "alone", null);

      const round = await session.isAsLeft([
        { sql: drop, undo: [make] },
        { sql: make, undo: [drop] },
      ]);
      const rows = await session.isAsLeft([{ sql: make, undo: ["DELETE FROM t", drop] }]);
      const none = await session.isAsLeft([]);
      const made = await session.isAsLeft([{ sql: make, undo: [drop] }]);

      expect([round, rows, none, made]).toEqual([false, false, false, true]);
    }),
  );

  test(
    "contents add up whatever their order, and others' rows are told from own ones",
    onSession(async (session) => {
      await session.run("CREATE TABLE t (id INTEGER PRIMARY KEY, a INTEGER)", "alone", null);
      await session.run("INSERT INTO t VALUES (1, 1), (2, NULL)", "alone", null);
      const own = await session.contents(["table:t"]);
      const untouched = await session.foreignData("DROP TABLE t", own);
      await session.run("DELETE FROM t WHERE id = 1", "alone", null);
      await session.run("INSERT INTO t VALUES (1, 1)", "alone", null);
      const same = await session.foreignData("DROP TABLE t", own);
      await session.run("UPDATE t SET a = 7 WHERE id = 2", "alone", null);
      const replaced = await session.foreignData("DROP TABLE t", own);
      await session.run("INSERT INTO t VALUES (3, 3)", "alone", null);
      const more = await session.foreignData("DROP TABLE t", own);

      expect([untouched, same]).toEqual([null, null]);
      expect(replaced).toMatchObject({ count: 2, more: false });
      expect(more).toMatchObject({ count: 1, more: true });
    }),
  );

  test(
    "checks may only read, and say what they found",
    onSession(async (session) => {
      await session.run("CREATE TABLE t (id INTEGER PRIMARY KEY)", "alone", null);

      expect(await session.check("SELECT COUNT(*) = 0 FROM t", "true")).toEqual({ type: "passed" });
      expect(await session.check("SELECT COUNT(*) FROM t", "true")).toMatchObject({ type: "false" });
      expect(await session.check("SELECT id FROM t", "empty")).toEqual({ type: "passed" });
      expect(await session.check("SELECT NULL", "true")).toMatchObject({ type: "error" });
      expect(await session.check("DELETE FROM t", "true")).toMatchObject({ type: "error" });
      expect(await session.check("SELECT * FROM nowhere", "empty")).toMatchObject({ type: "error" });
    }),
  );

  test(
    "after a reopening it is the owner again, with a new epoch, and what was not durable is gone",
    onSession(async (session) => {
      await session.run("CREATE TABLE t (id INTEGER PRIMARY KEY)", "alone", null);
      await session.append(packRecords([started(session, 1)]));
      await session.run("INSERT INTO t VALUES (1)", "own", null);
      await session.reopen();

      expect(await count(session, "t")).toBe(0);
      await session.append(packRecords([started(session, 2)]));
      expect((await session.readRows()).current).toHaveLength(2);
    }),
  );
}
