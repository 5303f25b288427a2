import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { importCycles } from '../../scripts/check/import-cycles.ts';
import { importRuleViolations } from '../../scripts/check/import-rule.ts';
import type { Import } from '../../scripts/check/source-imports.ts';
import { importsOf, readImports } from '../../scripts/check/source-imports.ts';

const PROJECT = join(import.meta.dirname, '../..');
const edge = (from: string, to: string, isTypeOnly = false): Import => ({ from, to, isTypeOnly });

describe('reading imports', () => {
  it('finds every form of import, and knows which are gone at run time', () => {
    const text = `
      import { a } from './a.ts';
      import type { B } from '../b.ts';
      import {
        type C,
        c,
      } from './deep/c.ts';
      import './side-effect.ts';
      import { external } from 'external';
      export * from './d.ts';
      export type { E } from './e.ts';
      const f = await import('./f.ts');
      const text = "import { no } from './no.ts'";
    `;
    expect(
      importsOf('src/x/file.ts', text)
        .map(({ to, isTypeOnly }) => `${to}${isTypeOnly ? ' (type)' : ''}`)
        .sort(),
    ).toEqual([
      'src/b.ts (type)',
      'src/x/a.ts',
      'src/x/d.ts',
      'src/x/deep/c.ts',
      'src/x/e.ts (type)',
      'src/x/f.ts',
      'src/x/side-effect.ts',
    ]);
  });

  it('finds the imports of this project', () => {
    const imports = readImports(PROJECT, 'src');
    expect(imports).toContainEqual(edge('src/index.ts', 'src/create-api.ts'));
    expect(new Set(imports.map(({ from }) => from)).size).toBeGreaterThan(50);
  });
});

describe('the import rule', () => {
  it('is kept by this project', () => {
    expect(importRuleViolations(readImports(PROJECT, 'src'))).toEqual([]);
  });

  it.each([
    ['src/model/a.ts', 'src/shards/b.ts'],
    ['src/lib/a.ts', 'src/model/b.ts'],
    ['src/shards/client/a.ts', 'src/resolvers/b.ts'],
    ['src/resolvers/a.ts', 'src/http/b.ts'],
    ['src/plans/a.ts', 'src/resolvers/b.ts'],
    ['src/cache/a.ts', 'src/plans/b.ts'],
    ['src/http/a.ts', 'src/index.ts'],
    ['src/events/a.ts', 'src/model/b.ts'],
    ['src/cache/isolate/a.ts', 'src/cache/reading/b.ts'],
    ['src/cache/requirement.ts', 'src/cache/entries/b.ts'],
    ['src/cache/other/a.ts', 'src/cache/entries/b.ts'],
    ['src/shards/client/a.ts', 'src/shards/server/b.ts'],
    ['src/shards/server/a.ts', 'src/shards/client/b.ts'],
    ['src/shards/catalog/a.ts', 'src/shards/server/b.ts'],
    ['src/shards/client/a.ts', 'src/shards/sql/b.ts'],
    ['src/shards/operation.ts', 'src/shards/sql/b.ts'],
    ['src/shards/client/a.ts', 'src/shards/catalog/b.ts'],
    ['src/http/a.ts', 'src/shards/catalog/catalog.ts'],
    ['src/shards/protocol/write.ts', 'src/shards/client/b.ts'],
    ['src/http/a.ts', 'src/shards/server/shard.ts'],
    ['src/http/a.ts', 'src/schema/model.ts'],
    ['src/schema/a.ts', 'src/schema/extensions.ts'],
    ['src/schema/build-schema.ts', 'src/schema/migrations/index.ts'],
    ['src/other/a.ts', 'src/model/b.ts'],
  ])('finds that %s imports %s, even if only a type', (from, to) => {
    expect(importRuleViolations([edge(from, to)])).toHaveLength(1);
    expect(importRuleViolations([edge(from, to, true)])).toHaveLength(1);
  });

  it.each([
    ['src/worker.ts', 'src/schema/model.ts'],
    ['src/schema/extensions.ts', 'src/schema/model.ts'],
    ['src/index.ts', 'src/shards/server/shard.ts'],
    ['src/http/wiring/a.ts', 'src/shards/client/b.ts'],
    ['src/shards/client/a.ts', 'src/shards/protocol/write.ts'],
    ['src/shards/server/read/a.ts', 'src/shards/server/b.ts'],
    ['src/resolvers/a.ts', 'src/model/b.ts'],
    ['src/http/a.ts', 'src/lib/b.ts'],
    ['src/model/a.ts', 'src/events/b.ts'],
    ['src/resolvers/a.ts', 'src/plans/b.ts'],
    ['src/plans/a.ts', 'src/cache/b.ts'],
    ['src/cache/reading/a.ts', 'src/cache/isolate/b.ts'],
    ['src/cache/reading/a.ts', 'src/cache/settings.ts'],
  ])('allows %s to import %s', (from, to) => {
    expect(importRuleViolations([edge(from, to)])).toEqual([]);
  });
});

