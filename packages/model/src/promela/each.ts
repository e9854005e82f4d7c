/** Text for each runner, where a model has no loop to offer: guards, and what is done within one step. */
export function each(runners: number, text: (runner: string) => string, between = "\n"): string {
  return Array.from({ length: runners }, (_, runner) => text(`${runner}`)).join(between);
}
