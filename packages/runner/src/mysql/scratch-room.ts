/**
 * A place for scratch databases on a server: names of its own, and a lock that shows that who makes them is alive. The lock
 * ends with its session, so that what a killed `verify` has left is told from what another one works on, and is dropped.
 */
import { SurefootError } from "../error.ts";
import { newRunId } from "../run-id.ts";
import { quoted } from "../sql/reader/names.ts";
import { rowsOf } from "./driver.ts";
import { mysqlError } from "./errors.ts";
import { tryLock } from "./lease.ts";
import { Link } from "./link.ts";
import type { ServerOrigin } from "./origin.ts";
import { serverOriginOf } from "./origin.ts";
import type { ServerIdentity } from "./server-identity.ts";
import { connect } from "./sessions.ts";
import type { ServerTarget } from "./target.ts";
import { shownServer } from "./target.ts";
import type { Timing } from "./timing.ts";

/** How long the session may be idle while something is tried, in seconds: the servers' own default. */
const idleSeconds = 28_800;

/** Of the databases that decide on a doubt the name goes on otherwise: they are no leftovers of this. */
const ownName = /^surefoot_scratch_([0-9a-f]{12})_\d+$/;

export class ScratchRoom {
  readonly place: ServerTarget;
  readonly server: ServerIdentity;
  private readonly timing: Timing;
  private readonly control: Link;
  private readonly token: string;
  private readonly onNote: (message: string) => void;
  private made = 0;
  private open = 0;

  private constructor(
    place: ServerTarget,
    timing: Timing,
    { link, server }: { readonly link: Link; readonly server: ServerIdentity },
    onNote: (message: string) => void,
  ) {
    this.place = place;
    this.timing = timing;
    this.server = server;
    this.control = link;
    this.token = newRunId().replaceAll("-", "").slice(0, 12);
    this.onNote = onNote;
  }

  /** @throws SurefootError as for every connection, and DATABASE_READ_ONLY */
  static async open(place: ServerTarget, timing: Timing, onNote: (message: string) => void): Promise<ScratchRoom> {
    const origin = serverOriginOf(place, timing);
    const { name } = origin;
    const room = new ScratchRoom(place, timing, await reached(origin), onNote);
    try {
      if (room.server.isReadOnly)
        throw new SurefootError("DATABASE_READ_ONLY", `${name}: the server is read-only. Nothing was tried.`);
      await room.control.send(`SET SESSION wait_timeout = ${idleSeconds}`);
      await tryLock(room.control, lockName(room.token));
      await room.dropLeftovers();
      return room;
    } catch (error) {
      await room.control.close();
      throw mysqlError(error, name, "preparing the scratch server");
    }
  }

  /** Another session there, in one of its databases. */
  async link(database: string): Promise<Link> {
    return Link.open({ ...this.place, database }, this.timing);
  }

  /** `like`: character set and collation, as in CREATE DATABASE; empty: the server's own. */
  async make(like: string): Promise<string> {
    const name = `surefoot_scratch_${this.token}_${++this.made}`;
    try {
      await this.control.send(`CREATE DATABASE ${quoted(name)} ${like}`);
    } catch (error) {
      throw mysqlError(error, shownServer(this.place), `making the scratch database ${name}`);
    }
    this.open++;
    return name;
  }

  /** The room ends with its last database. Never throws. */
  async drop(name: string): Promise<void> {
    await this.dropOrTell(name);
    if (--this.open === 0) await this.control.close();
  }

  /** When nothing was made in it. */
  async close(): Promise<void> {
    if (this.open === 0) await this.control.close();
  }

  /** Of all databases on the server, as far as this user sees them, in lower case. */
  async databases(): Promise<ReadonlySet<string>> {
    const rows = await rowsOf(this.control, "SELECT LOWER(SCHEMA_NAME) AS name FROM information_schema.SCHEMATA");
    return new Set(rows.map(({ name }) => String(name)));
  }

  private async dropLeftovers(): Promise<void> {
    const dropped: string[] = [];
    for (const name of await this.databases()) {
      const [, token] = ownName.exec(name) ?? [];
      // Who holds the lock is at work with it.
      if (token === undefined || !(await tryLock(this.control, lockName(token)))) continue;
      if (await this.dropOrTell(name)) dropped.push(name);
      await this.control.execute("SELECT RELEASE_LOCK(?)", [lockName(token)]);
    }
    if (dropped.length > 0)
      this.onNote(`Dropped what a verify that was killed has left on the scratch server: ${dropped.join(", ")}.`);
  }

  private async dropOrTell(name: string): Promise<boolean> {
    try {
      await this.control.send(`DROP DATABASE IF EXISTS ${quoted(name)}`);
      return true;
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      this.onNote(`The scratch database ${name} could not be dropped (${why}); the next verify there tries again.`);
      return false;
    }
  }
}

/** The commands that help when the database itself is out of reach don't help here. */
async function reached(origin: ServerOrigin): Promise<Awaited<ReturnType<typeof connect>>> {
  try {
    return await connect(origin);
  } catch (error) {
    if (!(error instanceof SurefootError) || error.code !== "DATABASE_LOST") throw error;
    const message = `The scratch server can't be reached. ${error.message} Nothing was tried.`;
    throw new SurefootError("DATABASE_LOST", message, { next: ["surefoot verify"], cause: error });
  }
}

function lockName(token: string): string {
  return `surefoot-scratch-${token}`;
}
