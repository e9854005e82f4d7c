import type { StatementFacts } from "../port.ts";

/** The tables and columns that the steps so far have made and that their undos take away, each with its step. */
export class MadeSoFar {
  private readonly made = new Map<string, number>();
  /** Tables that the undo of a later step changes before the one that drops them is run. */
  private readonly touched = new Set<string>();
  private readonly touchedNames = new Set<string>();
  /** Those where that undo may fail because of the rows. */
  private readonly rowsMatter = new Set<string>();

  /** The steps whose undos take all of this along; null when there is more to it. */
  coveringSteps(changes: readonly string[], { changesRows, objects }: StatementFacts): readonly number[] | null {
    const steps = new Set<number>();
    // A name that is still taken can't be given back.
    if (!changesRows && objects.some((object) => this.touchedNames.has(nameOf(object)))) return null;
    for (const key of changes) {
      const table = tableOf(key);
      const step = this.made.get(table) ?? this.made.get(key);
      // The undos in between run while it is still there: no column with an index can be dropped, and no unique index made
      // of equal rows.
      const inTheWay = changesRows ? this.rowsMatter : this.touched;
      if (step === undefined || inTheWay.has(table)) return null;
      steps.add(step);
    }
    return steps.size === 0 ? null : [...steps].sort((a, b) => a - b);
  }

  /** `undo`: what the statements of its undo are; null when it has none. `later`: it may get one, whatever that does. */
  add(step: number, facts: StatementFacts, undo: readonly StatementFacts[] | null, later = false): void {
    const { makes, removes, renames, objects } = facts;
    if (removes !== null) this.forget(removes);
    if (renames !== null) this.forget(renames);
    if (later) this.touch(objects, true);
    if (undo === null || undo.length === 0) return;
    this.touch(
      [...objects, ...undo.flatMap((statement) => statement.objects)],
      undo.some(({ meetsRows }) => meetsRows),
    );
    if (makes === null || !undo.some((statement) => statement.removes === makes)) return;
    this.made.set(makes, step);
    this.touched.delete(makes);
    this.touchedNames.delete(nameOf(makes));
    this.rowsMatter.delete(makes);
  }

  private touch(objects: readonly string[], rowsMatter: boolean): void {
    for (const object of objects) {
      this.touched.add(object);
      this.touchedNames.add(nameOf(object));
      if (rowsMatter) this.rowsMatter.add(object);
    }
  }

  private forget(key: string): void {
    for (const known of this.made.keys()) if (known === key || tableOf(known) === key) this.made.delete(known);
  }
}

function tableOf(key: string): string {
  const column = /^column:([^.]*)\./s.exec(key);
  return column === null ? key : `table:${column[1]}`;
}

function nameOf(object: string): string {
  return object.slice(object.indexOf(":") + 1);
}
