/** The console asks for nothing that `/operator` does not have. */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildSchema, parse, validate } from 'graphql';
import { describe, expect, it } from 'vitest';

const PROJECT = join(import.meta.dirname, '../..');
const OPERATIONS = join(PROJECT, 'scripts/console/operations');
const files = globSync('*.ts', { cwd: OPERATIONS });

const documents: [name: string, text: string][] = [];
for (const file of files) {
  const module: Record<string, unknown> = await import(join(OPERATIONS, file));
  for (const [name, text] of Object.entries(module)) {
    if (typeof text === 'string' && /^(?:query|mutation)\b/.test(text)) documents.push([`${file} ${name}`, text]);
  }
}

describe('operations of the console', () => {
  const schema = buildSchema(readFileSync(join(PROJECT, 'operator.graphql'), 'utf8'));

  it('are many', () => {
    expect(documents.length).toBeGreaterThan(10);
  });

  it.each(documents)('%s is one of /operator', (_name, text) => {
    expect(validate(schema, parse(text)).map(({ message }) => message)).toEqual([]);
  });

  it.each(documents)('%s has no values in its text', (_name, text) => {
    expect(text.replaceAll(/first: \d+|newestFirst: true/g, '')).not.toMatch(/"|: *(?:\d|true|false|null)/);
  });
});
