import type { JournalRecord } from "@surefoot/model";
import { decodeRow } from "@surefoot/model";
import { databaseOf } from "surefoot/parts";

/** Every record of a database's journal. @throws Error for one that can't be read */
export async function readRecords(url: string): Promise<readonly JournalRecord[]> {
  const database = databaseOf(url);
  if (!(await database.exists())) return [];
  const reader = await database.read();
  try {
    const rows = await reader.readAll();
    return rows.map((row) => {
      const decoded = decodeRow(row);
      if (decoded.type === "bad") throw new Error(`record ${row.seq}: ${decoded.why}`);
      return decoded.record;
    });
  } finally {
    await reader.close();
  }
}
