import { describe, expect, it } from 'vitest';
import { MAX_BACKUP_RECORDS } from '../../../src/shards/backup-record.ts';
import { versionAt } from '../../../src/shards/version.ts';
import { postGraphQL } from '../../support/graphql.ts';
import { confirmed } from '../../support/operator/confirmed.ts';
import { shopWorker } from '../support.ts';

const AS_OF = '2030-01-31T12:00:00.000Z';
const VERSION = String(versionAt(Date.parse(AS_OF)));
const HASH = '0a'.repeat(32);
const RECORD = `mutation ($id: ID!, $place: String!, $version: String!, $rows: Float!, $hash: String!, $basedOn: String) {
  recordBackup(
    id: $id, place: $place, version: $version, shards: 3, rows: $rows, bytes: 4096, contentHash: $hash, basedOn: $basedOn
  ) { id by asOf }
}`;
const LIST = '{ backups(first: 200) { id by place asOf version shardCount rowCount bytes contentHash basedOn } }';

const told = (changes: object = {}) => ({
  ...{ id: crypto.randomUUID(), place: 'r2://backups/daily', version: VERSION, rows: 1_000, hash: HASH, basedOn: null },
  ...changes,
});

function operator() {
  const send = shopWorker({ SHARDQL_DEVELOPMENT: 'true' });
  return (query: string, variables: Record<string, unknown> = {}) =>
    postGraphQL('/operator', query, variables, {}, send);
}

describe('backups at /operator', () => {
  it('are those that were told of, latest first, each once', async () => {
    const ask = operator();
    const [first, second] = [told(), told({ place: '/srv/backups', basedOn: VERSION })];
    for (const each of [first, second, first]) expect((await ask(RECORD, each)).errors).toEqual([]);
    const { data } = await ask(LIST);
    const common = { by: 'developer', asOf: AS_OF, version: VERSION, shardCount: 3, rowCount: 1_000, bytes: 4_096 };
    expect(data.backups).toEqual([
      { ...common, id: second.id, place: '/srv/backups', contentHash: HASH, basedOn: VERSION },
      { ...common, id: first.id, place: 'r2://backups/daily', contentHash: HASH, basedOn: null },
    ]);
  });

  it('are kept as long as there is room for them', async () => {
    const ask = operator();
    for (let at = 0; at <= MAX_BACKUP_RECORDS; at++) await ask(RECORD, told({ rows: at }));
    const { data } = await ask(LIST);
    expect(data.backups).toHaveLength(MAX_BACKUP_RECORDS);
    expect(data.backups.at(-1).rowCount).toBe(1);
    // Those that are forgotten take no room.
    await confirmed(ask, `forgetBackup(id: "${data.backups[0].id}")`, 'backup { id }');
    await ask(RECORD, told({ rows: 999 }));
    const rows = (await ask(LIST)).data.backups.map(({ rowCount }: { rowCount: number }) => rowCount);
    expect([rows.length, rows[0], rows.at(-1)]).toEqual([MAX_BACKUP_RECORDS, 999, 1]);
  });

  it('are forgotten after a preview, which is in the audit log', async () => {
    const ask = operator();
    const backup = told();
    await ask(RECORD, backup);
    const forget = `forgetBackup(id: "${backup.id}")`;
    const refused = await ask(`mutation { ${forget} { backup { id } } }`);
    expect(refused.errors).toMatchObject([{ extensions: { code: 'CONFIRMATION_REFUSED' } }]);
    const { data } = await confirmed(ask, forget, 'backup { id }');
    expect(data.forgetBackup.backup).toEqual({ id: backup.id });
    expect((await ask(LIST)).data.backups).not.toContainEqual(expect.objectContaining({ id: backup.id }));
    expect(
      (await ask(`mutation { ${forget.replace(')', ', preview: true)')} { backup { id } } }`)).errors,
    ).toMatchObject([{ extensions: { code: 'NOT_FOUND' } }]);
    const log = await ask('{ auditLog(first: 3) { nodes { action target outcome } } }');
    expect(log.data.auditLog.nodes).toEqual([
      { action: 'forget-backup', target: backup.id, outcome: 'SUCCEEDED' },
      { action: 'forget-backup', target: backup.id, outcome: 'CONFIRMATION_REFUSED' },
      { action: 'record-backup', target: backup.id, outcome: 'SUCCEEDED' },
    ]);
  });

  it.each([
    [{ id: 'x' }, 'Expected id to be a UUID, but got "x".'],
    [{ place: '' }, 'Expected place to be a text of 1 to 500 characters, but got "".'],
    [{ version: '-1' }, 'Expected version to be the version of a row, but got "-1".'],
    [{ rows: 0.5 }, 'Expected rows to be a whole number of at least 0, but got "0.5".'],
    [{ hash: 'x' }, 'Expected contentHash to be 64 hexadecimal digits, but got "x".'],
  ])('refuse what is none: %j', async (changes, message) => {
    expect((await operator()(RECORD, told(changes))).errors).toMatchObject([
      { message, extensions: { code: 'BAD_USER_INPUT' } },
    ]);
  });
});

describe('a session at /operator', () => {
  const SESSION =
    'query ($token: String!) { session(token: $token) { isSealed isReadable epoch shards { name version at } others } }';

  it('is what its token tells', async () => {
    const send = shopWorker({ SHARDQL_DEVELOPMENT: 'true' });
    const name = crypto.randomUUID();
    const answer = await postGraphQL(
      '/graphql',
      `mutation { createTenant(data: { id: "${name}", name: "S", plan: FREE, settings: {} }) { version } }`,
      ...[{}, {}, send],
    );
    const token = answer.headers.get('x-shardql-token')!;
    const { data, errors } = await postGraphQL('/operator', SESSION, { token }, {}, send);
    expect(errors).toEqual([]);
    expect(data.session).toMatchObject({ isSealed: false, isReadable: true, others: null });
    expect(data.session.shards).toMatchObject([{ version: answer.data.createTenant.version }]);
    expect(Math.abs(Date.parse(data.session.shards[0].at) - Date.now())).toBeLessThan(60_000);
  });

  it('is not readable, where it was sealed elsewhere, and is refused, where it is no token', async () => {
    const ask = operator();
    const { data } = await ask(SESSION, { token: `s1.${'A'.repeat(100)}` });
    expect(data.session).toMatchObject({ isSealed: true, isReadable: false, shards: [] });
    expect((await ask(SESSION, { token: 'x' })).errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
  });
});
