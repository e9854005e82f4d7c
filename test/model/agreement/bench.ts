/** A generated migration as a real one: its file, what its steps have left in the database, and the journal. */
import { existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { JournalRecord } from "@surefoot/model";
import { decodeRow, epoch, packRecords, seq, unpackRow } from "@surefoot/model";
import type { Configuration, Job } from "@surefoot/model/explorer";
import { upOf } from "./effects.ts";
import type { Ground, Grounds } from "./ground.ts";

/** The checks of every file. What they come to is the driver's to say. */
export const checkSql = "SELECT 'as it should be' <> ''";

/** Who applied it is not this file's business: it makes every start out of order unless that is allowed. */
export const newerId = "0009_newer";

/** What a file may have wrong with it, for one start. */
export interface Wrong {
  readonly doctrine: boolean;
  readonly refused: boolean;
}

/** Memory keeps what a file system would, and is quicker. */
export const root = existsSync("/dev/shm") ? "/dev/shm" : tmpdir();

export class Bench {
  readonly folder = realpathSync(mkdtempSync(join(root, "surefoot-agree-")));
  readonly migrations = join(this.folder, "migrations");
  readonly grounds: Grounds;
  /** The migration on its way up. */
  readonly job: Job;
  private readonly standing: string | null;
  private readonly records: JournalRecord[] = [];
  private driftCount = 0;

  private constructor(grounds: Grounds, job: Job, standing: string | null) {
    this.grounds = grounds;
    this.job = job;
    this.standing = standing;
    mkdirSync(this.migrations);
    this.writeFile(false);
    writeFileSync(join(this.migrations, `${newerId}.sql`), "-- migrate:up\nSELECT 1;\n");
  }

  static async open(ground: Ground, configuration: Configuration): Promise<Bench> {
    const grounds = await ground.open(configuration);
    return new Bench(grounds, upOf(configuration.jobs), ground.standing(configuration));
  }

  writeFile(corrected: boolean, wrong: Wrong = { doctrine: false, refused: false }): void {
    const { plan, needs, migration } = this.job;
    const { effects } = this.grounds;
    const steps = effects.flatMap(({ up, undo, probe }, step) => {
      const count = plan.steps[step]!.undo?.length ?? (corrected ? 1 : 0);
      const asked = this.job.steps[step]!.probe === true ? [`-- migrate:probe ${probe};`] : [];
      // That another step's undo takes it along, the runner finds out.
      const given = this.job.steps[step]!.coveredBy === undefined ? undoLines(undo[count - 1]) : [];
      return [`${up};`, ...given, ...asked];
    });
    const down = effects.map(({ undo: [one] }) => `${one.join(";\n")};`).toReversed();
    const lines = [
      ...needs.map((id) => `-- migrate:depends ${id}`),
      `-- migrate:option transaction=${plan.transaction}`,
      `-- migrate:option recovery=${plan.recovery}`,
      `-- migrate:pre before\n${checkSql};`,
      "-- migrate:up",
      ...(wrong.doctrine ? ["CREATE TABLE bad (id INTEGER, FOREIGN KEY (id) REFERENCES t0 (id));"] : []),
      ...(wrong.refused ? ["COMMIT;"] : []),
      ...steps,
      `-- migrate:post after\n${checkSql};`,
      ...(plan.down === null ? [] : ["-- migrate:down", ...down]),
    ];
    writeFileSync(join(this.migrations, `${migration}.sql`), `${lines.join("\n")}\n`);
  }

  cells(): Promise<readonly number[]> {
    return this.grounds.cells();
  }

  /** Is a row gone that stood in a table which is there? `destroyed`: also where the table is not there. */
  async rowsGone(): Promise<{ readonly seen: boolean; readonly destroyed: boolean }> {
    let [seen, destroyed] = [false, false];
    for (const table of this.lossyTables())
      if (!(await this.grounds.has(table))) destroyed = true;
      else if (await this.grounds.isEmpty(table)) seen = true;
    return { seen, destroyed: seen || destroyed };
  }

  async bringRowsBack(): Promise<void> {
    for (const table of this.lossyTables())
      if (await this.grounds.has(table))
        await this.grounds.exec([`DELETE FROM ${table}`, `INSERT INTO ${table} VALUES (1)`]);
  }

  /** Tables that a step drops with their row. */
  private lossyTables(): readonly string[] {
    return this.grounds.effects.flatMap(({ up }) => /^DROP TABLE (old\d+)$/.exec(up)?.[1] ?? []);
  }

  /** Every effect of the migration, or none, by hand. */
  async makeAll(stage: 0 | 1): Promise<void> {
    for (const [step, { make }] of this.grounds.effects.entries())
      // A step before it may have taken this one's effect along.
      await this.grounds.exec(make(stage, (await this.cells())[step]!));
  }

  async change(): Promise<void> {
    await this.grounds.exec([`ALTER TABLE ${this.standing} ADD COLUMN drift${++this.driftCount} INT`]);
  }

  async changeBack(): Promise<void> {
    await this.grounds.exec([`ALTER TABLE ${this.standing} DROP COLUMN drift${this.driftCount}`]);
  }

  /** Somebody's Surefoot has applied what this migration depends on: its file, and a record that changes no state. */
  async arrive(id: string): Promise<void> {
    writeFileSync(join(this.migrations, `${id}.sql`), "-- migrate:up\nSELECT 1;\n");
    const last = (await this.journal()).at(-1);
    const [row] = packRecords([
      {
        kind: "note",
        seq: seq((last?.seq ?? 0) + 1),
        run: "somebody",
        epoch: last?.epoch ?? epoch(1),
        migration: id,
        event: "baseline",
        detail: {},
        at: new Date(0).toISOString(),
      },
    ]);
    await this.grounds.insertRecord(row!);
  }

  /** Records stay as they are once they are durable, so that each is decoded once. */
  async journal(): Promise<readonly JournalRecord[]> {
    const rows = await this.grounds.journalAfter(this.records.length);
    for (const row of rows.flatMap(unpackRow)) {
      const decoded = decodeRow(row);
      if (decoded.type === "bad") throw new Error(`record ${row.seq}: ${decoded.why}`);
      this.records.push(decoded.record);
    }
    return this.records;
  }

  async dispose(): Promise<void> {
    await this.grounds.dispose();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Without a word from the author the runner would find one itself where it can. */
function undoLines(undo: readonly string[] | undefined): readonly string[] {
  return undo?.map((sql) => `-- migrate:undo ${sql};`) ?? ["-- migrate:undo none: the world has none"];
}
