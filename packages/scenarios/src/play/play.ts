/** Plays a story on a stage, act by act, and answers with what was seen. */
import type { JournalRecord } from "@surefoot/model";
import { appliedSet, fold } from "@surefoot/model";
import type { Progress } from "surefoot/parts";
import type { Act, Command, Fault, Scenario } from "../scenario.ts";
import { faultText } from "./fault-text.ts";
import type { Actor, Moment, Observation } from "./observation.ts";
import { keptOf, outcomeOf, pathOf } from "./observation.ts";
import { momentOf } from "./moment.ts";
import type { Aimed, Stage } from "./stage.ts";
import { isStrike } from "./stage.ts";
import { wordsOf } from "./words.ts";

/** `scenario` is in the words of the stage's engine. @throws CannotPlay; Error when the story itself is wrong */
export async function play(scenario: Scenario, stage: Stage, tell: (moment: Moment) => void): Promise<Observation> {
  return new Play(scenario, stage, tell).run();
}

class Play {
  private readonly scenario: Scenario;
  private readonly stage: Stage;
  private readonly tell: (moment: Moment) => void;
  private readonly exits: (number | "killed")[] = [];
  private readonly broken: string[] = [];
  /** The journal as it was seen last: what was in it stays as it was. */
  private records: readonly JournalRecord[] = [];
  private told = "";
  private running = 0;
  private onWaiting: () => void = () => undefined;

  constructor(scenario: Scenario, stage: Stage, tell: (moment: Moment) => void) {
    this.scenario = scenario;
    this.stage = stage;
    this.tell = tell;
  }

  async run(): Promise<Observation> {
    const { given, pending, when } = this.scenario;
    const { stage } = this;
    if (Object.keys(given).length > 0) await this.prepare();
    const before = this.records.length;
    stage.write(pending);
    await this.act(when);
    const folded = fold(this.records);
    if (folded.type === "impossible") this.broken.push(`journal: record ${folded.seq}: ${folded.why}`);
    const story = this.records.slice(before);
    const { tables, rows } = await stage.look();
    return {
      exits: this.exits,
      path: pathOf(story),
      outcome: outcomeOf(story),
      applied: [...appliedSet(this.records).keys()],
      tables,
      rows,
      told: stage.silent ? null : this.told,
      records: story.map((record) => keptOf(record, stage.silent)),
      broken: [...this.broken, ...stage.violations],
    };
  }

  private async prepare(): Promise<void> {
    this.stage.write(this.scenario.given);
    let said = "";
    const nothing = (): void => undefined;
    const hearer = {
      said: (text: string) => void (said += text),
      watch: nothing,
      struck: nothing,
      meanwhile: async () => nothing(),
    };
    const exit = await this.stage.command({ words: ["up"], faults: [], through: null }, hearer);
    if (exit !== 0) throw new Error(`What is given can't be applied:\n${said}`);
    await this.look();
  }

  private async act(acts: readonly Act[]): Promise<void> {
    for (const act of acts)
      if ("run" in act) await this.command(act);
      else if ("files" in act) {
        for (const [id, text] of Object.entries(act.files))
          this.tell({ actor: "operator", text: text === null ? `removes ${id}.sql` : `writes ${id}.sql` });
        this.stage.write(act.files);
      } else if ("opens" in act) {
        const text = act.opens === null ? "ends the transaction" : `opens a transaction: ${act.opens.join("; ")}`;
        this.tell({ actor: "operator", text });
        await this.stage.opens(act.opens);
      } else if ("copied" in act) {
        this.tell({ actor: "operator", text: "dumps the database, and restores it under another name" });
        await this.stage.copy();
      } else {
        for (const sql of act.byHand) this.tell({ actor: "operator", text: `by hand: ${sql}` });
        await this.stage.byHand(act.byHand, act.leaves);
      }
  }

  private async command({ run, faults = [], through }: Command): Promise<void> {
    const place = this.exits.push("killed") - 1;
    const actor: Actor = this.running === 0 ? "runner" : "second runner";
    const tail = this.records.length;
    const [strike = null, another] = faults.filter(isStrike);
    if (another !== undefined) throw new Error("One command can be struck once from outside.");
    let isStruck = false;
    /** What others do, who may wait for this command. */
    const others: Promise<void>[] = [];
    this.tell({ actor: "operator", text: `surefoot ${run}` });
    this.running++;
    try {
      const exit = await this.stage.command(
        { words: wordsOf(run), faults: faults.map((fault) => this.aimed(fault)), through: through ?? null },
        {
          said: (text, stream) => {
            this.told += text;
            // What a command prints while it works is what `watch` is told.
            if (stream === "out" || text.startsWith("surefoot: ")) this.tell({ actor, text: `“${text.trim()}”` });
          },
          watch: (event) => this.watch(actor, event),
          struck: () => {
            isStruck = true;
            if (strike !== null) this.tell({ actor: "fault", text: faultText(strike) });
          },
          meanwhile: async () => {
            if (strike === null || !("meanwhile" in strike) || strike.meanwhile === undefined) return;
            const waits = new Promise<void>((resolve) => (this.onWaiting = resolve));
            const acts = this.act(strike.meanwhile);
            others.push(acts);
            await Promise.race([acts, waits]);
          },
        },
      );
      this.exits[place] = exit;
      this.tell({ actor, text: exit === "killed" ? "is gone" : `ends with exit code ${exit}` });
    } finally {
      this.running--;
    }
    await Promise.all(others);
    if (strike !== null && !isStruck) this.broken.push(`faults: it was never so that ${faultText(strike)}`);
    await this.look();
    for (const fault of faults)
      if ("answers" in fault && !this.records.slice(tail).some((record) => isAnswer(record, fault)))
        this.broken.push(`faults: it was never so that ${faultText(fault)}`);
  }

  private aimed(fault: Fault): Aimed {
    const { pending, given } = this.scenario;
    const last = Object.keys(pending).at(-1) ?? Object.keys(given).at(-1) ?? "";
    return { fault, migration: fault.migration ?? last };
  }

  private async look(): Promise<void> {
    const now = await this.stage.journal();
    const kept = this.records.every((record, at) => JSON.stringify(record) === JSON.stringify(now[at]));
    if (!kept) this.broken.push("journal: records that had been written are gone or changed");
    this.records = now;
  }

  private watch(actor: Actor, event: Progress): void {
    if (event.type === "waiting" && actor === "second runner") this.onWaiting();
    const moment = momentOf(actor, event);
    if (moment !== null) this.tell(moment);
  }
}

/** The record that the declared answer leads to. */
function isAnswer(
  record: JournalRecord,
  { answers, step, undoOf, check }: Extract<Fault, { answers: unknown }>,
): boolean {
  if (record.kind !== "transition") return false;
  if (answers === "nothing") return record.event === "rollback_unverified";
  if (step !== undefined) return record.event === "step_failed" && record.step === step - 1;
  if (undoOf !== undefined) return record.event === "undo_failed" && record.step === undoOf - 1;
  const cause = `${check ?? ""}check_${answers === "false" ? "false" : "error"}`;
  return record.event === `${check ?? ""}check_failed` && record.detail["cause"] === cause;
}
