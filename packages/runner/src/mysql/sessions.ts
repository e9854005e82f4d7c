/**
 * The two sessions of a runner: one that runs the statements and holds the lease, and an idle one that shows that the
 * runner is alive, reads the schema, and can end a statement of the other. Neither is ever connected again silently.
 */
import { SurefootError } from "../error.ts";
import type { AcquireOptions } from "../port.ts";
import { blockersOf } from "./blockers.ts";
import { errnoOf } from "./driver.ts";
import { isLost, mysqlError } from "./errors.ts";
import { readRows } from "./journal.ts";
import type { LockNames } from "./lease.ts";
import { holderOf, lockNames, lockWithin, sessionText, tryLock } from "./lease.ts";
import type { Link } from "./link.ts";
import type { Origin, ServerOrigin } from "./origin.ts";
import type { ServerIdentity } from "./server-identity.ts";
import { readServer } from "./server-identity.ts";
import { ownerText } from "./who.ts";

/** How long a statement waits for a metadata lock, in seconds: the servers' own default is a day or a year. */
const lockWaitSeconds = 30;
/** How often somebody who waits is told so, in milliseconds. */
const tellMs = 5_000;

function pinned({ timing }: ServerOrigin): string {
  return `SET SESSION autocommit = 1, wait_timeout = ${Math.max(1, Math.round(timing.idleMs / 1000))}`;
}

function pinnedForStatements(origin: Origin): string {
  return `${pinned(origin)}, lock_wait_timeout = ${lockWaitSeconds}`;
}

/** @throws SurefootError DATABASE_LOST, DATABASE_MISSING, DATABASE_UNUSABLE, ENGINE_UNSUPPORTED */
export async function connect(origin: ServerOrigin): Promise<{ readonly link: Link; readonly server: ServerIdentity }> {
  let link: Link | null = null;
  try {
    link = await origin.open();
    await link.send(pinned(origin));
    return { link, server: await readServer(link, origin) };
  } catch (error) {
    await link?.close();
    throw mysqlError(error, origin.name, "connecting");
  }
}

/** As the server tells schemas apart. */
export function schemaName({ database }: Origin, { facts }: ServerIdentity): string {
  return facts.caseless ? database.toLowerCase() : database;
}

interface Pair {
  readonly control: Link;
  readonly statements: Link;
  readonly server: ServerIdentity;
}

export class Sessions {
  private readonly origin: Origin;
  private readonly options: AcquireOptions;
  private readonly names: LockNames;
  private pair: Pair;
  private readonly heart: NodeJS.Timeout;

  private constructor(origin: Origin, options: AcquireOptions, pair: Pair) {
    this.origin = origin;
    this.options = options;
    this.names = lockNames(schemaName(origin, pair.server));
    this.pair = pair;
    this.heart = setInterval(() => void this.beat(), origin.timing.heartbeatMs).unref();
  }

  /** @throws SurefootError LEASE_HELD after `waitMs`, INTERRUPTED, and those of a connection */
  static async open(origin: Origin, options: AcquireOptions): Promise<Sessions> {
    return new Sessions(origin, options, await takeLease(origin, options, null));
  }

  get control(): Link {
    return this.pair.control;
  }

  get statements(): Link {
    return this.pair.statements;
  }

  get server(): ServerIdentity {
    return this.pair.server;
  }

  /** Two new sessions in the place of those that were lost. */
  async reopen(): Promise<void> {
    const lost = new Error("The connection was given up.");
    const before = this.pair;
    before.statements.cut(lost);
    before.control.cut(lost);
    this.pair = await takeLease(this.origin, this.options, before);
  }

  /** A new session for the statements, with none of the settings of the old one; the lease goes over to it. */
  async renewStatements(): Promise<void> {
    const { control, statements, server } = this.pair;
    const fresh = await this.origin.open();
    try {
      await fresh.send(pinnedForStatements(this.origin));
      // Nobody can come in between: they would need the lock of the control session first.
      await statements.execute("SELECT RELEASE_LOCK(?)", [this.names.lease]);
      if (!(await tryLock(fresh, this.names.lease, 5))) throw new Error("The lease could not be taken over.");
    } catch (error) {
      await fresh.close();
      throw error;
    }
    this.pair = { control, statements: fresh, server };
    await statements.close();
  }

  /** Ends the statement that is running, not its session. It asks once; the answer comes from the statement itself. */
  async cancelStatement(): Promise<void> {
    if (this.pair.statements.busy) await this.pair.control.send(`KILL QUERY ${this.pair.statements.id}`);
  }

  /** Who may hold what a statement has waited for in vain; nothing where the user may not look. */
  async blockers(): Promise<readonly string[]> {
    const { control, statements } = this.pair;
    return blockersOf(control, this.server.facts.dialect, new Set([control.id, statements.id]));
  }

  async close(): Promise<void> {
    clearInterval(this.heart);
    await this.pair.statements.close();
    await this.pair.control.close();
  }

