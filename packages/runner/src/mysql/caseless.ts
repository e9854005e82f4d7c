/** Names of these are the same in capitals, on every system. */
export const caseless: ReadonlySet<string> = new Set([
  "procedure",
  "function",
  "package",
  "package_body",
  "event",
  "library",
]);
