import type { Scratch } from "../port.ts";

/**
 * The databases on which rollbacks of one migration are tried, each like its base. One that was found to be as before is
 * used again where only the schema was changed: rows leave traces that nothing compares, such as the next number of a key.
 */
export class Grounds {
  private readonly base: Scratch;
  private readonly changesRows: boolean;
  private spare: Scratch | null = null;

  constructor(base: Scratch, changesRows: boolean) {
    this.base = base;
    this.changesRows = changesRows;
  }

  /** `act` says, beside its answer, whether everything is as before. */
  async on<T>(act: (scratch: Scratch) => Promise<{ readonly answer: T; readonly asBefore: boolean }>): Promise<T> {
    const scratch = this.spare ?? (await this.base.copy());
    this.spare = null;
    let again = false;
    try {
      const { answer, asBefore } = await act(scratch);
      again = asBefore && !this.changesRows;
      return answer;
    } finally {
      if (again) this.spare = scratch;
      else await scratch.close();
    }
  }

  async close(): Promise<void> {
    await this.spare?.close();
    this.spare = null;
  }
}
