/**
 * The classes agree with the engines: a server is killed while many statements run, each in a database of its own, and what
 * is left of each when it is back is what its class promises. `SUREFOOT_ROUNDS` kills it more often, `SUREFOOT_SEED` at
 * other moments. The process is killed, not the machine: what was written to a file stays.
 */
import type { Connection } from "mysql2/promise";
import { expect, test } from "vitest";
import type { MysqlFacts } from "../../packages/runner/src/mysql/classify.ts";
import { readServerFacts } from "../../packages/runner/src/mysql/server-facts.ts";
import type { KilledStatement } from "../support/killed-statements.ts";
import { killedStatements, makeTemplate } from "../support/killed-statements.ts";
import type { OwnServer } from "../support/servers.ts";
import { onOwnServer } from "../support/servers.ts";
import type { Look } from "../support/statement-trial.ts";
import { changesBetween, factsOn, lookAt } from "../support/statement-trial.ts";

const roundCount = Number(process.env["SUREFOOT_ROUNDS"] ?? "3");
const seed = Number(process.env["SUREFOOT_SEED"] ?? "1");
const rowCount = 8192;

/** A statement in its database. */
interface Placed extends KilledStatement {
  readonly database: string;
}

interface Outcome {
  readonly sql: string;
  readonly kind: MysqlFacts["kind"];
  /** The server said that it was done. */
  readonly acknowledged: boolean;
  readonly left: "nothing" | "whole" | "part";
  /** What its class does not allow; null: it is as promised. */
  readonly broken: object | null;
}

for (const engine of ["mariadb", "mysql"] as const) {
  await onOwnServer(engine, "killed in the middle of statements", (server) => {
    test("leaves of each what its class promises", { timeout: 60_000 + roundCount * 60_000 }, async () => {
      const random = randomNumbers(seed);
      const whole = await dryRun(server, engine);

      const outcomes: Outcome[] = [];
      // Where the machine was quicker than in the dry run, the kills came too late; more rounds then come earlier.
      for (let round = 1; round <= roundCount || (!isEnough(outcomes) && round <= roundCount * 5); round++)
        outcomes.push(...(await killed(server, engine, round, whole, random)));

      console.log(summary(engine, outcomes));
      expect(outcomes.filter(({ broken }) => broken !== null)).toEqual([]);
      expect(isEnough(outcomes)).toBe(true);
    });
  });
}

/** Not one that was merely done, or not begun: the server was killed in the middle of some of each kind. */
function isEnough(outcomes: readonly Outcome[]): boolean {
  const cut = outcomes.filter(({ acknowledged }) => !acknowledged);
  return (
    cut.length >= roundCount * 5 &&
    (["atomic", "transactional", "opaque"] as const).every((kind) => cut.some((one) => one.kind === kind))
  );
}

interface Whole {
  /** How everything looks after the statement. */
  readonly look: Look;
  readonly facts: MysqlFacts;
  readonly ms: number;
}

/** Runs each to its end, once. */
async function dryRun(server: OwnServer, engine: "mysql" | "mariadb"): Promise<readonly Whole[]> {
  const connection = await server.connect();
  for (const sql of makeTemplate(rowCount)) await connection.query(sql);
  const found: Whole[] = [];
  for (const placed of await place(connection, engine, "dry")) {
    const [runner, looker] = [await server.connect({ database: placed.database }), await server.connect()];
    const facts = await factsOn(runner, placed.database, placed.sql, await readServerFacts(looker));
    const start = performance.now();
    await run(runner, placed, facts);
    const ms = performance.now() - start;
    found.push({ look: await (await lookAt(looker, placed.database))(), facts, ms });
    runner.destroy();
    looker.destroy();
    await connection.query(`DROP DATABASE ${placed.database}`);
  }
  connection.destroy();
  return found;
}

async function place(connection: Connection, engine: "mysql" | "mariadb", round: string): Promise<readonly Placed[]> {
  const placed: Placed[] = [];
  for (const [at, one] of killedStatements[engine].entries()) {
    const database = `surefoot_test_${round}_${at}`;
    await connection.query(`CREATE DATABASE ${database}`);
    await connection.query(`USE ${database}`);
    for (const sql of ["CREATE TABLE record (id INT) ENGINE=InnoDB", ...one.setup]) await connection.query(sql);
    placed.push({ ...one, database });
  }
  return placed;
}

