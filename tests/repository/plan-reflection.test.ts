import { describe, expect, it } from 'vitest';
import { planReflection } from '../../scripts/check/plan-reflection.ts';
import { readSourceFiles } from '../../scripts/check/source-files.ts';

const IMPORT = "import type { PlanNode } from '../shards/plan/node.ts';\n";
const file = (text: string, path = 'src/cache/planted.ts') => [{ path, text }];

describe('parts of plans', () => {
  it('are neither reflected on nor made by casts', () => {
    expect(planReflection(readSourceFiles('.', 'src'))).toEqual([]);
  });

  it.each([
    'for (const [name, part] of Object.entries(node)) visit(name, part);',
    'const parts = Object . values(node);',
    "if (Object.keys(node).includes('table')) return;",
    'for (const name in node) visit(name);',
    'Reflect.ownKeys(node)',
  ])('are not to be reflected on: %s', (line) => {
    expect(planReflection(file(IMPORT + line))).toEqual([
      'src/cache/planted.ts:2: Expected plans to be walked by visit-plan.ts, but got reflection.',
    ]);
    expect(planReflection(file(line))).toEqual([]);
    const ofInput = IMPORT.replace('../', '../../');
    expect(planReflection(file(ofInput + line, 'src/plans/filter/planted.ts'))).toEqual([]);
  });

  it.each([
    'const node = { table, columns } as unknown as PlanNode;',
    'const node = JSON.parse(text) as OneNode;',
    'return rows as readonly Source[];',
  ])('are not to be made by casts: %s', (line) => {
    expect(planReflection(file(IMPORT + line))).toEqual([
      'src/cache/planted.ts:2: Expected rowsOf and its like to make parts of plans, but got a cast.',
    ]);
  });
});
