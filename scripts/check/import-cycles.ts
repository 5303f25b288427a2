import type { Import } from './source-imports.ts';

/** One sentence per cycle of run-time imports; type-only imports are gone at run time and make none. */
export function importCycles(imports: readonly Import[]): string[] {
  const targetsByFile = new Map<string, string[]>();
  for (const { from, to, isTypeOnly } of imports) {
    if (!isTypeOnly) targetsByFile.set(from, [...(targetsByFile.get(from) ?? []), to]);
  }
  const cycles: string[] = [];
  const done = new Set<string>();
  const path: string[] = [];
  const visit = (file: string): void => {
    const start = path.indexOf(file);
    if (start !== -1) cycles.push(`Import cycle: ${[...path.slice(start), file].join(' → ')}`);
    if (start !== -1 || done.has(file)) return;
    path.push(file);
    for (const target of targetsByFile.get(file) ?? []) visit(target);
    path.pop();
    done.add(file);
  };
  for (const file of targetsByFile.keys()) visit(file);
  return cycles;
}