/** As a step is run: what is transactional, together with its record. */
async function run(connection: Connection, { sql }: Placed, { kind }: MysqlFacts): Promise<void> {
  if (kind !== "transactional") {
    await connection.query(sql);
    return;
  }
  await connection.query("START TRANSACTION");
  await connection.query("INSERT INTO record VALUES (1)");
  await connection.query(sql);
  await connection.query("COMMIT");
}

async function killed(
  server: OwnServer,
  engine: "mysql" | "mariadb",
  round: number,
  whole: readonly Whole[],
  random: () => number,
): Promise<readonly Outcome[]> {
  const maker = await server.connect();
  const placed = await place(maker, engine, `r${round}`);
  const before: Look[] = [];
  for (const { database } of placed) before.push(await (await lookAt(maker, database))());
  const connections = await Promise.all(placed.map(({ database }) => server.connect({ database })));

  // They share the machine, so that each takes longer than it did alone.
  const longMs = placed.reduce((sum, { quick }, at) => sum + (quick ? 0 : whole[at]!.ms), 0);
  const cycle = Math.ceil(round / roundCount);
  const within = round - (cycle - 1) * roundCount;
  const killMs = 15 + (longMs * (within - random())) / roundCount / cycle ** 2;
  const acknowledged = placed.map(async (one, at) => {
    const startMs = one.quick ? Math.max(0, killMs - whole[at]!.ms * 12 * random()) : 0;
    await new Promise((resolve) => setTimeout(resolve, startMs));
    return run(connections[at]!, one, whole[at]!.facts).then(
      () => true,
      () => false,
    );
  });
  await new Promise((resolve) => setTimeout(resolve, killMs));
  await server.kill();
  const replies = await Promise.all(acknowledged);
  for (const connection of [maker, ...connections]) connection.destroy();
  await server.restart();

  const outcomes: Outcome[] = [];
  for (const [at, { database, sql }] of placed.entries()) {
    const after = await lookAfterCrash(server, database);
    outcomes.push({ sql, ...judge(whole[at]!, before[at]!, after, replies[at]!) });
  }
  return outcomes;
}

/** A server can end by itself over what it finds after a crash (seen once on MariaDB 10.11); then it is started again. */
async function lookAfterCrash(server: OwnServer, database: string): Promise<Look> {
  try {
    return await lookOnce(server, database);
  } catch (error) {
    console.log(`${database}: ${String(error)}; the server is started again`);
    await server.kill();
    await server.restart();
    return lookOnce(server, database);
  }
}

async function lookOnce(server: OwnServer, database: string): Promise<Look> {
  const looker = await server.connect();
  try {
    const look = await (await lookAt(looker, database))();
    // What is left over may not let the database go, which is no matter: the next round has others.
    await looker.query(`DROP DATABASE ${database}`).catch(() => "");
    return look;
  } finally {
    looker.destroy();
  }
}

function judge({ look, facts }: Whole, before: Look, after: Look, acknowledged: boolean): Omit<Outcome, "sql"> {
  const [fromBefore, fromWhole] = [changes(before, after), changes(look, after)];
  const left = fromWhole.length === 0 ? "whole" : fromBefore.length === 0 ? "nothing" : "part";
  const untold = fromBefore.filter((name) => !facts.objects.includes(name) && name !== "table:record");
  const kept = acknowledged ? left === "whole" : facts.class === "opaque" || left !== "part";
  const broken = kept && untold.length === 0 ? null : { left, untold, fromBefore, fromWhole };
  return { kind: facts.kind, acknowledged, left, broken };
}

/** Views are only counted, because their text holds the name of the database, which is another each time. */
function changes(left: Look, right: Look): readonly string[] {
  const { objects, rows } = changesBetween(left, right);
  const seen = objects.filter((name) => {
    if (name.startsWith("database:")) return false;
    return !name.startsWith("view:") || left.schema.has(name) !== right.schema.has(name);
  });
  return [...new Set([...seen, ...rows.map((name) => `table:${name}`)])];
}

function summary(engine: string, outcomes: readonly Outcome[]): string {
  const lines = Map.groupBy(outcomes, ({ sql, kind }) => `${kind.padEnd(13)} ${sql.slice(0, 90)}`);
  const counted = [...lines].map(([line, list]) => {
    const count = (left: Outcome["left"]): number => list.filter((one) => one.left === left).length;
    return `${line}: ${count("nothing")} nothing, ${count("whole")} whole, ${count("part")} in part`;
  });
  return [`${engine}, seed ${seed}, ${outcomes.length} statements`, ...counted].join("\n");
}

/** Numbers from 0 to 1, the same for a seed. */
function randomNumbers(start: number): () => number {
  let state = start;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
