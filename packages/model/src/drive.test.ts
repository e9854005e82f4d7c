/**
 * Drives the machine with a tiny runner against a database in memory. A stream of choices answers every effect: the
 * truth, an error, a lost reply, a crash; when it has run out, nothing goes wrong any more. Every reply, record and
 * restart goes through the code that a real runner uses: `judge`, `transition`, `recordOf`, the rows, `fold`, `isBarrier`.
 *
 * What it cannot see: a second runner, orphans, and half an effect of an opaque statement. An opaque step that is said to
 * have run is undone even if it changed nothing, so here an opaque step always changes something. What it avoids, because
 * it is pinned as a defect in transition.test.ts: retry_rollback with an undo in doubt below a step that is passed over.
 */
import { isDeepStrictEqual } from "node:util";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { isBarrier } from "./barrier.ts";
import { epoch } from "./brand.ts";
import type { Effect } from "./effect.ts";
import type { Event } from "./event.ts";
import { eventTypes } from "./event.ts";
import { emptyFold, fold, planDetail } from "./journal/fold.ts";
import type { Row } from "./journal/record.ts";
import { decodeRow, encodeRow, recordOf } from "./journal/record.ts";
import type { Reply } from "./judge.ts";
import { judge } from "./judge.ts";
import type { Plan, PlannedStatement, PlannedStep, StepClass, TransactionMode } from "./plan/step-plan.ts";
import { nextUndo } from "./plan/way-back.ts";
import type { Evidence } from "./recovery.ts";
import type { WayBack } from "./state.ts";
import { atStart, isSink, stateTypes } from "./state.ts";
import { targets } from "./table.ts";
import type { EffectId, Machine } from "./transition.ts";
import { transition } from "./transition.ts";

interface Setting {
  readonly plan: Plan;
  /** What each step makes is there already, so that the step changes nothing. */
  readonly preexisting: readonly boolean[];
  /** What shows an atomic effect; for opaque statements, whether the author gave a probe. */
  readonly shownBy: "picture" | "mark";
  readonly probe: boolean;
  /** An operator has a word for whatever comes to be in doubt, before anybody is asked. */
  readonly operator: boolean;
}

const migration = "0001_note";

interface Database {
  readonly rows: Row[];
  readonly inEffect: boolean[];
  /** How many statements of the undo of each step have run since the step did. */
  readonly undoParts: number[];
  readonly undoneCount: number[];
  /** The step has run since the start, whether or not it changed anything: its mark, where it has one. */
  readonly ran: boolean[];
  /** The step destroyed rows of others, and only the engine brings them back. */
  readonly rowsGone: boolean[];
  downDone: number;
}

/** What must have been tried, or the claims say little. */
const rarities = [
  "rows gone by an undo",
  "rows gone by an undo that covers",
  "rows gone by down",
  "rows gone, brought back by the engine",
  "down, and a step changed nothing",
  "down, chosen late",
  "an opaque step failed in one transaction",
  "the engine failed",
  "the engine failed, and all is well in the end",
  "the engine failed on a step whose undo is no promise",
  "an undo was corrected",
  "a missing undo was given",
  "a down was corrected",
  "a corrected undo without the statement in doubt",
  "a corrected down without the statement in doubt",
  "a covered step is gone",
  "a doubt decided: ran, and changed nothing",
  "halted again",
] as const;

class Violation extends Error {}

function hold(holds: boolean, what: string): asserts holds {
  if (!holds) throw new Violation(what);
}

type Fault = "crash" | "lost" | "signal";

/** One life of a migration, from its first start to a sink where nobody wants anything more of it. */
class Drive {
  readonly #setting: Setting;
  readonly #choices: readonly number[];
  #next = 0;
  #committed: Database;
  #current: Database;
  #machine: Machine = { state: atStart, process: { epoch: epoch(1), tail: emptyFold.tail, awaiting: null } };
  #effect: Effect | null = null;
  #epoch = 1;
  #drift = false;
  #operatorSpeaks = false;
  /** What has happened that may rightly need a person. */
  #excused = false;
  #how: "executed" | "resolved" = "executed";
  #plan: Plan;
  /** The step whose undo takes this one back as well. */
  readonly #coveredBy: readonly (number | null)[];
  /** The engine failed to take a step back, and its transaction ended with that. */
  #transactionOver = false;
  #resolved: "resolve_reverted" | "resolve_applied" | null = null;
  #calmEffects = 0;
  readonly edges: string[] = [];
  readonly rare = new Set<(typeof rarities)[number]>();

