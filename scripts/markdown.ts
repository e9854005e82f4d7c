/** What the generated parts of pages are written with. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |\n`;
  return [head, head.map(() => "---"), ...rows].map(line).join("");
}

/** A statement in one line, in a cell of a table. */
export function code(sql: string): string {
  const text = sql.replaceAll(/\s+/g, " ").replaceAll("|", "\\|");
  return text.includes("`") ? `\`\` ${text} \`\`` : `\`${text}\``;
}
