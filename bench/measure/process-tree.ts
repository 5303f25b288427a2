import { readdirSync, readFileSync } from 'node:fs';

/** Ids of a process's descendants whose name is `name`, however deep. Linux only. */
export function findDescendants(root: number, name: string): number[] {
  const processes = listProcesses();
  const found: number[] = [];
  const open = [root];
  for (let parent = open.pop(); parent !== undefined; parent = open.pop()) {
    for (const child of processes) {
      if (child.parent !== parent) continue;
      open.push(child.pid);
      if (child.name === name) found.push(child.pid);
    }
  }
  return found;
}

interface Process {
  readonly pid: number;
  readonly parent: number;
  readonly name: string;
}

function listProcesses(): Process[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      const stat = readIfThere(`/proc/${pid}/stat`);
      return stat === null ? [] : [{ pid: Number(pid), ...parseStat(stat) }];
    });
}

/** The name in parentheses may hold spaces and parentheses, so fields are counted from its end (proc(5)). */
export function parseStat(stat: string): { readonly name: string; readonly parent: number } {
  const end = stat.lastIndexOf(')');
  return { name: stat.slice(stat.indexOf('(') + 1, end), parent: Number(stat.slice(end + 2).split(' ')[1]) };
}

/** A process may end between being listed and being read. */
export function readIfThere(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}
