/** F34b: a write was applied, but its answer got lost; the router tries again. It has one effect, on one shard. */
import { beforeAll, describe, expect, it } from 'vitest';
import { createRouter, type Intercept, resetError } from '../support/in-process-router.ts';

const plain = createRouter();

/** Applies the first write of each kind of call, and loses its answer. */
function losesFirstAnswer(): { intercept: Intercept; writes: string[] } {
  const writes: string[] = [];
  const intercept: Intercept = async (call) => {
    if (call.method !== 'write') return call.send();
    writes.push(call.shard);
    const answer = await call.send();
    if (writes.length === 1) throw resetError();
    return answer;
  };
  return { intercept, writes };
}

const CREATE = 'mutation ($data: TenantCreateInput!) { createTenant(data: $data) { id name version } }';

describe('a write whose first answer is lost', () => {
  beforeAll(async () => {
    const answer = await plain.graphql(CREATE, { data: { id: 'lost-ack', name: 'Old', plan: 'FREE', settings: {} } });
    expect(answer.errors).toEqual([]);
  });

  it('creates a row with a generated id once, on the same shard', async () => {
    const { intercept, writes } = losesFirstAnswer();
    const name = `generated ${crypto.randomUUID()}`;
    const answer = await createRouter(intercept).graphql(CREATE, { data: { name, plan: 'FREE', settings: {} } });
    expect(answer.errors).toEqual([]);
    expect(writes).toHaveLength(2);
    expect(writes[1]).toBe(writes[0]);
    const found = await plain.graphql(
      'query ($name: String!) { tenants(where: { name: { eq: $name } }) { nodes { id name version } } }',
      { name },
    );
    expect(found.data.tenants.nodes).toEqual([answer.data.createTenant]);
  });

  it('creates a row with a given id without calling its repetition a duplicate', async () => {
    const { intercept, writes } = losesFirstAnswer();
    const data = { id: `given-${crypto.randomUUID()}`, name: 'Given', plan: 'FREE', settings: {} };
    const answer = await createRouter(intercept).graphql(CREATE, { data });
    expect(answer.errors).toEqual([]);
    expect(writes).toHaveLength(2);
  });

  it('updates a row once, although the version that it expected is gone at the second try', async () => {
    const before = await plain.graphql('{ tenant(by: { id: "lost-ack" }) { version } }');
    const { intercept, writes } = losesFirstAnswer();
    const answer = await createRouter(intercept).graphql(
      `mutation ($version: Version!) {
        updateTenant(by: { id: "lost-ack" }, data: { name: "New" }, expectedVersion: $version) { name version }
      }`,
      { version: before.data.tenant.version },
    );
    expect(answer.errors).toEqual([]);
    expect(writes).toHaveLength(2);
    const after = await plain.graphql('{ tenant(by: { id: "lost-ack" }) { name version } }');
    expect(after.data.tenant).toEqual(answer.data.updateTenant);
  });

  it('deletes a row and tells what it was, although it is gone at the second try', async () => {
    const { intercept, writes } = losesFirstAnswer();
    await plain.graphql(CREATE, { data: { id: 'doomed', name: 'Doomed', plan: 'FREE', settings: {} } });
    const answer = await createRouter(intercept).graphql('mutation { deleteTenant(by: { id: "doomed" }) { id name } }');
    expect(answer.errors).toEqual([]);
    expect(answer.data.deleteTenant).toEqual({ id: 'doomed', name: 'Doomed' });
    expect(writes).toHaveLength(2);
  });
});

describe('a write that never arrives', () => {
  it('is tried again', async () => {
    let lost = 0;
    const router = createRouter(async (call) => {
      if (call.method === 'write' && lost++ === 0) throw resetError();
      return call.send();
    });
    const id = `late-${crypto.randomUUID()}`;
    const answer = await router.graphql(CREATE, { data: { id, name: 'Late', plan: 'FREE', settings: {} } });
    expect(answer.errors).toEqual([]);
    expect(answer.data.createTenant.id).toBe(id);
  });
});