  constructor(setting: Setting, choices: readonly number[]) {
    const count = setting.plan.steps.length;
    this.#setting = setting;
    this.#plan = setting.plan;
    this.#coveredBy = setting.plan.steps.map(({ undo }, step) =>
      undo?.length === 0 ? covererOf(setting, step) : null,
    );
    this.#choices = choices;
    this.#current = {
      rows: [],
      inEffect: Array.from({ length: count }, () => false),
      undoParts: Array.from({ length: count }, () => 0),
      undoneCount: Array.from({ length: count }, () => 0),
      ran: Array.from({ length: count }, () => false),
      rowsGone: Array.from({ length: count }, () => false),
      downDone: 0,
    };
    this.#committed = structuredClone(this.#current);
  }

  run(): void {
    const plan = this.#plan;
    const bound = 6 * plan.steps.length + 20;
    this.#start();
    for (let round = 0; round < 20_000; round++) {
      if (this.#calm()) hold(this.#calmEffects++ <= bound, "no sink although nothing goes wrong any more");
      const effect = this.#effect;
      if (effect === null) {
        if (!this.#flush()) continue;
        this.#checkClaims();
        if (!this.#operate()) return;
      } else if (isBarrier(plan, effect) ? this.#flush() : this.#perhapsFlushEarly(effect)) {
        if (effect.type === "raise") this.#accept(effect.event, this.#machine.process.awaiting);
        else this.#perform(effect);
      }
    }
    throw new Violation("the drive does not end");
  }

  #calm(): boolean {
    return this.#next >= this.#choices.length;
  }

  /** The first option is what happens when the choices have run out. */
  #pick<const T>(first: T, ...others: readonly T[]): T {
    const choice = this.#choices[this.#next++] ?? 0;
    return choice === 0 ? first : (others[choice % (others.length + 1)] ?? first);
  }

  #start(): void {
    const { inEffect, undoParts, undoneCount, ran, rowsGone } = this.#current;
    hold(
      [...inEffect, ...rowsGone].every((there) => !there),
      "a start on top of an earlier attempt",
    );
    this.#transactionOver = false;
    this.#resolved = null;
    undoParts.fill(0);
    undoneCount.fill(0);
    ran.fill(false);
    this.#current.downDone = 0;
    this.#drift = false;
    this.#operatorSpeaks = this.#setting.operator;
    this.#excused = false;
    this.#committed = structuredClone(this.#current);
    this.#accept({ type: "start", migration, direction: "up" }, null);
  }

  #accept(event: Event, answers: EffectId | null): void {
    const plan = this.#plan;
    const before = this.#machine;
    const outcome = transition({ plan }, before, event, answers);
    hold(
      outcome.type === "moved",
      `dead end: ${event.type} in ${before.state.type} is ${JSON.stringify(outcome)} for ${JSON.stringify(before.state)}`,
    );
    const { machine, record, effect } = outcome;
    const facts = event.type === "prepared" || event.type === "retry_rollback" ? { plan: planDetail(plan) } : {};
    this.#current.rows.push(encodeRow(recordOf(record, "run", "2026-01-01T00:00:00.000Z", facts)));
    this.#machine = machine;
    this.#effect = effect;
    if (machine.state.type === "completing") this.#how = machine.state.how;
    this.#notice(event, before);
    this.edges.push(`${before.state.type} ${event.type} ${machine.state.type}`);
    const folded = this.#fold(this.#current);
    hold(isDeepStrictEqual(folded.state, machine.state), "the journal tells another state");
    hold(folded.tail === machine.process.tail, "the journal has another tail");
    if (answers === null) return;
    const again = transition({ plan }, machine, event, answers);
    hold(again.type === "ignored", "a reply that came twice is not ignored");
  }

  #notice(event: Event, { state: from }: Machine): void {
    const { state } = this.#machine;
    if (event.type === "step_decided" && event.applied && !event.changed && event.way === "up")
      this.rare.add("a doubt decided: ran, and changed nothing");
    if (state.type !== "rolling_back") return;
    const whole = state.reached === this.#plan.steps.length && this.#plan.transaction !== "migration";
    if (this.#plan.down !== null && whole && state.unchanged.length > 0)
      this.rare.add("down, and a step changed nothing");
    if (from.type !== "rolling_back") return;
    if (from.route !== "down" && state.route === "down") this.rare.add("down, chosen late");
    if (this.#effect?.type === "raise" && this.#effect.event.type === "halted") this.rare.add("halted again");
  }

  #fold(database: Database) {
    const records = database.rows.map((row) => {
      const decoded = decodeRow(structuredClone(row));
      if (decoded.type === "bad") throw new Violation(`a row of ours is bad: ${decoded.why}`);
      return decoded.record;
    });
    const result = fold(records);
    if (result.type === "impossible") throw new Violation(`record ${result.seq} of ours is impossible: ${result.why}`);
    return result.folded;
  }

  #commit(): void {
    this.#committed = structuredClone(this.#current);
  }

  /** A statement that commits by itself takes no record with it: what is not durable by then may be lost. */
  #commitEffects(): void {
    this.#committed = { ...structuredClone(this.#current), rows: this.#committed.rows };
  }

  /** Makes the records durable, with the effects of their transaction. False when that was interrupted. */
  #flush(): boolean {
    const fault = this.#pick("none", "none", "crash before", "crash after", "lost before", "lost after");
    if (fault !== "crash before" && fault !== "lost before") this.#commit();
    if (fault === "none") return true;
    this.#reboot(fault.startsWith("crash") ? "crash" : "lost");
    return false;
  }

  /** Barriers say what must be durable, and a runner may do more; not while one transaction holds it all. */
  #perhapsFlushEarly(effect: Effect): boolean {
    if (this.#plan.transaction === "migration" || effect.type === "run") return true;
    return !this.#pick(false, true, true) || this.#flush();
  }

  /** Nothing that was not durable is left; a new process reads the journal. */
  #reboot(fault: Fault): void {
    this.#current = structuredClone(this.#committed);
    const { state, tail, plan } = this.#fold(this.#current);
    if (state.type !== "idle" && state.type !== "preparing" && (state.type !== "failed" || state.wayBack !== null))
      this.#plan = plan;
    this.#epoch++;
    this.#machine = { state, process: { epoch: epoch(this.#epoch), tail, awaiting: null } };
    this.#effect = null;
    if (!isSink(state.type))
      this.#accept(fault === "crash" ? { type: "interrupted", by: "restart" } : { type: "connection_lost" }, null);
  }

  #answer(effect: Exclude<Effect, { type: "raise" }>, reply: Reply): void {
    this.#accept(judge(this.#plan, this.#machine.state, effect, reply), this.#machine.process.awaiting);
  }

  #perform(effect: Exclude<Effect, { type: "raise" }>): void {
    switch (effect.type) {
      case "prepare": {
        const which = this.#pick("none", "none", "missing", "dependents", "newer", "undo", "crash", "lost");
        if (which === "crash" || which === "lost") return this.#reboot(which);
        return this.#answer(effect, {
          type: "preparation",
          missing: which === "missing" ? ["0000_base"] : [],
          dependents: which === "dependents" ? ["0002_more"] : [],
          newer: which === "newer" ? ["0002_more"] : [],
          undoMissing: which === "undo" ? [0] : [],
        });
      }
      case "validate_pre": {
        const which = this.#pick("passed", "passed", "refused", "doctrine", "false", "error", "crash", "lost");
        if (which === "crash" || which === "lost") return this.#reboot(which);
        const checks = which === "false" || which === "error" ? which : "passed";
        const [refused, doctrine] = [which === "refused", which === "doctrine"];
        return this.#answer(effect, { type: "validation", refused, doctrine, checks });
      }
      case "validate_post": {
        const which = this.#pick("passed", "passed", "false", "error", "crash", "lost");
        return which === "crash" || which === "lost"
          ? this.#reboot(which)
          : this.#answer(effect, { type: "checks", checks: which });
      }
      case "observe": {
        const which = this.#pick("same", "same", "same", "same", "drift", "destroys", "crash", "lost", "signal");
        if (which === "signal") return this.#accept({ type: "interrupted", by: "signal" }, null);
        if (which === "crash" || which === "lost") return this.#reboot(which);
        if (which === "drift") this.#drift = true;
        const destroysData = which === "destroys" && effect.way === "undo";
        if (which === "drift" || destroysData) this.#excused = true;
        return this.#answer(effect, { type: "observation", changedOutside: this.#drift, destroysData });
      }
      case "run":
        return this.#runStatement(effect);
      case "decide": {
        const which = this.#pick("truth", "truth", "drift", "crash", "lost");
        if (which === "crash" || which === "lost") return this.#reboot(which);
        if (which === "drift") this.#drift = this.#excused = true;
        return this.#answer(effect, { type: "evidence", ...this.#evidence(effect) });
      }
      case "verify": {
        const which = this.#pick("truth", "truth", "drift", "crash", "lost");
        if (which === "crash" || which === "lost") return this.#reboot(which);
        if (which === "drift") this.#drift = this.#excused = true;
        const equal = !this.#drift && this.#current.inEffect.every((there) => !there);
        return this.#answer(effect, { type: "comparison", equal, changedOutside: this.#drift });
      }
    }
  }

  #runStatement(effect: Extract<Effect, { type: "run" }>): void {
    if (effect.by === "engine") {
      const which = this.#pick("applied", "error", "error", "error", "crash", "lost");
      if (which === "crash" || which === "lost") return this.#reboot(which);
      if (which === "error") return this.#failEngine(effect);
      this.#takeBackByEngine(effect.step);
      return this.#answer(effect, { type: "applied", changed: true });
    }
    const promise = this.#statementAt(effect).class;
    const which = this.#pick(
      "applied",
      "applied",
      "applied",
      "error",
      "error after effect",
      "crash",
      "crash after effect",
      "lost",
      "lost after effect",
    );
    const takesEffect =
      which === "applied" || which.startsWith("error") ? which !== "error" : which.endsWith("after effect");
    const really = takesEffect && (which !== "error after effect" || promise === "opaque");
    const changed = effect.way === "undo" || !(this.#setting.preexisting[effect.step] ?? false);
    if (really) {
      this.#takeEffect(effect);
      if (promise !== "transactional" && this.#plan.transaction !== "migration") this.#commitEffects();
    }
    if (which === "applied") return this.#answer(effect, { type: "applied", changed });
    if (which.startsWith("error")) {
      const inOne = this.#plan.transaction === "migration";
      if (effect.way === "undo" || (promise === "opaque" && !inOne)) this.#excused = true;
      if (promise === "opaque" && inOne) {
        // Nobody asks for this: the runner takes back a statement that failed before it answers.
        this.#takeBackByEngine(effect.step);
        this.rare.add("an opaque step failed in one transaction");
      }
      return this.#answer(effect, { type: "sql_error" });
    }
    return this.#reboot(which.startsWith("crash") ? "crash" : "lost");
  }

  #statementAt(at: { readonly way: "up" | "undo"; readonly step: number; readonly part: number }): PlannedStatement {
    const plan = this.#plan;
    const { state } = this.#machine;
    const down = state.type === "rolling_back" && state.route === "down";
    const statement =
      at.way === "up" ? plan.steps[at.step] : down ? plan.down?.[at.step] : plan.steps[at.step]?.undo?.[at.part];
    hold(statement !== undefined, "an effect names a statement that is not in the plan");
    return statement;
  }

  #takeEffect({ way, step, part }: Extract<Effect, { type: "run" }>): void {
    const { inEffect, undoParts, ran, rowsGone } = this.#current;
    const { preexisting } = this.#setting;
    const plan = this.#plan;
    const { state } = this.#machine;
    if (way === "up") {
      hold(!(inEffect[step] ?? true), `step ${step} runs twice without its undo in between`);
      hold(
        inEffect.every((there, other) => there === (other < step && !(preexisting[other] ?? false))),
        `step ${step} runs out of order`,
      );
      ran[step] = true;
      if (!(preexisting[step] ?? false)) {
        inEffect[step] = true;
        rowsGone[step] = plan.steps[step]?.lossy ?? false;
      }
      undoParts[step] = 0;
    } else if (state.type === "rolling_back" && state.route === "down") {
      hold(step === this.#current.downDone, `statement ${step} of down runs out of order`);
      hold(step > 0 || inEffect.every((there) => there), "down begins although not everything is in effect");
      this.#current.downDone++;
      if (this.#current.downDone === plan.down?.length) {
        if (rowsGone.includes(true)) this.rare.add("rows gone by down");
        inEffect.fill(false);
      }
    } else {
      this.#holdLastInEffect(step);
      hold(undoParts[step] === part, `part ${part} of the undo of step ${step} runs out of order`);
      undoParts[step] = part + 1;
      if (part + 1 < (plan.steps[step]?.undo?.length ?? 0)) return;
      this.#undo(step);
    }
  }

  /** The last statement of its undo has run, or a corrected undo has no more of them. */
  #undo(step: number): void {
    const { inEffect, undoneCount, rowsGone } = this.#current;
    inEffect[step] = false;
    if (rowsGone[step] ?? false) this.rare.add("rows gone by an undo");
    for (const [covered, by] of this.#coveredBy.entries())
      if (by === step) {
        if (inEffect[covered] ?? false) this.rare.add("a covered step is gone");
        if (rowsGone[covered] ?? false) this.rare.add("rows gone by an undo that covers");
        inEffect[covered] = false;
      }
    undoneCount[step] = (undoneCount[step] ?? 0) + 1;
    hold(undoneCount[step] === 1, `step ${step} is undone twice`);
  }

  #failEngine(effect: Extract<Effect, { type: "run" }>): void {
    const { inEffect, rowsGone } = this.#committed;
    this.#current = { ...this.#current, inEffect: [...inEffect], rowsGone: [...rowsGone] };
    this.#transactionOver = true;
    this.#excused = true;
    this.rare.add("the engine failed");
    const promise = this.#plan.steps[effect.step]?.undo?.[0]?.class ?? "opaque";
    if (promise === "opaque") this.rare.add("the engine failed on a step whose undo is no promise");
    return this.#answer(effect, { type: "sql_error" });
  }

  #takeBackByEngine(step: number): void {
    const { inEffect, rowsGone } = this.#current;
    const failing = this.#machine.state.type === "migrating";
    if (!this.#transactionOver && !failing)
      hold(step === inEffect.lastIndexOf(true), `the engine takes back step ${step}, and a later one is in effect`);
    hold(!(this.#committed.inEffect[step] ?? true), `the engine is to take back step ${step}, which is committed`);
    if (rowsGone[step] ?? false) this.rare.add("rows gone, brought back by the engine");
    inEffect[step] = false;
    rowsGone[step] = false;
  }

  #holdLastInEffect(step: number): void {
    const { inEffect } = this.#current;
    const last = inEffect.findLastIndex((there, at) => there && this.#coveredBy[at] === null);
    hold(step === last, `the undo of step ${step} runs while step ${last} is the last in effect`);
  }

  #evidence(at: Extract<Effect, { type: "decide" }>): Evidence {
    const { preexisting, shownBy, probe } = this.#setting;
    const plan = this.#plan;
    const { state } = this.#machine;
    const { inEffect, undoParts, ran, downDone } = this.#current;
    const route = state.type === "rolling_back" ? state.route : "steps";
    const promise = this.#statementAt(at).class;
    const undone =
      route === "down" ? downDone > at.step : !(inEffect[at.step] ?? true) || (undoParts[at.step] ?? 0) > at.part;
    const truth = at.way === "up" ? (inEffect[at.step] ?? false) : undone;
    const noop = at.way === "up" && (preexisting[at.step] ?? false);
    const none = {
      changedOutside: this.#drift,
      mark: "none",
      picture: "blind",
      probe: "none",
      operator: "none",
    } as const;
    hold(plan.transaction !== "migration", "a doubt although everything is one transaction");
    if (promise === "transactional") {
      hold(!truth, "a transactional effect is there without its record");
      return none;
    }
    if (promise === "opaque") {
      if (this.#operatorSpeaks) return { ...none, operator: truth ? "applied" : "not_applied" };
      if (!probe) this.#excused = true;
      return probe ? { ...none, probe: truth ? "true" : "false" } : none;
    }
    // Its mark says that it ran, its objects that it did not, and a person that it did.
    const lossy = plan.steps[at.step]?.lossy ?? false;
    if (noop && shownBy === "mark" && (ran[at.step] ?? false) && !lossy) {
      if (!this.#operatorSpeaks) this.#excused = true;
      return { ...none, mark: "set", picture: "before", operator: this.#operatorSpeaks ? "applied" : "none" };
    }
    if (noop || shownBy === "picture") return { ...none, picture: truth ? "after" : "before" };
    return truth ? { ...none, mark: "set", picture: "changed" } : { ...none, mark: "absent" };
  }

  #checkClaims(): void {
    const { state } = this.#machine;
    const { inEffect, rowsGone } = this.#current;
    const { preexisting } = this.#setting;
    const plan = this.#plan;
    hold(isSink(state.type), "a result is reported in motion");
    if (state.type === "failed" && state.cause === "rows_lost" && this.#resolved === null)
      hold(rowsGone.includes(true), "rows lost, and none is");
    if (state.type === "failed" && state.wayBack !== null)
      hold(
        this.#excused ||
          plan.recovery === "stop" ||
          plan.steps.some(({ undo }) => undo === null) ||
          state.cause === "rows_lost",
        `a needless human: ${state.cause}`,
      );
    if (state.type === "failed" && state.wayBack === null)
      hold(
        [...inEffect, ...rowsGone].every((there) => !there),
        "a clean failure left something",
      );
    const last = this.#committed.rows.at(-1)?.event;
    if (last === "rollback_verified") {
      hold(
        inEffect.every((there) => !there),
        "rolled back, and something is left",
      );
      hold(!rowsGone.includes(true), "rolled back, and rows are lost");
      if (this.#transactionOver) this.rare.add("the engine failed, and all is well in the end");
    }
    if (last === "recorded" && this.#how === "executed")
      hold(
        inEffect.every((there, step) => there !== preexisting[step]),
        "applied, and not everything is there",
      );
  }

  /** What a person does at a sink. False: nothing more. */
  #operate(): boolean {
    const { state } = this.#machine;
    this.#calmEffects = 0;
    if (state.type === "failed" && state.wayBack !== null) this.#correctTooFar(state.wayBack);
    if (this.#calm()) return false;
    if (state.type === "idle") {
      // A crash may have taken everything back to the start, which nobody has recorded.
      if (this.#current.rows.at(-1)?.event === "recorded" || !this.#pick(false, true, true)) return false;
      this.#start();
      return true;
    }
    if (state.type !== "failed") throw new Violation("a person is asked in motion");
    if (state.wayBack === null) {
      const by = this.#pick("nobody", "up", "up", "operator");
      if (by === "nobody") return false;
      const looping = by === "up" && state.cause === "crash_loop";
      this.#accept({ type: "retry", by: looping ? "operator" : by }, null);
      return true;
    }
    // Who has mended it by hand and saw the word for it get lost says it once more.
    const act =
      this.#resolved ??
      this.#pick(
        "nothing",
        "retry_rollback",
        "retry_rollback",
        "retry_rollback",
        "resolve_reverted",
        "resolve_applied",
      );
    if (act === "nothing") return false;
    if (act === "retry_rollback") {
      if (this.#doubtIsBelow(state.wayBack)) return false;
      this.#operatorSpeaks = true;
      if (this.#pick(true, false)) this.#drift = false;
      if (this.#pick(true, true, false)) this.#correct(state.wayBack);
      this.#accept({ type: act }, null);
      return true;
    }
    this.#resolved = act;
    this.#current.inEffect.fill(act === "resolve_applied");
    this.#current.rowsGone.fill(false);
    this.#drift = false;
    this.#commit();
    this.#accept({ type: act, forced: this.#pick(false, true) }, null);
    return true;
  }

  /** The pinned defect: the statement in doubt is not an undo of step `left` - 1. */
  #doubtIsBelow(wayBack: WayBack): boolean {
    const next = nextUndo(this.#plan, wayBack);
    return (
      wayBack.doubt === "undo" && wayBack.route === "steps" && next.type !== "nothing" && next.step < wayBack.left - 1
    );
  }

  /** Tries undos in which the statement in doubt is no more: all of them are refused. */
  #correctTooFar(wayBack: WayBack): void {
    if (wayBack.doubt !== "undo" || this.#doubtIsBelow(wayBack)) return;
    const plan = this.#plan;
    const next = nextUndo(plan, wayBack);
    hold(next.type === "statement", "a doubt about nothing");
    const down = wayBack.route === "down";
    const ran = down ? next.step : next.part;
    const kept = (down ? plan.down : plan.steps[next.step]?.undo)?.slice(0, ran) ?? null;
    for (const undo of ran === 0 ? [kept, null] : [kept]) {
      const steps = plan.steps.map((planned, at) => (at === next.step ? { ...planned, undo } : planned));
      const corrected: Plan = down ? { ...plan, down: undo } : { ...plan, steps };
      const outcome = transition({ plan: corrected }, this.#machine, { type: "retry_rollback" }, null);
      hold(outcome.type === "refused" && outcome.reason === "guard", "a doubt loses its statement");
    }
    this.rare.add(`a corrected ${down ? "down" : "undo"} without the statement in doubt`);
  }

  /** Writes better undos into the file: for what is missing, and for what has not run yet. What has run stays. */
  #correct({ route, left, part, done, doubt, unchanged }: WayBack): void {
    if (route === "engine") return;
    const plan = this.#plan;
    const rest = (ran: number): readonly PlannedStatement[] => {
      const mayEnd = ran > 0;
      const count = this.#pick(1, 1, 2, mayEnd ? 0 : 1);
      const [first, ...others] = classesIn[plan.transaction];
      return Array.from({ length: count }, () => ({ class: this.#pick(first, ...others) }));
    };
    const rewrite = (old: readonly PlannedStatement[], ran: number): readonly PlannedStatement[] => {
      const kept = old.slice(0, ran + (doubt === "undo" ? 1 : 0));
      return kept.length > ran ? [...kept, ...rest(1)] : [...kept, ...rest(ran)];
    };
    // Where the statement in doubt was the last one, nobody writes another behind it.
    if (route === "down") {
      if (!this.#current.inEffect.includes(true)) return;
      const down = rewrite(plan.down ?? [], done);
      this.#plan = { ...plan, down };
      this.rare.add("a down was corrected");
      if (down.length === done) this.#current.inEffect.fill(false);
      return;
    }
    const next = nextUndo(plan, {
      reached: 0,
      cause: "halted",
      route,
      left,
      part,
      done,
      doubt,
      unchanged,
    });
    if (next.type !== "statement" && next.type !== "missing") return;
    const { step } = next;
    if (!(this.#current.inEffect[step] ?? false)) return;
    const ran = next.type === "statement" ? next.part : 0;
    const undo = next.type === "missing" ? rest(0) : rewrite(plan.steps[step]?.undo ?? [], ran);
    this.#plan = { ...plan, steps: plan.steps.map((planned, at) => (at === step ? { ...planned, undo } : planned)) };
    this.rare.add(next.type === "missing" ? "a missing undo was given" : "an undo was corrected");
    if (undo.length === ran) this.#undo(step);
  }
}

/** The nearest step before this one that has an undo of its own, and makes something; null when there is none. */
function covererOf({ plan, preexisting }: Setting, step: number): number | null {
  const before = plan.steps.slice(0, step);
  const found = before.findLastIndex(({ undo }, at) => (undo?.length ?? 0) > 0 && !(preexisting[at] ?? false));
  return found === -1 ? null : found;
}

const classesIn: { readonly [M in TransactionMode]: readonly [StepClass, ...StepClass[]] } = {
  migration: ["transactional", "opaque"],
  step: ["transactional", "atomic", "opaque"],
  none: ["atomic", "opaque"],
};

const oneIn = (count: number): fc.Arbitrary<boolean> => fc.nat(count - 1).map((n) => n === 0);

const settings: fc.Arbitrary<Setting> = fc.constantFrom("migration", "step", "none").chain((transaction) => {
  const promise = fc.constantFrom(...classesIn[transaction]);
  const one: fc.Arbitrary<PlannedStatement> = fc.record({ class: promise });
  const undo = fc.oneof(
    { weight: 4, arbitrary: fc.array(one, { minLength: 1, maxLength: 2 }) },
    { weight: 1, arbitrary: fc.constant(null) },
    { weight: 2, arbitrary: fc.constant([]) },
  );
  const step: fc.Arbitrary<PlannedStep & { readonly preexisting: boolean }> = fc
    .record({ class: promise, undo, preexisting: oneIn(4), lossy: oneIn(4) })
    .map((made) => ({ ...made, preexisting: made.preexisting && made.class !== "opaque" }));
  return fc
    .record({
      made: fc.array(step, { minLength: 1, maxLength: 4 }),
      recovery: fc.constantFrom("rollback", "resume", "stop"),
      down: fc.option(fc.array(one, { minLength: 1, maxLength: 3 }), { freq: 3 }),
      shownBy: fc.constantFrom("picture", "mark"),
      probe: fc.boolean(),
      operator: oneIn(4),
    })
    .map(({ made, recovery, down, shownBy, probe, operator }) => {
      const steps = made.map(({ class: promise, undo, lossy }) => ({ class: promise, undo, lossy }));
      const preexisting = made.map((step) => step.preexisting);
      const setting: Setting = { plan: { transaction, recovery, down, steps }, preexisting, shownBy, probe, operator };
      const uncovered = steps.map((step, at) =>
        step.undo?.length === 0 && covererOf(setting, at) === null ? { ...step, undo: [{ class: step.class }] } : step,
      );
      return { ...setting, plan: { ...setting.plan, steps: uncovered } };
    });
});

/** Quiet stretches and bursts of trouble, so that faults also meet far from the start, and one another. */
const choices = fc
  .array(
    fc
      .tuple(fc.nat(14), fc.array(fc.nat(200), { maxLength: 10, size: "max" }))
      .map(([quiet, burst]) => [...Array.from({ length: quiet }, () => 0), ...burst]),
    { maxLength: 8, size: "max" },
  )
  .map((stretches) => stretches.flat());

const runCount = 10_000;
const reachedMin = 5;
const rareMin = 3;

test("with finitely many faults every migration comes to rest, the journal agrees, and every claim is true", () => {
  const counts = new Map<string, number>();
  const rareCounts = new Map<string, number>();

  fc.assert(
    fc.property(settings, choices, (setting, stream) => {
      const drive = new Drive(setting, stream);
      drive.run();
      for (const edge of drive.edges) counts.set(edge, (counts.get(edge) ?? 0) + 1);
      for (const rare of drive.rare) rareCounts.set(rare, (rareCounts.get(rare) ?? 0) + 1);
    }),
    { seed: 20260726, numRuns: runCount },
  );

  const listed = stateTypes.flatMap((from) =>
    eventTypes.flatMap((event) => targets(from, event).map((to) => `${from} ${event} ${to}`)),
  );
  const rare = listed.filter((edge) => (counts.get(edge) ?? 0) < reachedMin);
  expect(rare).toEqual([]);
  expect(rarities.filter((what) => (rareCounts.get(what) ?? 0) < rareMin)).toEqual([]);
  expect([...counts.keys()].toSorted()).toEqual(listed.toSorted());
});

test("a migration that kills its runner whenever it is prepared is not prepared a fourth time", () => {
  const step: PlannedStep = { class: "atomic", undo: [{ class: "atomic" }], lossy: false };
  const plan: Plan = { transaction: "step", recovery: "rollback", steps: [step], down: null };
  // `start` becomes durable, the preparation crashes; then `up` retries, and starts once more.
  const crash = [1, 0, 5, 0, 1, 0, 1];
  const drive = new Drive({ plan, preexisting: [false], shownBy: "picture", probe: false, operator: false }, [
    ...[crash, crash, crash].flat(),
    0,
    0,
  ]);

  drive.run();

  const round = ["idle start preparing", "preparing interrupted failed", "failed retry idle"];
  expect(drive.edges).toEqual([
    ...[round, round, round].flat(),
    "idle start preparing",
    "preparing preparation_failed failed",
  ]);
});

test("without faults every migration is applied", () => {
  const last: (string | undefined)[] = [];

  fc.assert(
    fc.property(settings, (setting) => {
      const drive = new Drive(setting, []);
      drive.run();
      last.push(drive.edges.at(-1));
    }),
    { seed: 20260726, numRuns: 300 },
  );

  expect(last.length).toBeGreaterThanOrEqual(300);
  expect(new Set(last)).toEqual(new Set(["completing recorded idle"]));
});
