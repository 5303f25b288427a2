/** The cells of a record whose quotes are in order. */
export function csvCells(record: string): readonly string[] {
  if (!record.includes('"')) return record.split(',');
  const cells: string[] = [];
  for (let at = 0; at <= record.length; ) {
    const cell = record[at] === '"' ? quotedCell(record, at) : plainCell(record, at);
    cells.push(cell.text);
    at = cell.end + 1;
  }
  return cells;
}

interface Cell {
  readonly text: string;
  /** Index of the comma behind it, or the record's length. */
  readonly end: number;
}

function plainCell(record: string, start: number): Cell {
  const comma = record.indexOf(',', start);
  const end = comma === -1 ? record.length : comma;
  return { text: record.slice(start, end), end };
}

function quotedCell(record: string, start: number): Cell {
  let close = record.indexOf('"', start + 1);
  while (record[close + 1] === '"') close = record.indexOf('"', close + 2);
  return { text: record.slice(start + 1, close).replaceAll('""', '"'), end: close + 1 };
}
