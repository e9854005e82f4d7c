/**
 * The lease on a SQLite database: a sidecar file that its owner keeps locked with BEGIN EXCLUSIVE. The operating system
 * drops the lock when the process ends, however it ends, and a statement of SQLite can't outlive its process, so a free
 * lease means that nothing is under way. There is no time-to-live. The sidecar stays behind: removing it would let two
 * processes lock two files of the same name.
 */
import { accessSync, constants, existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { setTimeout } from "node:timers/promises";
import type { Detail } from "@surefoot/model";
import { SurefootError } from "../error.ts";
import type { SqliteHandle } from "./driver.ts";
import { loadDriver } from "./driver.ts";
import { isBusy, sqliteError } from "./errors.ts";
import type { FillingNote } from "./working-mode.ts";

const pollMs = 50;

export interface Lease extends FillingNote {
  /** The note of whose it is goes as well, unless the file is still being filled. */
  release(): void;
}

function leasePath(database: string): string {
  return `${database}-surefoot-lock`;
}

function ownerPath(database: string): string {
  return `${database}-surefoot-owner`;
}

/** @throws SurefootError LEASE_HELD after `waitMs`, naming the owner as far as it is known. */
export async function takeLease(
  database: string,
  options: {
    readonly waitMs: number;
    readonly signal: AbortSignal | undefined;
    readonly who: Detail;
    readonly onWait: (holder: string) => void;
  },
): Promise<Lease> {
  const Driver = loadDriver();
  let handle: SqliteHandle;
  try {
    handle = new Driver(leasePath(database), { timeout: 0 });
  } catch (error) {
    throw sqliteError(error, leasePath(database), "opening the lock file");
  }
  // The module of clocks takes a twentieth of a start that has nothing to do, and nobody waits there.
  let deadline: number | null = null;
  for (let told = false; ;) {
    try {
      handle.exec("BEGIN EXCLUSIVE");
      refuseUnwritable(leasePath(database));
      break;
    } catch (error) {
      if (!isBusy(error)) {
        handle.close();
        throw sqliteError(error, leasePath(database), "locking it");
      }
    }
    const holder = readOwner(database) ?? "a process that has not said who it is";
    if (!told) options.onWait(holder);
    told = true;
    if (options.signal?.aborted === true) {
      handle.close();
      throw new SurefootError("INTERRUPTED", `Stopped as asked, while waiting for ${holder}. Nothing was done.`);
    }
    deadline ??= performance.now() + options.waitMs;
    if (performance.now() >= deadline) {
      handle.close();
      throw new SurefootError(
        "LEASE_HELD",
        `Another Surefoot is at work on ${database}: ${holder}. Nothing was done. ` +
          "Wait for it (`--wait 60s`), or look at what it does with `surefoot status`.",
        { next: ["surefoot status"] },
      );
    }
    await setTimeout(pollMs);
  }
  return new OwnedLease(database, handle, options.who);
}

/**
 * SQLite opens a file that can't be written for reading, and then BEGIN EXCLUSIVE excludes nobody.
 * @throws SurefootError DATABASE_READ_ONLY
 */
function refuseUnwritable(path: string): void {
  try {
    accessSync(path, constants.W_OK);
  } catch (cause) {
    throw new SurefootError(
      "DATABASE_READ_ONLY",
      `${path}: the lock file belongs to another user, or is read-only, so nobody could be kept out. Check its permissions; nothing was changed.`,
      { cause, next: ["surefoot status"] },
    );
  }
}

class OwnedLease implements Lease {
  private readonly database: string;
  private readonly handle: SqliteHandle;
  private readonly who: Detail;
  private noted: boolean;

  constructor(database: string, handle: SqliteHandle, who: Detail) {
    this.database = database;
    this.handle = handle;
    this.who = who;
    this.noted = wasFilling(database);
    writeOwner(database, this.said());
  }

  get filling(): boolean {
    return this.noted;
  }

  setFilling(filling: boolean): void {
    if (filling === this.noted) return;
    this.noted = filling;
    // Without the note nobody would turn the file back after a kill.
    if (!writeOwner(this.database, this.said())) this.noted = false;
  }

  release(): void {
    if (!this.noted) rmSync(ownerPath(this.database), { force: true });
    this.handle.close();
  }

  private said(): Detail {
    return this.noted ? { ...this.who, filling: true } : this.who;
  }
}

/** Somebody is at work, or was killed at it. False in vain where such a file can't be written. */
export function hasOwner(database: string): boolean {
  return existsSync(ownerPath(database));
}

/** A process was killed while it filled a file that it had made, or had to leave it so because somebody was reading. */
export function wasFilling(database: string): boolean {
  return ownerNote(database).filling === true;
}

/** The live owner's name, or null when the lease is free. Takes no lock that another process could notice for long. */
export async function leaseOwner(database: string): Promise<string | null> {
  const Driver = loadDriver();
  let handle: SqliteHandle;
  try {
    handle = new Driver(leasePath(database), { timeout: 0, fileMustExist: true, readonly: true });
  } catch {
    return null;
  }
  try {
    handle.prepare("SELECT 1 FROM sqlite_schema").get();
    return null;
  } catch (error) {
    return isBusy(error) ? (readOwner(database) ?? "a process that has not said who it is") : null;
  } finally {
    handle.close();
  }
}

/** Written by another process, so that nothing is certain about it. */
interface OwnerNote {
  readonly user?: string;
  readonly host?: string;
  readonly pid?: number;
  readonly startedAt?: string;
  readonly filling?: boolean;
}

/** A plain file beside the lock, because nobody else can read a file that is locked exclusively. */
function writeOwner(database: string, who: Detail): boolean {
  try {
    writeFileSync(ownerPath(database), JSON.stringify(who));
    return true;
  } catch {
    // It only makes a message friendlier, and allows a quicker mode. The lock itself is what counts.
    return false;
  }
}

function readOwner(database: string): string | null {
  const { user, host, pid, startedAt } = ownerNote(database);
  if (typeof pid !== "number") return null;
  return `process ${pid} of ${String(user)} on ${String(host)}, since ${String(startedAt)}`;
}

function ownerNote(database: string): OwnerNote {
  try {
    const note: unknown = JSON.parse(readFileSync(ownerPath(database), "utf8"));
    return typeof note === "object" && note !== null ? note : {};
  } catch {
    return {};
  }
}
