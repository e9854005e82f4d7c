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
  // Always the first in the given order that nothing holds back. A heap keeps large folders quick.
  const blockerCounts = nodes.map(
    ({ depends }) => new Set(depends.filter(({ id }) => known.has(id)).map(({ id }) => id)).size,
  );
  const waiting = new Map<string, number[]>();
  for (const [index, { depends }] of nodes.entries())
    for (const id of new Set(depends.map((need) => need.id))) {
      const list = waiting.get(id);
      if (list === undefined) waiting.set(id, [index]);
      else list.push(index);
    }
  const ready = new MinHeap();
  for (const [index, count] of blockerCounts.entries()) if (count === 0) ready.push(index);
  for (let index = ready.pop(); index !== undefined; index = ready.pop()) {
    const id = nodes[index]?.id ?? "";
    ids.push(id);
    placed.add(id);
    for (const freed of waiting.get(id) ?? []) {
      const left = (blockerCounts[freed] ?? 0) - 1;
      blockerCounts[freed] = left;
      if (left === 0) ready.push(freed);
    }
  }
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
  for (let before = 0; before < found.size;) {
    before = found.size;
    for (const node of nodes) if (node.depends.some((need) => found.has(need.id))) found.add(node.id);
  }
  return nodes.flatMap((node) => (node.id !== id && found.has(node.id) ? [node.id] : []));
}

class MinHeap {
  private readonly items: number[] = [];

  push(value: number): void {
    let at = this.items.push(value) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (this.at(parent) <= this.at(at)) return;
      this.swap(parent, at);
      at = parent;
    }
  }

  pop(): number | undefined {
    const least = this.items[0];
    const last = this.items.pop();
    if (least === undefined || last === undefined || this.items.length === 0) return least;
    this.items[0] = last;
    for (let at = 0; ;) {
      const left = 2 * at + 1;
      const child = this.at(left + 1) < this.at(left) ? left + 1 : left;
      if (this.at(child) >= this.at(at)) return least;
      this.swap(child, at);
      at = child;
    }
  }

  private at(index: number): number {
    return this.items[index] ?? Number.POSITIVE_INFINITY;
  }

  private swap(a: number, b: number): void {
    [this.items[a], this.items[b]] = [this.at(b), this.at(a)];
  }
}
