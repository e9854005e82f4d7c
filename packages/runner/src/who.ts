import { hostname, userInfo } from "node:os";
import type { Detail } from "@surefoot/model";
import { journalFormat } from "@surefoot/model";

export const version = "0.1.0";

/** Who runs: kept in the first record of each run, and told to others who wait for the lease. */
export function whoAmI(startedAt: string): Detail {
  const job = process.env["GITHUB_RUN_ID"] ?? process.env["CI_JOB_ID"] ?? process.env["BUILD_ID"] ?? null;
  return {
    user: userName(),
    host: hostname(),
    pid: process.pid,
    startedAt,
    surefoot: version,
    format: journalFormat,
    ...(job === null ? {} : { ciJob: job }),
  };
}

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    // A container may run a user id that has no name.
    return String(process.getuid?.() ?? "unknown");
  }
}
