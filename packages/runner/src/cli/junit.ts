/** JUnit XML, as the reports of a CI read it. */
export interface Test {
  readonly failed: boolean;
  readonly xml: string;
}

export function test(
  group: string,
  name: string,
  failure: { readonly type: string; readonly text: string } | null,
): Test {
  const open = `    <testcase classname="${escaped(group)}" name="${escaped(name)}"`;
  if (failure === null) return { failed: false, xml: `${open}/>\n` };
  const { type, text } = failure;
  const xml = `${open}>\n      <failure message="${escaped(type)}" type="${escaped(type)}">${escaped(text)}</failure>\n    </testcase>\n`;
  return { failed: true, xml };
}

export function suite(name: string, tests: readonly Test[]): string {
  const failures = tests.filter(({ failed }) => failed).length;
  const head = `  <testsuite name="${name}" tests="${tests.length}" failures="${failures}">\n`;
  return `${head}${tests.map(({ xml }) => xml).join("")}  </testsuite>\n`;
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}

export function wholeReport(name: string, suites: readonly string[]): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="${escaped(name)}">\n${suites.join("")}</testsuites>\n`;
}
