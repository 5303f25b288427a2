import { dirname } from 'node:path';
import type { Import } from './source-imports.ts';

/**
 * One sentence per cycle of run-time imports, and per cycle of any imports that leads through several folders. Type-only
 * imports are gone at run time; within a folder, types may refer to each other, since its files are read together.
 */
export const importCycles = (imports: readonly Import[]): string[] => [
  ...cyclesOf(imports.filter(({ isTypeOnly }) => !isTypeOnly)),
  ...folderCycles(imports),
];

function cyclesOf(imports: readonly Import[]): string[] {
  const targetsByFile = targetsOf(imports);
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

function folderCycles(imports: readonly Import[]): string[] {
  const targetsByFile = targetsOf(imports);
  const reachableFrom = (start: string): ReadonlySet<string> => {
    const reached = new Set<string>();
    const open = [start];
    for (let file = open.pop(); file !== undefined; file = open.pop()) {
      for (const target of targetsByFile.get(file) ?? []) {
        if (!reached.has(target)) open.push(target);
        reached.add(target);
      }
    }
    return reached;
  };
  const reachable = new Map([...targetsByFile.keys()].map((file) => [file, reachableFrom(file)]));
  const known = new Set<string>();
  return [...reachable].flatMap(([file, reached]) => {
    const group = [...reached].filter((other) => reachable.get(other)?.has(file)).sort();
    if (known.has(file) || new Set(group.map((each) => dirname(each))).size < 2) return [];
    for (const each of group) known.add(each);
    return [`Cycle of imports, types included, through several folders: ${group.join(', ')}`];
  });
}

function targetsOf(imports: readonly Import[]): ReadonlyMap<string, readonly string[]> {
  const targetsByFile = new Map<string, string[]>();
  for (const { from, to } of imports) {
    const targets = targetsByFile.get(from);
    if (targets) targets.push(to);
    else targetsByFile.set(from, [to]);
  }
  return targetsByFile;
}
