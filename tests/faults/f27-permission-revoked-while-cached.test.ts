/** F27: a permission is revoked while what it showed is cached, in the memory of other isolates or in KV: the next request is denied. */
import { env } from 'cloudflare:workers';
import { beforeEach, expect, it } from 'vitest';
import { claim } from '../../src/index.ts';
import type { RoleRules } from '../../src/model/table-rules.ts';
import { CONSISTENCY_MODES, type Model } from '../../src/model/types.ts';
import {
  deployedWorker,
  type Headers,
  loadRows,
  OPERATOR,
  post,
  signed,
  textOf,
} from '../http/attacks/reads/attack-lab.ts';
import { ATTACKER } from '../http/attacks/reads/hidden-rows.ts';
import type { Send } from '../http/support.ts';
import model from '../models/access/model.ts';

/** Entries go to KV at once, and are believed for as long as can be. */
const CACHE = { cache: { kvFillReads: 1, kvDistanceMs: 0 } };
const isolate = (release: Model = model): Send => deployedWorker({ model: release, ...CACHE }, { KV: env.STAMPS });

const ofDoc = (mode: string, id: string) =>
  `query @consistency(mode: ${mode}) { doc(by: { id: "${id}" }, shardKey: "s1") { id title } docs(shardKey: "s1", where: { id: { eq: "${id}" } }) { totalCount nodes { title } } }`;

const SEEN = /"doc":\{"id":"\w+","title":"[^"]+"\},"docs":\{"totalCount":1,"nodes":\[\{/;
const UNSEEN = '"data":{"doc":null,"docs":{"totalCount":0,"nodes":[]}}';

let changing: Send;
let member: Headers;

beforeEach(async () => {
  changing = isolate();
  member = await signed(ATTACKER);
});

async function change(mutation: string): Promise<void> {
  expect(await textOf(post(changing, { query: `mutation { ${mutation} }` }, OPERATOR))).not.toContain('"errors"');
}

/** Reads until caches hold what they will. */
async function warm(reading: Send, query: string, headers: Headers): Promise<void> {
  for (let reads = 0; reads < 3; reads++) expect(await textOf(post(reading, { query }, headers))).toMatch(SEEN);
}

it('rows are there', () => loadRows(changing));

it.each(CONSISTENCY_MODES)('what another row allowed is gone with that row, %s', async (mode) => {
  await change('createShare(data: { spaceId: "s1", docId: "d2", personId: "p1" }) { docId }');
  const readers = [isolate(), isolate()];
  for (const reader of readers) await warm(reader, ofDoc(mode, 'd2'), member);
  await change(
    'deleteShares(shardKey: "s1", where: { docId: { eq: "d2" }, personId: { eq: "p1" } }, atMost: 1) { affectedCount }',
  );
  for (const reader of [...readers, isolate()]) {
    expect(await textOf(post(reader, { query: ofDoc(mode, 'd2') }, member))).toContain(UNSEEN);
  }
});

it.each(CONSISTENCY_MODES)('what a column of the row allowed is gone with its value, %s', async (mode) => {
  const readers = [isolate(), isolate()];
  for (const reader of readers) await warm(reader, ofDoc(mode, 'd3'), member);
  await change('updateDoc(by: { id: "d3" }, shardKey: "s1", data: { state: DRAFT }) { id }');
  for (const reader of [...readers, isolate()]) {
    expect(await textOf(post(reader, { query: ofDoc(mode, 'd3') }, member))).toContain(UNSEEN);
  }
  await change('updateDoc(by: { id: "d3" }, shardKey: "s1", data: { state: PUBLISHED }) { id }');
});

it.each(CONSISTENCY_MODES)('a release with another rule goes by it at once, whatever KV has, %s', async (mode) => {
  const before = isolate();
  await warm(before, ofDoc(mode, 'd3'), member);
  const rules = model.roles.get('member')!;
  const doc = {
    ...rules.get('Doc')!,
    read: { spaceId: { eq: claim('shardKey') }, ownerId: { eq: claim('personId') } },
  };
  const roles = new Map<string, RoleRules>([...model.roles, ['member', new Map([...rules, ['Doc', doc]])]]);
  const after = isolate({ ...model, roles });
  expect(await textOf(post(after, { query: ofDoc(mode, 'd3') }, member))).toContain(UNSEEN);
  expect(await textOf(post(after, { query: ofDoc(mode, 'd1') }, member))).toMatch(SEEN);
  // Rows are shared below the rules: operators go on seeing them.
  expect(await textOf(post(after, { query: ofDoc(mode, 'd3') }, OPERATOR))).toMatch(SEEN);
});

it.each(CONSISTENCY_MODES)('a credential with other claims sees by those at once, %s', async (mode) => {
  const reader = isolate();
  await warm(reader, ofDoc(mode, 'd1'), member);
  for (const claims of [{ shardKey: 's2', personId: 'p1' }, { shardKey: 's1', personId: 'p9' }, { personId: 'p1' }]) {
    const other = await signed({ role: 'member', ...claims });
    expect(await textOf(post(reader, { query: ofDoc(mode, 'd1') }, other))).toContain(UNSEEN);
  }
  const unknown = await signed({ role: 'nobody', shardKey: 's1', personId: 'p1' });
  expect((await post(reader, { query: ofDoc(mode, 'd1') }, unknown)).status).toBe(403);
});
