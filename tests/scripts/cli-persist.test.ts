import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { Workplace } from './run-cli.ts';

const workplace = new Workplace();
afterAll(() => workplace.remove());

const SCHEMA = join(import.meta.dirname, '../../schema.graphql');

let folders = 0;

/** Runs the command on files of a folder of its own; gives the manifest too, if there is one. */
async function persist(files: Readonly<Record<string, string>>) {
  const folder = `documents-${++folders}`;
  for (const [name, text] of Object.entries(files)) workplace.write(join(folder, name), text);
  const json = Object.keys(files).filter((name) => name.endsWith('.json'));
  const paths = [folder, ...json.map((name) => join(folder, name))];
  const out = `${folder}.json`;
  const outcome = await workplace.run(['persist', ...paths, '--schema', SCHEMA, '--out', out]);
  let operations: { id: string; name: string; type: string; body: string }[] | null = null;
  try {
    const manifest = JSON.parse(readFileSync(join(workplace.folder, out), 'utf8'));
    expect(manifest).toMatchObject({ format: 'apollo-persisted-query-manifest', version: 1 });
    operations = manifest.operations;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  return { ...outcome, operations };
}

describe('shardql persist', () => {
  it('writes each operation with the fragments that it needs, of whatever file', async () => {
    const { code, stdout, operations } = await persist({
      'b.graphql': 'query Newest { orders(first: 3) { nodes { ...Line } } }\nmutation Go { __typename }',
      'deep/fragments.gql':
        'fragment Line on Order { id customer { ...Who } }\nfragment Who on Customer { name }\nfragment Unused on Order { id }',
    });
    expect([code, stdout]).toEqual([0, '2 operations in documents-1.json\n']);
    expect(operations!.map(({ name, type }) => [name, type])).toEqual([
      ['Go', 'mutation'],
      ['Newest', 'query'],
    ]);
    const [, newest] = operations!;
    expect(newest!.body).toContain('fragment Who on Customer');
    expect(newest!.body).not.toContain('Unused');
    expect(newest!.id).toBe(createHash('sha256').update(newest!.body).digest('hex'));
  });

  it('takes manifests of other tools with their ids', async () => {
    const body = 'query A { __typename }';
    const { operations } = await persist({
      'apollo.json': JSON.stringify({
        format: 'apollo-persisted-query-manifest',
        version: 1,
        operations: [{ id: 'x', name: 'A', type: 'query', body }],
      }),
      'relay.json': JSON.stringify({ y: 'query B { __typename }' }),
    });
    expect(operations).toEqual([
      { id: 'x', name: 'A', type: 'query', body },
      { id: 'y', name: 'B', type: 'query', body: 'query B { __typename }' },
    ]);
  });

  it.each([
    ['a field that the API lacks', { 'a.graphql': 'query A {\n  nope\n}' }, /a\.graphql:2: Cannot query field "nope"/],
    ['a syntax error', { 'a.graphql': 'query A {' }, /a\.graphql:1: Syntax Error/],
    [
      'an operation without a name',
      { 'a.graphql': '\n{ __typename }' },
      /a\.graphql:2: Expected an operation with a name/,
    ],
    [
      'two of one name',
      { 'a.graphql': 'query A { __typename }', 'b.graphql': 'query A { a: __typename }' },
      /one operation called A/,
    ],
    ['a fragment that is missing', { 'a.graphql': 'query A { ...F }' }, /Unknown fragment "F"/],
    [
      'two fragments of one name',
      {
        'a.graphql': 'query A { ...F }\nfragment F on Query { __typename }',
        'b.graphql': 'fragment F on Query { __typename }',
      },
      /one fragment called F/,
    ],
    ['a type', { 'a.graphql': 'type A { a: Int }' }, /a\.graphql:1: Expected operations and fragments/],
  ])('says where there is %s, and writes nothing', async (_, files, message) => {
    const { code, stderr, operations } = await persist(files as Record<string, string>);
    expect([code, operations]).toEqual([1, null]);
    expect(stderr).toMatch(message);
  });

  it('refuses what is no manifest, and folders without documents', async () => {
    expect(await persist({ 'a.json': '[1]' })).toMatchObject({ code: 2, operations: null });
    expect(await persist({ 'a.txt': 'query A { __typename }' })).toMatchObject({ code: 2, operations: null });
  });
});
