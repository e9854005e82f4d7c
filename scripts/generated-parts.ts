/** The parts of the documentation that are made from the code: between `<!-- generated: NAME -->` and its end. */
import { eventTypes, mermaid, stateTypes, table } from "@surefoot/model";
import type { Table } from "@surefoot/model";
import { exitCodeOf } from "../packages/runner/src/error.ts";

const parts: { readonly [name: string]: () => string } = {
  "state diagram": () => `\`\`\`mermaid\n${mermaid()}\`\`\`\n`,
  "transition table": transitionTable,
  "exit codes": exitCodes,
};

/** The page with every generated part as the code makes it. */
export function withGeneratedParts(page: string): string {
  return page.replace(
    /(<!-- generated: ([a-z ]+) -->\n)[^]*?(<!-- end -->)/g,
    (_, begin: string, name: string, end: string) => {
      const part = parts[name];
      if (part === undefined) throw new Error(`Nothing generates “${name}”.`);
      return `${begin}${part()}${end}`;
    },
  );
}

function transitionTable(): string {
  const rows = stateTypes.flatMap((from) =>
    eventTypes.flatMap((event) => {
      const row: Table[typeof from] = table[from];
      const to = row[event];
      return to === undefined ? [] : [`| ${from} | ${event} | ${to.join(", or under `resume` ")} |`];
    }),
  );
  return `| from | event | to |\n| --- | --- | --- |\n${rows.join("\n")}\n`;
}

function exitCodes(): string {
  const rows = Object.entries(exitCodeOf).map(([code, exit]) => `| \`${code}\` | ${exit} |`);
  return `| code | exit |\n| --- | --- |\n${rows.join("\n")}\n`;
}