it('plans are not made by http or schema, which may name their types', () => {
  for (const from of ['src/http/export/a.ts', 'src/schema/a.ts']) {
    expect(importRuleViolations([edge(from, 'src/shards/plan/source.ts')])).toHaveLength(1);
    expect(importRuleViolations([edge(from, 'src/shards/plan/source.ts', true)])).toEqual([]);
  }
});

describe('what an invocation works with', () => {
  it.each(['src/resolvers/a.ts', 'src/plans/a.ts', 'src/cache/reading/a.ts'])(
    'lets %s import types of the shards’ client alone, and what both sides share',
    (from) => {
      expect(importRuleViolations([edge(from, 'src/shards/client/b.ts')])).toHaveLength(1);
      expect(importRuleViolations([edge(from, 'src/shards/client/b.ts', true)])).toEqual([]);
      expect(importRuleViolations([edge(from, 'src/shards/merging/b.ts')])).toEqual([]);
    },
  );

  it.each(['src/shards/client/b.ts', 'src/cache/reading/b.ts', 'src/resolvers/consistency/request-reader.ts'])(
    'is made in one room alone: %s',
    (part) => {
      expect(importRuleViolations([edge('src/http/wiring/a.ts', part)])).toEqual([]);
      for (const from of ['src/http/operator/a.ts', 'src/handle-queue.ts']) {
        expect(importRuleViolations([edge(from, part)])).toHaveLength(1);
        expect(importRuleViolations([edge(from, part, true)])).toEqual([]);
      }
    },
  );
});

describe('import cycles', () => {
  it('there are none in this project', () => {
    expect(importCycles(readImports(PROJECT, 'src'))).toEqual([]);
  });

  it('are found and shown as a path, once', () => {
    const imports = [edge('entry', 'a'), edge('a', 'b'), edge('b', 'c'), edge('c', 'a'), edge('entry', 'c')];
    expect(importCycles(imports)).toEqual(['Import cycle: a → b → c → a']);
    expect(importCycles([edge('a', 'a')])).toEqual(['Import cycle: a → a']);
  });

  it('through several folders are found among types too', () => {
    const found = importCycles([edge('x/a', 'x/b'), edge('x/b', 'y/c', true), edge('y/c', 'x/a', true)]);
    expect(found).toEqual(['Cycle of imports, types included, through several folders: x/a, x/b, y/c']);
    expect(importCycles([edge('x/a', 'y/c', true), edge('x/b', 'y/c')])).toEqual([]);
  });

  it('within a folder do not go through type-only imports, nor are two ways to one file a cycle', () => {
    expect(importCycles([edge('a', 'b'), edge('b', 'a', true)])).toEqual([]);
    expect(importCycles([edge('a', 'b'), edge('a', 'c'), edge('b', 'd'), edge('c', 'd')])).toEqual([]);
  });
});
