/** A handle that answers the same question once, for a short while: a migration is classified several times before it runs. */
import type { MysqlHandle } from "./driver.ts";

/** How long an answer counts, in milliseconds. Others may change the schema at any time, and the answer was true when it came. */
const freshMs = 100;
/** To tell all foreign keys a server may have to open every table. */
const slowlyFreshMs = 1_000;

const programs = /information_schema\.ROUTINES|mysql\.func/;
const programsAndForeignKeys = /information_schema\.(?:ROUTINES|REFERENTIAL_CONSTRAINTS)|mysql\.func/;

interface Remembered {
  readonly answer: Promise<readonly [unknown, unknown]>;
  readonly at: number;
}

function freshFor(key: string): number {
  return programsAndForeignKeys.test(key) ? slowlyFreshMs : freshMs;
}

export class Remembering implements MysqlHandle {
  private readonly handle: MysqlHandle;
  private readonly answers = new Map<string, Remembered>();

  constructor(handle: MysqlHandle) {
    this.handle = handle;
  }

  async query(sql: string, values: string[] = []): Promise<readonly [unknown, unknown]> {
    const key = JSON.stringify([sql, values]);
    const known = this.answers.get(key);
    if (known !== undefined && performance.now() - known.at < freshFor(key)) return known.answer;
    const answer = this.handle.query(sql, values);
    this.answers.set(key, { answer, at: performance.now() });
    return answer;
  }

  /** Tables have changed; what was asked about programs stays, and about foreign keys when none of them was meant. */
  forgetTables(foreignKeys: boolean): void {
    const stays = foreignKeys ? programs : programsAndForeignKeys;
    for (const key of this.answers.keys()) if (!stays.test(key)) this.answers.delete(key);
  }

  forget(): void {
    this.answers.clear();
  }
}
