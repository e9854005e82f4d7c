/** What the order of migrations needs to know of each: its id and what it depends on. */
export interface Node {
  readonly id: string;
  readonly depends: readonly { readonly id: string; readonly optional: boolean }[];
}

export type MigrationOrder =
  | {
      readonly type: "ordered";
      readonly ids: readonly string[];
      /** Dependencies that are neither in the list nor applied, by the id that needs them. Optional ones don't count. */
      readonly missing: ReadonlyMap<string, readonly string[]>;
    }
  /** Each id depends on the next, and the last on the first. */
  | { readonly type: "cycle"; readonly ids: readonly string[] };

/**
 * Puts migrations in the order in which they run. The given order holds wherever it can: a dependency only moves a
 * migration later, never anything earlier than it must. Equal input, equal order.
 */
export function migrationOrder(nodes: readonly Node[], applied: ReadonlySet<string>): MigrationOrder {
  const known = new Map(nodes.map((node) => [node.id, node]));
  const placed = new Set<string>();
  const ids: string[] = [];
  const missing = new Map<string, readonly string[]>();
  for (const { id, depends } of nodes) {
    const absent = depends.filter((need) => !need.optional && !known.has(need.id) && !applied.has(need.id));
    if (absent.length > 0)
      missing.set(
        id,
        absent.map((need) => need.id),
      );
  }
  const waiting = new Map<string, string[]>();
  const place = (start: Node): void => {
    const ready = [start];
    for (let node = ready.pop(); node !== undefined; node = ready.pop()) {
      const blocker = node.depends.find((need) => known.has(need.id) && !placed.has(need.id));
      if (blocker !== undefined) {
        waiting.set(blocker.id, [...(waiting.get(blocker.id) ?? []), node.id]);
        continue;
      }
      placed.add(node.id);
      ids.push(node.id);
      const freed = (waiting.get(node.id) ?? []).flatMap((id) => known.get(id) ?? []);
      waiting.delete(node.id);
      ready.push(...freed.toReversed());
    }
  };
  for (const node of nodes) place(node);
  if (ids.length < nodes.length) return { type: "cycle", ids: cycleAmong(nodes.filter(({ id }) => !placed.has(id))) };
  return { type: "ordered", ids, missing };
}

/** Every node given waits for another of them, so following the first unplaced dependency must come back. */
function cycleAmong(nodes: readonly Node[]): readonly string[] {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const path: string[] = [];
  let at = nodes[0];
  while (at !== undefined && !path.includes(at.id)) {
    path.push(at.id);
    const next: Node | undefined = at.depends.flatMap(({ id }) => byId.get(id) ?? [])[0];
    at = next;
  }
  return at === undefined ? path : path.slice(path.indexOf(at.id));
}

/** The applied migrations that depend on `id`, directly or through others, in the order given. */
export function dependentsOf(id: string, nodes: readonly Node[]): readonly string[] {
  const found = new Set([id]);
  for (let before = 0; before < found.size; ) {
    before = found.size;
    for (const node of nodes) if (node.depends.some((need) => found.has(need.id))) found.add(node.id);
  }
  return nodes.flatMap((node) => (node.id !== id && found.has(node.id) ? [node.id] : []));
}
