/** How long an adapter waits for what. All in milliseconds, so that tests can have seconds where people have minutes. */
export interface Timing {
  /** A connection must be made within this, and one that is made to ask about another must answer within it. */
  readonly connectMs: number;
  /** An answer that has not come after this is asked about, from another connection. */
  readonly silenceMs: number;
  /** How often an idle session shows that it is there. */
  readonly heartbeatMs: number;
  /** Whoever has lost its client (a cable, a suspended machine) gives its locks back after this. Whole seconds. */
  readonly idleMs: number;
  /** A session that was killed is gone within this. */
  readonly killMs: number;
  /** How often somebody is told what a statement is at that takes long. */
  readonly tellMs: number;
}

export const timing: Timing = {
  connectMs: 10_000,
  silenceMs: 20_000,
  heartbeatMs: 10_000,
  idleMs: 60_000,
  killMs: 5_000,
  tellMs: 10_000,
};
