import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeShop } from '../../scripts/demo/shop.ts';
import { freePort } from '../support/free-port.ts';
import { type Server, startServer } from '../support/server.ts';
import { Workplace } from './run-cli.ts';

let server: Server;
let place: Workplace;

beforeAll(async () => {
  server = await startServer();
  place = new Workplace();
});
afterAll(async () => {
  await server.stop();
  place.remove();
});

const importTo = (...args: readonly string[]) => place.run(['import', ...args, '--url', server.origin]);
const lines = (text: string): string[] => text.trim().split('\n');
const readNdjson = (path: string) => lines(readFileSync(path, 'utf8')).map((line) => JSON.parse(line));

const tenant = (id: string, changes: object = {}) => ({
  id,
  name: `Tenant ${id}`,
  plan: 'free',
  settings: { a: [1, 'x'] },
  created_at: '2026-01-01T00:00:00.000Z',
  ...changes,
});

describe('npm run shardql -- import', () => {
  it('imports a folder in the order of its foreign keys, and changes nothing the second time', async () => {
    const shop = makeShop({ tenants: 3, customers: 20, products: 5, orders: 400, reviews: 10 });
    for (const [table, rows] of Object.entries(shop)) place.writeRows(`shop/${table}.ndjson`, rows);
    place.write('shop/notes.txt', 'not a table');
    place.write('shop/manifest.json', '{}');
    const folder = join(place.folder, 'shop');

    const first = await importTo(folder);
    expect(first).toMatchObject({ code: 0, stderr: '' });
    for (const [table, rows] of Object.entries(shop)) {
      expect(first.stdout).toContain(`${table}: ${rows.length} inserted, 0 updated, 0 unchanged, 0 failed\n`);
    }
    const versionsOf = async () =>
      (await server.graphql('{ orders(first: 100) { nodes { nodeId version } } customers { nodes { version } } }'))
        .data;
    const versions = await versionsOf();
    const second = await importTo(folder);
    expect(second.code).toBe(0);
    expect(second.stdout).toContain(`orders: 0 inserted, 0 updated, ${shop.orders.length} unchanged, 0 failed\n`);
    expect(await versionsOf()).toEqual(versions);
    const { data } = await server.graphql('{ orders { totalCount } orderItems { totalCount } }');
    expect(data).toEqual({
      orders: { totalCount: shop.orders.length },
      orderItems: { totalCount: shop.order_items.length },
    });
  });

  it('reads the same rows from NDJSON, JSON and CSV', async () => {
    const rows = [tenant('f1'), tenant('f2', { name: 'a "quoted", name\nof two lines, é' })];
    await importTo(place.writeRows('formats/tenants.ndjson', rows));
    const unchanged = 'tenants: 0 inserted, 0 updated, 2 unchanged, 0 failed\n';
    const json = await importTo(place.write('formats/tenants.json', JSON.stringify(rows, null, 2)));
    expect(json).toMatchObject({ code: 0, stdout: unchanged });
    const csv = [
      'id,name,plan,settings,createdAt',
      'f1,Tenant f1,free,"{""a"":[1,""x""]}",2026-01-01T00:00:00Z',
      'f2,"a ""quoted"", name\nof two lines, é",free,"{""a"": [1, ""x""]}",2026-01-01T00:00:00.000Z',
    ];
    expect(await importTo(place.write('formats/Tenant.csv', csv.join('\r\n')))).toMatchObject({
      code: 0,
      stdout: unchanged,
    });
  });

  it('takes an empty cell of CSV, quoted or not, as NULL where the column has no default', async () => {
    await importTo(place.writeRows('empty/tenants.ndjson', [tenant('e')]));
    const header = 'id,tenant_id,name,email,phone,attributes,created_at\n';
    const row = (id: string, phone: string) => `${id},e,N,${id}@e.com,${phone},{},2026-01-01T00:00:00Z\n`;
    const path = place.write('empty/customers.csv', header + row('e1', '') + row('e2', '""') + row('e3', '+1'));
    expect(await importTo(path)).toMatchObject({ code: 0 });
    const { data } = await server.graphql('{ customers(shardKey: "e", orderBy: [{ id: ASC }]) { nodes { phone } } }');
    expect(data.customers.nodes).toEqual([{ phone: null }, { phone: null }, { phone: '+1' }]);
  });

  it('names each row that fails by file and line, keeps it in the reject file, and lets the others in', async () => {
    const path = place.writeRows('failing/tenants.ndjson', [
      ...Array.from({ length: 1_500 }, (_, index) => tenant(`r${index}`, { name: 'x'.repeat(2_000) })),
      tenant('r0', { plan: 'none' }),
      'no row',
      tenant('r1500'),
      tenant('r1501', { colour: 'red' }),
    ]);
    const { code, stdout, stderr } = await importTo(path, '--rejects', 'my-rejects.ndjson');
    expect(code).toBe(1);
    expect(stdout).toBe('tenants: 1501 inserted, 0 updated, 0 unchanged, 3 failed\n');
    expect(lines(stderr)).toEqual([
      expect.stringMatching(/tenants\.ndjson:1501: [A-Z_]+: /),
      expect.stringMatching(/tenants\.ndjson:1502: BAD_USER_INPUT: Expected a JSON object, but got "no row"\./),
      expect.stringMatching(/tenants\.ndjson:1504: BAD_USER_INPUT: Expected a column of Tenant, but got "colour"\./),
      '3 rows failed: see my-rejects.ndjson',
    ]);
    const rejects = readNdjson(join(place.folder, 'my-rejects.ndjson'));
    expect(rejects.map(({ file, line, row }) => [file, line, row])).toEqual([
      [path, 1501, tenant('r0', { plan: 'none' })],
      [path, 1502, 'no row'],
      [path, 1504, tenant('r1501', { colour: 'red' })],
    ]);
  });

  it('names the column of a value that fails, as the file and as the model call it, in what is printed and rejected', async () => {
    const csv = place.write(
      'columns/tenants.csv',
      'id,name,plan,settings,created_at\nv1,N,free,{},soon\nv2,N,none,{},2026-01-01\nv3,N,free,{,2026-01-01\n,N,free,{},2026-01-01\n',
    );
    const json = place.write(
      'columns/Tenant.json',
      JSON.stringify([
        tenant('v4', { name: 5 }),
        tenant('v5', { created_at: undefined, createdAt: true }),
        { name: 'N', plan: 'free' },
        tenant('v6', { colour: 'red' }),
        [1],
        tenant('v7', { name: null }),
      ]),
    );
    const { code, stderr } = await importTo(csv, json);
    expect(code).toBe(1);
    const printed = lines(stderr).map((line) => line.replaceAll(`${place.folder}/columns/`, ''));
    expect(printed.filter((line) => line.startsWith('tenants.csv'))).toEqual([
      expect.stringMatching(
        /^tenants\.csv:2: BAD_USER_INPUT: Expected .* "soon"\. Column created_at \(Tenant\.createdAt\)\.$/,
      ),
      expect.stringMatching(/^tenants\.csv:3: BAD_USER_INPUT: Expected .* "none"\. Column plan \(Tenant\.plan\)\.$/),
      expect.stringMatching(/^tenants\.csv:4: BAD_USER_INPUT: Expected .* Column settings \(Tenant\.settings\)\.$/),
      expect.stringMatching(/^tenants\.csv:5: NOT_NULL_VIOLATION: Expected .* Column id \(Tenant\.id\)\.$/),
    ]);
    expect(printed.filter((line) => line.startsWith('Tenant.json'))).toEqual([
      expect.stringMatching(/ 5\. Column name \(Tenant\.name\)\. Row 1\.$/),
      expect.stringMatching(/ true\. Column createdAt \(Tenant\.createdAt\)\. Row 2\.$/),
      expect.stringMatching(/NOT_NULL_VIOLATION: Expected .* Column Tenant\.id\. Row 3\.$/),
      expect.stringMatching(/Expected a column of Tenant, but got "colour"\. Row 4\.$/),
      expect.stringMatching(/Expected a JSON object, but got "\[1\]"\. Row 5\.$/),
      expect.stringMatching(/NOT_NULL_VIOLATION: .* Column name \(Tenant\.name\)\. Row 6\.$/),
    ]);
    const rejects = readNdjson(join(place.folder, 'shardql-rejects.ndjson'));
    expect(rejects.map(({ line, ordinal, column, field }) => [line, ordinal, column, field])).toEqual([
      [2, 1, 'created_at', 'Tenant.createdAt'],
      [3, 2, 'plan', 'Tenant.plan'],
      [4, 3, 'settings', 'Tenant.settings'],
      [5, 4, 'id', 'Tenant.id'],
      [1, 1, 'name', 'Tenant.name'],
      [1, 2, 'createdAt', 'Tenant.createdAt'],
      [1, 3, undefined, 'Tenant.id'],
      [1, 4, 'colour', undefined],
      [1, 5, undefined, undefined],
      [1, 6, 'name', 'Tenant.name'],
    ]);
  });

  it('stores nothing of a row that is not UTF-8, keeps its bytes, and lets the others in', async () => {
    const header = 'id,name,plan,settings,created_at\n';
    const text = `${header}enc1,Zoë,free,{},2026-01-01\nenc2,plain,free,{},2026-01-01\nenc3,\ufffd ë,free,{},2026-01-01\n`;
    const utf8 = place.write('encoding/tenants.csv', text);
    const latin1 = place.write('encoding/latin1/tenants.csv', '');
    writeFileSync(latin1, Buffer.from(text.replace('\ufffd ', '').replaceAll('enc', 'lat'), 'latin1'));
    expect(await importTo(utf8)).toMatchObject({ code: 0 });
    const { code, stdout, stderr } = await importTo(latin1);
    expect([code, stdout]).toEqual([1, 'tenants: 1 inserted, 0 updated, 0 unchanged, 2 failed\n']);
    expect(lines(stderr)[0]).toMatch(
      /tenants\.csv:2: UNREADABLE: Expected UTF-8, but got the byte 0xEB at byte 40 of the file\. .* iconv -f WINDOWS-1252 -t UTF-8$/,
    );
    const [reject] = readNdjson(join(place.folder, 'shardql-rejects.ndjson'));
    expect(reject).toMatchObject({ line: 2, code: 'UNREADABLE', row: null });
    expect(Buffer.from(reject.base64, 'base64').toString('latin1')).toBe('lat1,Zoë,free,{},2026-01-01');
    const { data } = await server.graphql(
      '{ tenants(where: { OR: [{ id: { startsWith: "enc" } }, { id: { startsWith: "lat" } }] }, orderBy: [{ id: ASC }]) { nodes { name } } }',
    );
    expect(data.tenants.nodes.map(({ name }: { name: string }) => name)).toEqual(['Zoë', 'plain', '\ufffd ë', 'plain']);
    const utf16 = place.write('encoding/utf16/tenants.csv', '');
    writeFileSync(utf16, Buffer.from(`\ufeff${text}`, 'utf16le'));
    expect(await importTo(utf8, utf16)).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringMatching(
        /tenants\.csv: Expected UTF-8, but got UTF-16: the file begins with the bytes FF FE/,
      ),
    });
  });

  it('tells keys that come twice: by both lines, or by their number where they are far apart', async () => {
    const far = Array.from({ length: 9_000 }, (_, index) => tenant(`far${index}`));
    const path = place.writeRows('twice/tenants.ndjson', [
      ...far,
      tenant('far1'),
      tenant('far2', { name: 'Last' }),
      tenant('far8999', { name: 'Last' }),
    ]);
    const { code, stdout, stderr } = await importTo(path);
    expect(code).toBe(0);
    expect(stdout).toBe('tenants: 9000 inserted, 2 updated, 1 unchanged, 0 failed; 2 with the key of an earlier row\n');
    expect(lines(stderr)).toEqual([
      `${path}:9003: Has the key of line 9000: the row that is written last stays.`,
      expect.stringMatching(/tenants\.ndjson:\d+-9003: 1 row changed what was written since the import began/),
    ]);
    const { data } = await server.graphql(
      '{ tenants(where: { name: { eq: "Last" } }, orderBy: [{ id: ASC }]) { nodes { id } } }',
    );
    expect(data.tenants.nodes).toEqual([{ id: 'far2' }, { id: 'far8999' }]);
    // Importing again writes such keys again; a file without them can be told apart from what was there before.
    const clean = await importTo(place.writeRows('twice/Tenant.ndjson', far), '--json');
    expect(JSON.parse(clean.stdout).tables[0]).toMatchObject({ updated: 2, unchanged: 8_998, repeated: 0 });
    expect(clean.stderr).toBe('');
  });

  it('names the lines of a key that comes twice in CSV and JSON, with --dry-run too', async () => {
    const csv =
      'id,name,plan,settings,created_at\nt1,"N\n2",free,{},2026-01-01\nt2,N,free,{},2026-01-01\nt1,M,free,{},2026-01-01\n';
    const dry = await importTo(place.write('twice/tenants.csv', csv), '--dry-run');
    expect(dry.stderr).toMatch(/tenants\.csv:5: Has the key of line 2: /);
    expect(dry.stdout).toBe('tenants: 3 valid, 0 failed; 1 with the key of an earlier row\n');
    const json = `[${JSON.stringify(tenant('t3'))},\n\n${JSON.stringify(tenant('t3'))}]`;
    const { stderr } = await importTo(place.write('twice/Tenant.json', json));
    expect(stderr).toMatch(/Tenant\.json:3: Has the key of line 1: /);
  });

  it('checks everything that the model tells in a dry run, and writes nothing', async () => {
    const path = place.writeRows('dry/tenants.ndjson', [
      tenant('dry1'),
      tenant('dry2', { name: null }),
      tenant('dry3', { plan: 'none' }),
      tenant('dry4', { colour: 'red' }),
      '',
    ]);
    const { code, stdout, stderr } = await importTo(path, '--dry-run');
    expect([code, stdout]).toEqual([1, 'tenants: 1 valid, 3 failed\n']);
    expect(stderr).toMatch(/:2: NOT_NULL_VIOLATION: .*\n.*:3: BAD_USER_INPUT: .*\n.*:4: BAD_USER_INPUT: .*"colour"/);
    const { data } = await server.graphql('{ tenants(where: { id: { startsWith: "dry" } }) { totalCount } }');
    expect(data.tenants.totalCount).toBe(0);
  });

  it('prints its result as JSON where asked to', async () => {
    const path = place.writeRows('json/tenants.ndjson', [tenant('j'), 'bad']);
    const { code, stdout } = await importTo(path, '--json');
    expect(code).toBe(1);
    const result = JSON.parse(stdout);
    const session = { 'x-shardql-token': result.token };
    const query = '{ tenant(by: { id: "j" }) @consistency(mode: SESSION) { name } }';
    expect((await server.graphql(query, {}, session)).data).toEqual({ tenant: { name: 'Tenant j' } });
    expect(result).toMatchObject({
      tables: [{ table: 'tenants', file: path, inserted: 1, updated: 0, unchanged: 0, failed: 1 }],
      failed: 1,
      rejects: 'shardql-rejects.ndjson',
    });
  });

  it('leaves out the rest of a file whose rows cannot be told apart any more, and says where', async () => {
    const csv = 'id,name,plan,settings,created_at\nq1,N,free,{},2026-01-01T00:00:00Z\nq2,"N"x,free,{},2026\nq3,N\n';
    const badCsv = await importTo(place.write('bad/tenants.csv', csv));
    expect(badCsv).toMatchObject({ code: 1, stdout: 'tenants: 1 inserted, 0 updated, 0 unchanged, 1 failed\n' });
    expect(badCsv.stderr).toMatch(
      /tenants\.csv:3: UNREADABLE: Expected quotes as in RFC 4180 .* The rest of the file is left out\./,
    );
    const badJson = await importTo(
      place.write('bad/tenants.json', `[${JSON.stringify(tenant('q4'))},\n{"id": [}, ${JSON.stringify(tenant('q5'))}]`),
    );
    expect(badJson).toMatchObject({ code: 1, stdout: 'tenants: 1 inserted, 0 updated, 0 unchanged, 1 failed\n' });
    expect(badJson.stderr).toMatch(
      /tenants\.json:2: UNREADABLE: Expected a JSON array of objects, but got brackets that do not match\. The rest of the file is/,
    );
    const object = await importTo(place.write('bad/Tenant.json', '{}'));
    expect(object.stderr).toMatch(/Expected a JSON array of objects, but got another value/);
    const short = await importTo(place.write('bad/Tenant.csv', 'id,name\nonly\n'));
    expect(short.stderr).toMatch(/Tenant\.csv:2: UNREADABLE: Expected 2 cells, as the header has, but got 1\./);
  });

  it('says where a file ends too early', async () => {
    const csv = await importTo(place.write('cut/tenants.csv', 'id,name\n"q5,N\n'));
    expect(csv.stderr).toMatch(/tenants\.csv:\d: UNREADABLE: Expected a quoted cell to end with a quote, but the file/);
    const json = await importTo(place.write('cut/tenants.json', `[${JSON.stringify(tenant('q6'))},`));
    expect(json.stderr).toMatch(/tenants\.json:1: UNREADABLE: Expected a JSON array of objects, but it does not end\./);
    expect(json).toMatchObject({ code: 1, stdout: 'tenants: 1 inserted, 0 updated, 0 unchanged, 1 failed\n' });
  });

  it('shows the first hundred rows that fail or repeat a key, and counts all', async () => {
    const bad = Array.from({ length: 150 }, (_, index) => `bad ${index}`);
    const same = Array.from({ length: 151 }, () => tenant('same'));
    const { stderr, stdout } = await importTo(place.writeRows('many/tenants.ndjson', [...bad, ...same]));
    expect(stdout).toBe(
      'tenants: 1 inserted, 0 updated, 150 unchanged, 150 failed; 150 with the key of an earlier row\n',
    );
    expect(lines(stderr).filter((line) => line.includes('BAD_USER_INPUT'))).toHaveLength(100);
    expect(lines(stderr).filter((line) => line.includes('Has the key of line 151'))).toHaveLength(100);
    expect(lines(stderr).filter((line) => line.startsWith('… further rows'))).toEqual([
      '… further rows that fail are in the reject file only.',
      '… further rows with the key of an earlier one are only counted.',
    ]);
  });

  it('tells an API that refuses from something that is no API', async () => {
    const answers = [
      [403, '{"errors":[{"message":"Expected a developer.","extensions":{"code":"FORBIDDEN"}}]}'],
      [502, 'Bad gateway'],
      [200, '<html>'],
    ] as const;
    const messages = [];
    for (const [status, body] of answers) {
      const stranger = createServer((_, response) => response.writeHead(status).end(body)).listen(0, '127.0.0.1');
      await once(stranger, 'listening');
      const { port } = stranger.address() as AddressInfo;
      const { code, stderr } = await place.run(['status', '--url', `http://127.0.0.1:${port}`]);
      stranger.close();
      expect(code).toBe(2);
      messages.push(stderr.trim().replace(String(port), 'PORT'));
    }
    expect(messages).toEqual([
      'http://127.0.0.1:PORT refused the request (403): FORBIDDEN: Expected a developer.',
      'http://127.0.0.1:PORT refused the request (502): Bad gateway',
      'Expected JSON from http://127.0.0.1:PORT/status, but got other text. Is it a ShardQL API?',
    ]);
  });

  it('exits with 2 and one line if it cannot work', async () => {
    const tenants = place.writeRows('usage/tenants.ndjson', [tenant('u')]);
    const csv = (name: string, text: string) => importTo(place.write(name, text));
    const cases = [
      [
        await place.run(['import', tenants, '--url', `http://127.0.0.1:${await freePort()}`]),
        /^Cannot reach http:.*ECONNREFUSED.*Start the API there, or say with --url where it is\.$/m,
      ],
      [await importTo(join(place.folder, 'nowhere')), /^Expected a file or folder at .*nowhere, but found none\./],
      [await importTo(place.writeRows('nothing.ndjson', [])), /named after one of the tables tenants, customers/],
      [await importTo(place.write('tenants.xml', '')), /^Expected a file that ends in \.ndjson, \.json or \.csv/],
      [await importTo(place.write('none/x.txt', '').replace('/x.txt', '')), /^Expected files named <table>\.ndjson/],
      [
        await csv('head/tenants.csv', 'id,colour\n'),
        /tenants\.csv:1: Expected a header of columns of tenants .*"colour"/,
      ],
      [await csv('twice/tenants.csv', 'id,id\n'), /tenants\.csv:1: Expected each column once, but got "id" twice\./],
      [
        await place.run(['import', tenants, '--url', 'nonsense']),
        /^Expected --url to be an address, but got "nonsense"/,
      ],
      [await place.run(['import']), /missing required argument/],
      [await importTo(tenants, '--colour'), /unknown option/],
      [
        await importTo(place.writeRows('usage/Tenant.ndjson', ['bad']), '--rejects', 'no/such/folder'),
        /ENOENT: no such file or directory, open 'no\/such\/folder'/,
      ],
      [await place.run(['exports']), /unknown command[\s\S]*\nAll commands: npm run shardql -- --help\n$/],
    ] as const;
    for (const [{ code, stderr }, message] of cases) {
      expect(stderr).toMatch(message);
      expect(stderr).not.toContain('    at ');
      expect(code).toBe(2);
    }
  });

  it('explains itself', async () => {
    const { code, stdout } = await place.run(['import', '--help']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/Examples:[\s\S]*Exit codes:\s+0 /);
  });
});
