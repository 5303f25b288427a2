interface RowCounts {
  rowsRead: number;
  rowsWritten: number;
}

const countsByStorage = new WeakMap<SqlStorage, RowCounts>();

/** Rows of all statements that sessions have run on a database, since its object started. */
export function rowCountsOf(sql: SqlStorage): RowCounts {
  let counts = countsByStorage.get(sql);
  if (counts === undefined) {
    counts = { rowsRead: 0, rowsWritten: 0 };
    countsByStorage.set(sql, counts);
  }
  return counts;
}
