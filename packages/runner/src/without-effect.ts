import type { MigrationFile } from "./files/migration.ts";
import type { Capabilities } from "./port.ts";

/** What a file asks for and this engine can't do, in a sentence; null: nothing. */
export function withoutEffect(
  { path, options, up }: MigrationFile,
  { endsStatements, engine }: Capabilities,
): string | null {
  if (endsStatements) return null;
  const own = up.find(({ timeouts }) => timeouts.timeoutMs !== undefined);
  if (own === undefined && options.timeoutMs === undefined) return null;
  const place = own === undefined ? path : `${path}:${own.line}`;
  return `${place}: \`timeout\` has no effect: a statement that is running on ${engine} can't be ended. \`lock_timeout\` works.`;
}
