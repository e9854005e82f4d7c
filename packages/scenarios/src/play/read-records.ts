import type { JournalRecord } from "@surefoot/model";
import { decodeRow } from "@surefoot/model";
import { databaseOf } from "surefoot/parts";

/** The records of a database's journal, up to the first that can't be read. */
export async function readRecords(url: string): Promise<readonly JournalRecord[]> {
  const database = databaseOf(url);
  if (!(await database.exists())) return [];
  const reader = await database.read();
  try {
    const rows = await reader.readAll();
    const records: JournalRecord[] = [];
    for (const row of rows) {
      const decoded = decodeRow(row);
      if (decoded.type === "bad") break;
      records.push(decoded.record);
    }
    return records;
  } finally {
    await reader.close();
  }
}
