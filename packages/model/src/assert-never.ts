/** Ends a `switch` over a union. Reached only if a value from outside was never checked; the message shows it. */
export function assertNever(value: never): never {
  throw new Error(`This value should not exist: ${JSON.stringify(value)}`);
}
