/** Rows whose texts would be longer than SQLite allows in production, or than a request may have, are left to cells: the answer is the same. */
import { expect, it } from 'vitest';
import type { ColumnModel } from '../../src/model/types.ts';
import { isPrintable } from '../../src/model/wire-kinds.ts';
import allTypes from '../models/all-types/model.ts';
import wide from '../models/wide/model.ts';
import { createLabWorker } from '../support/lab-worker.ts';
import { bothWays } from '../support/text/both-ways.ts';
import { limitsExceeded } from '../support/text/limits-exceeded.ts';

const VALUE_BYTES = 100_000;
const samples = (count: number, fields: string): string =>
  `query @consistency(mode: STRONG) { account(by: { id: "a" }) { samples(first: ${count}) { nodes { ${fields} } } } }`;
const listed = (fields: string): string =>
  `query @consistency(mode: STRONG) { samples(shardKey: "a", first: 100) { nodes { ${fields} } } }`;

const isWritten = (column: ColumnModel): boolean =>
  isPrintable(column) && column.scalar !== 'JSON' && !column.generated;

async function withSamples(count: number) {
  const worker = createLabWorker(allTypes, 1);
  await worker.graphql('mutation { createAccount(data: { id: "a", name: "A" }) { id } }');
  for (let start = 0; start < count; start += 20) {
    const fields = Array.from(
      { length: 20 },
      (_, at) =>
        `s${at}: createSample(data: { accountId: "a", id: "${start + at}", textValue: $text, wide: "${start + at}" }) { id }`,
    );
    const text = 'x'.repeat(VALUE_BYTES);
    const { errors } = await worker.graphql(`mutation ($text: String!) { ${fields.join(' ')} }`, { text });
    expect(errors).toEqual([]);
  }
  return bothWays(worker);
}

it('rows of 1.8 MB are written by shards, and rows of 2.1 MB are not', async () => {
  const { answer } = await withSamples(40);
  for (const [count, shardTexts] of [
    [18, 1],
    [19, 0],
    [21, 0],
    [40, 0],
  ] as const) {
    const answers = await answer({ query: samples(count, 'id textValue') });
    expect(answers.written.length).toBeGreaterThan(count * VALUE_BYTES);
    expect(answers.written === answers.executed).toBe(true);
    expect(answers, `${count} rows`).toMatchObject({ isText: true, shardTexts });
  }
});

it('answers of 4, 9 and 29 MB are the same by cells', async () => {
  const { answer } = await withSamples(100);
  for (const [fields, shardTexts] of [
    ['a: textValue', 0],
    ['a: textValue b: textValue c: textValue', 0],
  ] as const) {
    const answers = await answer({ query: listed(fields) });
    expect(answers.written === answers.executed).toBe(true);
    expect(answers.shardTexts).toBe(shardTexts);
  }
});

it('all columns of the widest tables are written within the limits of production', async () => {
  const worker = createLabWorker(wide, 1);
  const { answer, schema } = bothWays(worker);
  let written = 0;
  for (const table of wide.tables) {
    const columns = table.columns
      .filter(isWritten)
      .map(({ name }, at) => `c${at}: ${name} d${at}: ${name}`)
      .join(' ');
    const list = Object.entries(schema.getQueryType()!.getFields()).find(([, { type }]) =>
      String(type).startsWith(`${table.typeName}Connection`),
    )![0];
    const query = `query @consistency(mode: STRONG) { ${list}(shardKey: "1") { edges { cursor node { nodeId ${columns} } } } }`;
    const answers = await answer({ query });
    expect(answers.written).toBe(answers.executed);
    for (const read of answers.reads) expect(limitsExceeded(wide, read)).toEqual([]);
    written += answers.shardTexts;
  }
  expect(written).toBeGreaterThan(0);
});

it('relations within each other are written within the limits of production, or not at all', async () => {
  const worker = createLabWorker(allTypes, 1);
  const { answer } = bothWays(worker);
  let fields = 'name';
  for (let level = 1; level <= 12; level++) {
    fields = `name parent { ${fields} } children { nodes { id name } }`;
    const query = `query @consistency(mode: STRONG) { categories(shardKey: "a", first: 5) { nodes { ${fields} } } }`;
    const answers = await answer({ query });
    expect(answers.written).toBe(answers.executed);
    for (const read of answers.reads) expect(limitsExceeded(allTypes, read), `${level} levels`).toEqual([]);
    expect(answers.shardTexts, `${level} levels`).toBe(level <= 8 ? 1 : 0);
  }
});
