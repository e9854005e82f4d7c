/** What a command may touch of the world outside. Tests hand in their own. */
export interface Io {
  /** Results. */
  readonly out: (text: string) => void;
  /** Progress and messages for people. */
  readonly err: (text: string) => void;
  readonly env: { readonly [name: string]: string | undefined };
  readonly cwd: string;
  readonly signal: AbortSignal;
  /** A yes or no from the person at the terminal; null when there is nobody to ask. */
  readonly ask: ((question: string) => Promise<boolean>) | null;
}
