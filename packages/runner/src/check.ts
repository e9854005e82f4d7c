/** What the rows of a check say. */
import type { CheckReply } from "./port.ts";

/** One row whose first column, as a number, is not 0 is true. NULL, text that is no number, none or several: an error. */
export function judgeCheck(rows: readonly (readonly unknown[])[], expect: "true" | "empty"): CheckReply {
  if (expect === "empty")
    return rows.length === 0
      ? { type: "passed" }
      : { type: "false", found: "it found at least one row, and none was expected" };
  const [row] = rows;
  if (row === undefined)
    return { type: "error", message: "it returned no row; one row with a number is needed (or expect=empty)" };
  if (rows.length > 1) return { type: "error", message: "it returned several rows; one row with a number is needed" };
  const value = row[0];
  const number = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
  if ((typeof number !== "number" && typeof number !== "bigint") || Number.isNaN(number))
    return {
      type: "error",
      message: `it returned ${value === null ? "NULL" : JSON.stringify(value)}, which is no number`,
    };
  return Number(number) === 0 ? { type: "false", found: "it returned 0" } : { type: "passed" };
}
