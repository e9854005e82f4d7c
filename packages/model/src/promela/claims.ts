/** The questions, in SPIN's own words: one claim for each property that it can be asked about, under the property's id. */
import { each } from "./each.ts";
import { localProperties } from "../properties/properties.ts";

const restClaim = "comes_to_rest";

/** The ids of what can be asked of an export: safety by hazards, or, of a calm one, whether all comes to rest. */
export function claimIds(calm: boolean): readonly string[] {
  return calm ? [restClaim] : localProperties.filter(({ hazards }) => hazards.length > 0).map(({ id }) => id);
}

export function claims(runners: number, calm: boolean): string {
  if (calm)
    return `
#define IN_A_SINK (JOURNAL(sink) && transaction == 0 && ${each(runners, (i) => `r[${i}].phase == OFF && !r[${i}].orphan`, " && ")})
ltl ${restClaim} { [] (calm -> <> IN_A_SINK) }
`;
  const asked = localProperties.filter(({ hazards }) => hazards.length > 0);
  return asked
    .map(
      ({ id, sentence, hazards }) =>
        `\n/* ${sentence} */\nltl ${id} { [] ((hazards & (${hazards.map((name) => name.toUpperCase()).join(" | ")})) == 0) }\n`,
    )
    .join("");
}
