import { describe, expect, it } from 'vitest';
import { KeyedField } from '../../../src/resolvers/idempotency/keyed-field.ts';
import { type Caller, DEVELOPER } from '../../../src/shards/protocol/envelope.ts';

interface Asked {
  readonly caller?: Caller;
  readonly key?: string;
  readonly args?: Readonly<Record<string, unknown>>;
  readonly path?: string;
}

const fieldOf = ({ caller = DEVELOPER, key = 'k', args = { a: 1, b: [null] }, path = 'm' }: Asked = {}) =>
  new KeyedField(caller, key, { name: 'createOrder', args, path: [path] });
const madeBy = async (asked?: Asked, written: unknown = ['plan']) =>
  await fieldOf(asked).nextCommit().idempotency(written);

describe('the id of a keyed commit', () => {
  it('is a UUID, and the same whenever the same is sent', async () => {
    const made = await madeBy();
    expect(made.id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(await madeBy()).toEqual(made);
  });

  it('differs for other callers, keys and response keys', async () => {
    const user = (claims: Caller['claims']): Caller => ({ role: 'user', claims });
    const ids = await Promise.all(
      [
        {},
        { key: 'l' },
        { path: 'n' },
        { caller: user({}) },
        { caller: user({ sub: 'ada' }) },
        { caller: user({ sub: 'bob' }) },
        { caller: user({ sub: 'bob', tenant: 't1' }) },
      ].map(async (asked) => (await madeBy(asked)).id),
    );
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('does not hang on what belongs to a token, nor on the order of claims', async () => {
    const caller = (claims: Caller['claims']): Caller => ({ role: 'user', claims });
    const before = await madeBy({ caller: caller({ sub: 'ada', tenant: 't1', iat: 1, exp: 2, jti: 'x' }) });
    expect(await madeBy({ caller: caller({ tenant: 't1', sub: 'ada', iat: 3, exp: 4 }) })).toEqual(before);
  });

  it('differs for each commit of a field, in their order', async () => {
    const ids = async () => {
      const field = fieldOf();
      return await Promise.all([field.id, field.nextCommit().id, field.nextCommit().id]);
    };
    expect(new Set(await ids()).size).toBe(3);
    expect(await ids()).toEqual(await ids());
  });
});

describe('the fingerprint of a keyed commit', () => {
  it('is that of the arguments and of what is written, whatever the order of members', async () => {
    const made = await madeBy();
    expect(await madeBy({ args: { b: [null], a: 1 } })).toEqual(made);
    const others = await Promise.all([
      madeBy({ args: { a: 1 } }),
      madeBy({ args: { a: 1, b: [] } }),
      madeBy({ args: { a: '1', b: [null] } }),
      madeBy({ args: { a: 1n, b: [null] } }),
      madeBy({}, ['another plan']),
    ]);
    expect(new Set([made, ...others].map(({ fingerprint }) => fingerprint)).size).toBe(6);
    expect(new Set(others.map(({ id }) => id))).toEqual(new Set([made.id]));
  });
});
