/** Cells in columns, as wide as their widest one. Lines of fewer cells than the first do not count for that. */
export function alignColumns(lines: readonly (readonly string[])[]): string {
  const widths = lines[0]!.map((_, index) =>
    Math.max(...lines.filter((line) => line.length === lines[0]!.length).map((line) => line[index]!.length)),
  );
  return lines
    .map((line) =>
      line
        .map((cell, index) => cell.padEnd(widths[index]!))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
