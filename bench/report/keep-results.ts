import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describeCommit } from './machine.ts';

const FOLDER = join(import.meta.dirname, '../results');

/** Writes `<date>-<commit>.json`, over an older run of that day and commit. Returns its path. */
export function keepResults(results: object): string {
  const date = new Date().toISOString().slice(0, 10);
  const commit = describeCommit();
  const path = join(FOLDER, `${date}-${commit}.json`);
  mkdirSync(FOLDER, { recursive: true });
  writeFileSync(path, `${JSON.stringify({ date, commit, ...results }, roundNumbers, 2)}\n`);
  return path;
}

const roundNumbers = (_key: string, value: unknown): unknown =>
  typeof value === 'number' ? Number(value.toPrecision(4)) : value;
