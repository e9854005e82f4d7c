import { SurefootError } from "../error.ts";
import type { Point } from "../sql/place.ts";

/**
 * A migration file that cannot be used. `message` says what is wrong, what was expected and what to write instead;
 * the place goes in front of it, as compilers write it, so that editors can jump there.
 */
export function fileError(file: string, point: Pick<Point, "line" | "column">, message: string): SurefootError {
  const { line, column } = point;
  return new SurefootError("MIGRATION_FILE_INVALID", `${file}:${line}:${column}: ${message}`, {
    place: { file, line, column },
  });
}
