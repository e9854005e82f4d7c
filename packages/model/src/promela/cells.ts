/** A row of cells as one number: two bits for each cell, as a world packs them. */
import type { Configuration } from "../explorer/configuration.ts";

export interface CellValue {
  readonly cell: number;
  readonly value: number;
}

export function bits(cells: readonly CellValue[]): number {
  return cells.reduce((sum, one) => sum | (one.value << (2 * one.cell)), 0);
}

/** What it is to be made, seen from a job: on its way down a migration makes what it takes back on its way up. */
export function valueOf({ jobs }: Configuration, job: number, value: 0 | 1): number {
  return jobs[job]!.direction === "up" ? value : 1 - value;
}

/** The bits of the cells themselves, whatever they hold. */
export function maskOf(cells: readonly CellValue[]): number {
  return bits(cells.map(({ cell }) => ({ cell, value: 3 })));
}
