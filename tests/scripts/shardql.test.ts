import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lineChunks } from '../../scripts/cli/line-chunks.ts';
import { makeShop } from '../../scripts/demo/shop.ts';
import { freePort, type Server, startServer } from '../support/server.ts';

const PROJECT = join(import.meta.dirname, '../..');

interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const shardql = (...args: readonly string[]): Promise<Outcome> =>
  new Promise((resolve) => {
    const child = spawn(process.execPath, ['scripts/shardql.ts', ...args], { cwd: PROJECT });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk) => (stdout += chunk));
    child.stderr.on('data', (chunk) => (stderr += chunk));
    child.once('close', (code) => resolve({ code, stdout, stderr }));
  });

describe('npm run shardql -- import', () => {
  let server: Server;
  let folder: string;

  beforeAll(async () => {
    server = await startServer();
    folder = mkdtempSync(join(tmpdir(), 'shardql-import-'));
  });
  afterAll(async () => {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const write = (name: string, rows: readonly (object | string)[]): string => {
    const path = join(folder, name);
    writeFileSync(path, rows.map((row) => (typeof row === 'string' ? row : JSON.stringify(row))).join('\n'));
    return path;
  };
  const importTo = (...paths: readonly string[]) => shardql('import', ...paths, '--url', server.origin);

  it('imports a folder in the order of its foreign keys, and changes nothing the second time', async () => {
    const shop = makeShop({ tenants: 3, customers: 20, products: 5, orders: 400, reviews: 10 });
    const shopFolder = join(folder, 'shop');
    mkdirSync(shopFolder);
    for (const [table, rows] of Object.entries(shop)) write(`shop/${table}.ndjson`, rows);
    write('shop/notes.txt', ['not a table']);

    const first = await importTo(shopFolder);
    expect(first).toMatchObject({ code: 0, stderr: '' });
    for (const [table, rows] of Object.entries(shop)) {
      expect(first.stdout).toContain(`${table}: ${rows.length} inserted, 0 updated, 0 unchanged, 0 failed\n`);
    }
    const second = await importTo(shopFolder);
    expect(second.code).toBe(0);
    expect(second.stdout).toContain(`orders: 0 inserted, 0 updated, ${shop.orders.length} unchanged, 0 failed\n`);
    const { data } = await server.graphql('{ orders { totalCount } orderItems { totalCount } }');
    expect(data).toEqual({
      orders: { totalCount: shop.orders.length },
      orderItems: { totalCount: shop.order_items.length },
    });
  });

  it('names each row that fails by file and line, beyond the first chunk too, and exits with 1', async () => {
    const row = (id: number) => ({
      id: `t${id}`,
      name: 'x'.repeat(1_000),
      plan: 'free',
      settings: {},
      createdAt: '2026-01-01',
    });
    const path = write('Tenant.ndjson', [
      ...Array.from({ length: 1_500 }, (_, index) => row(index)),
      { ...row(0), plan: 'none' },
      'no row',
      row(1_500),
    ]);
    const { code, stdout, stderr } = await importTo(path);
    expect(code).toBe(1);
    expect(stdout).toBe('tenants: 1501 inserted, 0 updated, 0 unchanged, 2 failed\n');
    expect(stderr.trim().split('\n')).toEqual([
      expect.stringMatching(/Tenant\.ndjson:1501: [A-Z_]+: /),
      expect.stringMatching(/Tenant\.ndjson:1502: BAD_USER_INPUT: Expected a JSON object, but got "no row"\./),
    ]);
  });

  it('exits with 2 and one line if it cannot work', async () => {
    const nobody = await shardql('import', folder, '--url', `http://127.0.0.1:${await freePort()}`);
    const cases = [
      [nobody, /^Cannot reach http:/],
      [await importTo(join(folder, 'nowhere')), /^Expected a file or folder at /],
      [await importTo(write('nothing.ndjson', [])), /named after one of the tables tenants, customers/],
      [await shardql('import', folder, '--url', 'nonsense'), /^Expected --url to be an address, but got "nonsense"/],
      [await shardql('import'), /missing required argument/],
      [await shardql('export'), /unknown command/],
    ] as const;
    for (const [{ code, stderr }, message] of cases) {
      expect(stderr).toMatch(message);
      expect(stderr).not.toContain('    at ');
      expect(code).toBe(2);
    }
  });
});

describe('chunks of lines', () => {
  const chunksOf = async (text: string, pieceBytes: number, chunkBytes: number) => {
    const bytes = Buffer.from(text);
    const pieces = async function* () {
      for (let at = 0; at < bytes.length; at += pieceBytes) yield bytes.subarray(at, at + pieceBytes);
    };
    const chunks: [number, string][] = [];
    for await (const { firstLine, bytes: lines } of lineChunks(pieces(), chunkBytes)) {
      chunks.push([firstLine, lines.toString()]);
    }
    return chunks;
  };

  it('are whole lines with the number of their first, together the file', async () => {
    for (const pieceBytes of [1, 3, 100]) {
      for (const chunkBytes of [1, 4, 1_000]) {
        const text = 'ab\ncdé\n\nf\nlong line\nlast';
        const chunks = await chunksOf(text, pieceBytes, chunkBytes);
        expect(chunks.map(([, lines]) => lines).join('')).toBe(text);
        let line = 1;
        for (const [firstLine, lines] of chunks) {
          expect(firstLine).toBe(line);
          line += lines.split('\n').length - 1;
        }
        for (const [, lines] of chunks.slice(0, -1)) expect(lines.endsWith('\n')).toBe(true);
      }
    }
    expect(await chunksOf('', 10, 10)).toEqual([]);
  });
});
