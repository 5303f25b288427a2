/** What has been measured so far, for who watches; no lines print nothing. */
export function printLines(lines: readonly string[]): void {
  for (const line of lines) console.log(line);
}
