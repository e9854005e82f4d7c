/** A life of the runner in the world: from its start to its end, with what a story says that happens in it. */
import { assertNever, isSink } from "@surefoot/model";
import type { ActionName } from "@surefoot/model/explorer";
import { phase, progress } from "@surefoot/model/explorer";
import type { Strike } from "../play/stage.ts";
import { CannotPlay, isStrike } from "../play/stage.ts";
import type { Fault } from "../scenario.ts";
import type { ModelWorld, Scene, Subject } from "./model-world.ts";

/** The runner's process is gone. */
export class Killed extends Error {
  override readonly name = "Killed";
}

/** Nothing leads on: a variant that lacks a move. */
export class Stuck extends Error {
  override readonly name = "Stuck";
}

/** More than any story takes. */
const actionCountMax = 10_000;

export class Life {
  private readonly world: ModelWorld;
  private readonly scene: Scene;
  /** The fault that comes from outside has struck. */
  private isSpent = false;

  constructor(world: ModelWorld, scene: Scene) {
    this.world = world;
    this.scene = scene;
  }

  /** From its start to its end: recovers what is in motion; at rest, does what it was started for. */
  async live(word: ActionName | null = null): Promise<void> {
    this.enter();
    this.go("read_journal");
    await this.follow();
    if (word !== null) {
      this.go(word);
      await this.follow();
    }
    this.leave();
  }

  enter(): void {
    const { attempt } = this.mine();
    if (attempt.hasOrphan) {
      const waits = attempt.plan.recovery === "resume";
      const message = `A statement of a runner that has died is still running on the server. ${waits ? "Waiting for its end." : "It is being ended."}`;
      this.scene.hearer.watch({ type: "waiting", for: "orphan", holder: "", message });
      this.settle(waits ? "finishes" : "ends");
    }
    this.go(isSink(attempt.state.type) ? "invoke" : "restart");
  }

  leave(): void {
    const { attempt } = this.mine();
    if (attempt.phase === phase.live) this.go("close");
    this.world.rest();
  }

  private mine(): Subject {
    const { subject } = this.world;
    if (subject === null) throw new Error("Nothing is under way in the world.");
    return subject;
  }

  /** @throws Stuck */
  go(name: ActionName): void {
    const option = this.mine().attempt.may(name);
    if (option === null) throw new Stuck(`${name} is not possible.`);
    this.mine().attempt.go(option);
  }

  /** Until the runner rests. */
  async follow(): Promise<void> {
    for (let count = 0; count < actionCountMax; count++) {
      const { attempt } = this.mine();
      switch (attempt.phase) {
        case phase.cut_off:
          this.go("reconnect");
          break;
        case phase.leased:
          this.go("read_journal");
          break;
        case phase.live:
          if (attempt.machine.effect === null) return;
          await this.act();
          break;
        default:
          return;
      }
    }
    throw new Stuck("It goes on for ever.");
  }

  /** What the runner does next, and what it is answered. */
  private async act(): Promise<void> {
    const { attempt, newer, refused, violates } = this.mine();
    const { effect } = attempt.machine;
    if (effect === null) return;
    switch (effect.type) {
      case "raise":
        return this.go("raise");
      case "prepare":
        if (newer) return this.go("newer_applied");
        return this.go(
          attempt.may("prepared") !== null
            ? "prepared"
            : attempt.may("dependency_missing") !== null
              ? "dependency_missing"
              : "dependents_applied",
        );
      case "validate_pre":
        if (refused) return this.go("statement_refused");
        if (violates) return this.go("doctrine_violated");
        return this.go(this.checkAnswer("pre"));
      case "validate_post":
        return this.go(this.checkAnswer("post"));
      case "observe":
        return this.go("observe");
      case "run":
        return effect.by === "engine"
          ? this.go("engine_takes_back")
          : this.statement(effect.way, effect.step, effect.part);
      case "decide":
        return this.go("decide");
      case "verify":
        return this.go("verify");
      default:
        return assertNever(effect);
    }
  }

  private checkAnswer(check: "pre" | "post"): ActionName {
    const fault = this.faultAt((one) => one.check === check);
    const answer = fault !== null && "answers" in fault ? fault.answers : null;
    return answer === null ? `${check}checks_pass` : answer === "false" ? `${check}check_false` : `${check}check_error`;
  }

  private faultAt(matches: (fault: Fault) => boolean): Fault | null {
    const { migration } = this.mine().abstract;
    return this.scene.faults.find((aimed) => aimed.migration === migration && matches(aimed.fault))?.fault ?? null;
  }

  private async statement(way: "up" | "undo", step: number, part: number): Promise<void> {
    const { attempt } = this.mine();
    const meant = (fault: Fault): boolean =>
      way === "up" ? fault.step === step + 1 : fault.undoOf === step + 1 && part === 0;
    const fault = this.faultAt(meant);
    const strike = fault !== null && isStrike(fault) && !this.isSpent ? fault : null;
    const moment = strike === null ? null : this.momentOf(strike);
    switch (attempt.progress) {
      case progress.none:
        if (strike !== null && moment === "before_effect") return this.strike(strike);
        return this.go("send");
      case progress.running:
        if (strike !== null && moment === "during") return this.strike(strike);
        return this.go(fault !== null && "answers" in fault ? refusals[fault.answers] : "executes");
      default: {
        if (strike !== null && moment === "after_effect") return this.strike(strike);
        const heard = attempt.may("receive");
        if (strike === null || heard === null) return this.go("receive");
        // What becomes durable with being heard was not durable before.
        if (heard.after.journal === attempt.world.journal) attempt.go(heard);
        return this.strike(strike);
      }
    }
  }

  private momentOf(strike: Strike): "before_effect" | "during" | "after_effect" | "after_answer" {
    if (!("lose" in strike) && !("kill" in strike)) return "before_effect";
    if ("lose" in strike) return strike.lose === "reply" ? "after_effect" : "during";
    // In SQLite there is nothing between a statement that was sent and one that has run.
    return strike.when === "during" && this.world.engine === "sqlite" ? "before_effect" : strike.when;
  }

  private async strike(strike: Strike): Promise<void> {
    const { attempt } = this.mine();
    this.isSpent = true;
    this.scene.hearer.struck();
    if ("lose" in strike && strike.meanwhile !== undefined)
      throw new CannotPlay("the story is of two runners, one of which comes back; the model has that as a property");
    if (!("lose" in strike) && !("kill" in strike)) {
      if (attempt.isFree()) throw new Error("Two runners have the lease at once.");
      const { scene } = this.world;
      await this.scene.hearer.meanwhile();
      this.world.scene = scene;
      return;
    }
    if ("lose" in strike) {
      this.go("connection_cut");
      return this.settle(strike.statement ?? "ends");
    }
    if (strike.kill === "session") return this.go("session_killed");
    if (strike.kill === "server") return this.go("server_crash");
    this.go("crash");
    if (strike.statement !== "runs_on") this.settle("finishes");
    throw new Killed();
  }

  /** What becomes of a session whose client is gone. */
  settle(statement: "finishes" | "ends"): void {
    const { attempt } = this.mine();
    if (!attempt.hasOrphan) return;
    if (attempt.progress === progress.dangling) return this.go("session_ends");
    const applies = statement === "finishes" && attempt.may("orphan_applies") !== null;
    this.go(applies ? "orphan_applies" : "orphan_fails");
  }
}

const refusals = {
  error: "statement_fails",
  partly: "fails_after_a_part",
  nothing: "executes",
  false: "executes",
} as const satisfies { readonly [answer: string]: ActionName };
