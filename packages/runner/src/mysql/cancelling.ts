/** How often it is asked again, in milliseconds: what comes between two attempts of a statement ends nothing. */
const againMs = 500;

/** Ends the statement that is running when a signal says so or its time is over, and asks again until it has ended. */
export class Cancelling {
  /** Why it was asked; null: it was not. */
  reason: "signal" | "timeout" | null = null;
  private readonly signal: AbortSignal | null;
  private readonly act: () => Promise<void>;
  private readonly timers: NodeJS.Timeout[] = [];

  /** `act` asks once. */
  constructor(signal: AbortSignal | null, timeoutMs: number | undefined, act: () => Promise<void>) {
    this.signal = signal;
    this.act = act;
    if (timeoutMs !== undefined) this.timers.push(setTimeout(() => this.cancel("timeout"), timeoutMs));
    if (signal?.aborted === true) this.cancel("signal");
    else signal?.addEventListener("abort", this.onAbort);
  }

  end(): void {
    this.signal?.removeEventListener("abort", this.onAbort);
    for (const timer of this.timers) clearInterval(timer);
  }

  private readonly onAbort = (): void => this.cancel("signal");

  private cancel(reason: "signal" | "timeout"): void {
    if (this.reason !== null) return;
    this.reason = reason;
    const again = (): void => void this.act().catch(() => undefined);
    again();
    this.timers.push(setInterval(again, againMs).unref());
  }
}
