import { describe, expect, it } from 'vitest';
import {
  type CascadingTables,
  cascadingModel,
  chainBelowCircle,
  chainOf,
  chainOfTrees,
  circleOf,
} from '../support/cascades.ts';
import { testRefusedModels } from './refused-model.ts';

const refused = (shape: CascadingTables, where: string, message: RegExp) => ({
  define: () => cascadingModel(shape),
  where: [where],
  message,
});

/** Each table of a layer refers to both of the layer before. */
const layers = (count: number): CascadingTables => ({
  tables: 2 * count,
  references: Array.from({ length: count - 1 }, (_, layer) =>
    [2, 3].flatMap((child) => [0, 1].map((parent) => [2 * layer + child, 2 * layer + parent] as const)),
  ).flat(),
});

testRefusedModels('Models that cascade deeper than SQLite compiles', {
  'a chain of 11 tables': refused(chainOf(11), 'T0 (table "t0")', /up to 11, .*: T0 ← T1 ← .* ← T10\.$/),
  'a longer chain': refused(chainOf(14), 'T0', /a delete of T0 to nest at most 10 triggers, but got up to 14/),
  'a circle of 11 tables': refused(circleOf(11), 'T', /up to 11, .*: \(T\d+(, T\d+){10}\)\.$/),
  'a chain of 6 tables that refer to themselves': refused(chainOfTrees(6), 'T0', /up to 11, .*: T0 ← .* ← T5\.$/),
  'a chain of 8 tables below a circle': refused(
    chainBelowCircle(10),
    'T1',
    /up to 11, .*: \(T1, T0\) ← T2 ← .* ← T9\.$/,
  ),
  'a long way beside a short one': refused(
    { tables: 11, references: [[10, 0], ...chainOf(11).references] },
    'T0',
    /up to 11/,
  ),
  'keys that change through 11 tables': refused(
    { ...chainOf(11), action: 'onUpdate', key: 'code' },
    'T0',
    /a change of a key of T0 to nest at most 10 triggers, but got up to 11/,
  ),
});

describe('Models that SQLite compiles', () => {
  it.each<[string, CascadingTables]>([
    ['a chain of 10 tables', chainOf(10)],
    ['a circle of 10 tables', circleOf(10)],
    ['a chain of 5 tables that refer to themselves', chainOfTrees(5)],
    ['a chain of 7 tables below a circle', chainBelowCircle(9)],
    ['many tables in 10 layers', layers(10)],
    ['a table to which 40 refer', { tables: 41, references: Array.from({ length: 40 }, (_, at) => [at + 1, 0]) }],
    ['keys that change through 10 tables', { ...chainOf(10), action: 'onUpdate', key: 'code' }],
  ])('%s: are accepted', (_, shape) => {
    expect(cascadingModel(shape).tables).toHaveLength(shape.tables);
  });

  it('a chain that restricts in its middle is accepted', () => {
    expect(cascadingModel(chainOf(14), (reference) => reference !== 6).tables).toHaveLength(14);
  });

  it('a chain by primary keys, which would cascade if they could change, is accepted', () => {
    expect(cascadingModel({ ...chainOf(14), action: 'onUpdate' }).tables).toHaveLength(14);
  });
});
