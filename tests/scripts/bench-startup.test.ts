import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { writeApp } from '../../bench/startup/write-app.ts';

describe('writeApp', () => {
  it('writes a model of as many tables, which the migration generator takes', async () => {
    const folder = dirname(writeApp(4));
    const { default: model } = await import(join(folder, 'model.ts'));
    expect(model.tables).toHaveLength(4);
    expect(model.tables.at(-1).relations).toMatchObject([{ name: 'parent', kind: 'one', colocated: true }]);
    const migrations = readFileSync(join(folder, 'migrations/index.ts'), 'utf8');
    expect(migrations.match(/CREATE TABLE/g)).toHaveLength(4);
  });
});