  /**
   * Keeps idle sessions from ending by their timeout. When one of the two is lost the other is of no use, and a statement
   * that is running is in doubt: whoever finds the second lock free takes it for an orphan.
   */
  private async beat(): Promise<void> {
    const { control, statements } = this.pair;
    if (control.closed) return;
    const idle = [control, statements].filter((link) => !link.busy);
    try {
      await Promise.all(idle.map((link) => link.send("DO 0")));
    } catch (error) {
      if (!isLost(error)) return;
      statements.cut(error as Error);
      control.cut(error as Error);
    }
  }
}

/** `before`: sessions of this very process that were lost, and may still be there on the server. */
async function takeLease(origin: Origin, options: AcquireOptions, before: Pair | null): Promise<Pair> {
  const { name, timing } = origin;
  const { link: control, server } = await connect(origin);
  let statements: Link | null = null;
  try {
    if (server.isReadOnly)
      throw new SurefootError("DATABASE_READ_ONLY", `${name}: the server is read-only. Nothing was done.`);
    const names = lockNames(schemaName(origin, server));
    if (before !== null) await endOwn(control, server, before);
    await takeAlive(control, names, origin, options, before === null ? options.waitMs : timing.killMs);
    statements = await origin.open();
    await statements.send(pinnedForStatements(origin));
    if (!(await tryLock(statements, names.lease))) await settleOrphan(control, statements, names, origin, options);
    if ((await holderOf(control, names.lease)) !== statements.id) {
      // One that has ended meanwhile holds nothing either, and does not answer.
      await statements.send("DO 0");
      throw new SurefootError(
        "ENGINE_UNSUPPORTED",
        `${name}: something between here and the server shares sessions between clients (a proxy that multiplexes), and ` +
          "a lease held there would hold nothing. Connect to the server itself. Nothing was done.",
      );
    }
    return { control, statements, server };
  } catch (error) {
    await statements?.close();
    await control.close();
    throw mysqlError(error, name, "taking the lease");
  }
}

/** The lost control session of this process may hold its lock until the server notices. */
async function endOwn(control: Link, server: ServerIdentity, before: Pair): Promise<void> {
  const isSame =
    server.uuid === before.server.uuid &&
    Math.abs(Date.parse(server.startedAt) - Date.parse(before.server.startedAt)) <= 2_000;
  if (isSame) await kill(control, before.control.id);
}

/** False: this user may not end it. */
async function kill(control: Link, id: number): Promise<boolean> {
  try {
    await control.send(`KILL CONNECTION ${id}`);
    return true;
  } catch (error) {
    const errno = errnoOf(error);
    if (errno === 1095 || errno === 1227) return false;
    // It has ended by itself.
    if (errno !== 1094) throw error;
    return true;
  }
}

async function takeAlive(
  control: Link,
  names: LockNames,
  { database }: Origin,
  { signal, onWait }: AcquireOptions,
  waitMs: number,
): Promise<void> {
  let owner: string | null = null;
  const took = await lockWithin(control, names.alive, { waitMs, signal }, async () => {
    if (owner !== null) return;
    const holder = await holderOf(control, names.alive);
    owner = holder === null ? null : await ownerText(control, database, holder);
    // Who does not want to wait is not told that he waits.
    if (owner !== null && waitMs > 0) onWait(owner);
  });
  if (took) return;
  throw new SurefootError(
    "LEASE_HELD",
    `Another Surefoot is at work on ${database}: ${owner ?? "a runner that has just ended"}. Nothing was done. ` +
      "Wait for it (`--wait 60s`), or look at what it does with `surefoot status`.",
    { next: ["surefoot status"] },
  );
}

/** The runner has died, and the server still runs its statement: it is ended, or waited for, as its policy says. */
async function settleOrphan(
  control: Link,
  statements: Link,
  names: LockNames,
  { database }: Origin,
  { waitMs, signal, orphanPolicy, onOrphan }: AcquireOptions,
): Promise<void> {
  const holder = await holderOf(control, names.lease);
  const policy = orphanPolicy === undefined ? "kill" : await orphanPolicy(() => readRows(control, database));
  const shown = holder === null ? "a session that has just ended" : await sessionText(control, holder);
  const text = shown ?? `session ${String(holder)}`;
  onOrphan?.(
    policy === "kill"
      ? `A statement of a runner that has died is still running on the server (${text}). It is being ended; what it did is decided afterwards.`
      : `A statement of a runner that has died is still running on the server (${text}). Waiting for its end.`,
  );
  if (policy === "kill" && holder !== null && !(await kill(control, holder)))
    onOrphan?.("This user may not end it (docs/privileges.md). Waiting for its end.");
  let told = 0;
  const took = await lockWithin(
    statements,
    names.lease,
    { waitMs: policy === "wait" && waitMs > 0 ? waitMs : Infinity, signal },
    async (waitedMs) => {
      if (waitedMs - told < tellMs) return;
      told = waitedMs;
      const now = holder === null ? null : await sessionText(control, holder);
      onOrphan?.(`Still waiting for it, ${Math.round(waitedMs / 1000)} s: ${now ?? text}.`);
    },
  );
  if (!took)
    throw new SurefootError(
      "LEASE_HELD",
      `A statement of a runner that has died is still running on the server: ${text}. Nothing was done. ` +
        "Wait longer (`--wait 10m`), or end it with `--kill-orphan`.",
      { next: ["surefoot status"] },
    );
}
