/**
 * Parts of the runner for who puts them together otherwise: Surefoot's own scenarios play with them, and judge what they
 * see. No contract; what embeds a runner uses `surefoot` itself.
 */
export { main } from "./cli/main.ts";
export type { Io } from "./cli/io.ts";
export { suite, test, wholeReport } from "./cli/junit.ts";
export type { Replayed, Scenarios } from "./cli/replay.ts";
export type { ReplayCommand } from "./cli/replay-command.ts";
export { examine } from "./doctrine/doctrine.ts";
export { SurefootError } from "./error.ts";
export type { MigrationFile } from "./files/migration.ts";
export { readMigration } from "./files/read-migration.ts";
export { unreachedServer } from "./mysql/unreached-server.ts";
export { checksumDetail } from "./up.ts";
export { nearest } from "./nearest.ts";
export { MigrationFolder } from "./pending.ts";
export type { Database, Reader, Session } from "./port.ts";
export type { Judge, Readied } from "./prepare-migration.ts";
export { readyDown, readyUp } from "./prepare-migration.ts";
export type { Progress } from "./progress.ts";
export { quickParse } from "./cli/quick-parse.ts";
export { commands } from "./cli/commands.ts";
export type { Command as CliCommand } from "./cli/command.ts";
export type { Material } from "./material.ts";
export { noMaterial } from "./material.ts";
export { loadDriver } from "./sqlite/driver.ts";
export { databaseOf } from "./url.ts";
export { overriding, withSessions } from "./wrapped.ts";
