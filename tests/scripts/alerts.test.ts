/** `npm run shardql -- alerts` and what `doctor` is told, on a deployment in which something is wrong. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Server, startServer } from '../support/server.ts';
import { Workplace } from './run-cli.ts';

const TOKEN = 'o'.repeat(32);
const SECRET = `whsec_${Buffer.alloc(32, 'x').toString('base64')}`;
/** Two looks of the monitor, and what comes before them. */
const WITHIN_MS = 150_000;

interface Told {
  readonly type: string;
  readonly data: { readonly rule: string };
}

const told: Told[] = [];
/** Messages whose signature is not that of the secret throw. */
const receiver = createServer(async (request, response) => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  told.push(new Webhook(SECRET).verify(Buffer.concat(chunks), request.headers as Record<string, string>) as Told);
  response.writeHead(204).end();
});

const place = new Workplace();
let server: Server;
let origin: string;
beforeAll(async () => {
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`;
  server = await startServer({
    operatorToken: TOKEN,
    env: { SHARDQL_ALERT_WEBHOOK: `${origin}/hook`, SHARDQL_ALERT_SECRET: SECRET },
  });
});
afterAll(async () => {
  await server?.stop();
  receiver.close();
  place.remove();
});

const run = (...words: readonly string[]) => place.run([...words, '--url', server.origin, '--token', TOKEN]);
const alerts = (...words: readonly string[]) => run('alerts', ...words);

/** As many callers as that have no valid credential. */
const sendDenied = (count: number) =>
  Promise.all(
    Array.from({ length: count }, async () => {
      const headers = { authorization: `Bearer ${'w'.repeat(40)}`, 'content-type': 'application/json' };
      await (await fetch(server.url, { method: 'POST', headers, body: '{"query":"{ __typename }"}' })).text();
    }),
  );

describe('alerts', () => {
  it('are none where nothing is wrong, and a test reaches the webhook, signed', async () => {
    expect(await alerts('list')).toEqual({
      ...{ code: 0, stderr: '' },
      stdout: `no alerts; webhook ${origin}: nothing waits\n`,
    });
    expect(await alerts('test')).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^delivered: status 204 after \d+ ms\n$/),
    });
    expect(told.map(({ type }) => type)).toEqual(['alert.test']);
  });

  it('are listed while they fire, silenced, and acknowledged', { timeout: WITHIN_MS + 60_000 }, async () => {
    const endMs = Date.now() + WITHIN_MS;
    let list = await alerts('list');
    while (list.code === 0 && Date.now() < endMs) {
      await sendDenied(30);
      await new Promise((resolve) => setTimeout(resolve, 2_000));
      list = await alerts('list');
    }
    expect(list).toMatchObject({
      code: 1,
      stdout: expect.stringMatching(/^1 {2}FIRING WARNING authentication \(deployment\) since /),
    });
    expect(list.stdout).toContain('had no valid credential');
    expect(told.slice(1)).toMatchObject([{ type: 'alert.firing', data: { rule: 'authentication' } }]);

    const silenced = await alerts('silence', '--rule', 'authentication', '--minutes', '5', '--reason', 'keys change');
    expect(silenced).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(
        /^silence 1: authentication, every subject, until \S+, by operator: keys change\n$/,
      ),
    });
    expect(await alerts('ack', '1')).toEqual({ code: 0, stdout: 'alert 1 is acknowledged\n', stderr: '' });
    const { stdout, code } = await alerts('list', '--json');
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      alerts: [{ id: '1', rule: 'authentication', acknowledgedBy: 'operator', silencedUntil: expect.any(String) }],
      silences: [{ id: '1', reason: 'keys change' }],
    });
    expect(await alerts('silence', '--remove', '1')).toEqual({
      code: 0,
      stdout: 'silence 1 is taken back\n',
      stderr: '',
    });
    expect(JSON.parse((await alerts('list', '--json')).stdout)).toMatchObject({ silences: [] });
  });

  it('say what was expected of a command that is wrong', async () => {
    const wrong = async (...words: readonly string[]) => {
      const { code, stderr } = await alerts(...words);
      return [code, stderr];
    };
    expect(await wrong('silence', '--remove', '77')).toEqual([
      2,
      expect.stringContaining('Expected the id of a silence, but got "77".'),
    ]);
    expect(await wrong('ack', '77')).toEqual([
      2,
      expect.stringContaining('Expected the id of an alert that is not resolved, but got "77".'),
    ]);
    expect(await wrong('silence')).toEqual([
      2,
      expect.stringContaining('Expected rule or subject, but got neither. Give one.'),
    ]);
    expect(await wrong('silence', '--rule', 'capacty')).toEqual([2, expect.stringContaining('write capacity')]);
    expect(await wrong('silence', '--rule', 'capacity', '--minutes', 'ten')).toEqual([
      2,
      expect.stringContaining('Expected --minutes to be a whole number, but got "ten".'),
    ]);
  });

  it('have at most a hundred silences', async () => {
    for (let time = 0; time < 100; time++) {
      const { code } = await alerts('silence', '--subject', `shard-${time}`);
      expect(code).toBe(0);
    }
    expect(await alerts('silence', '--subject', 'shard-100')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('Expected at most 100 silences at a time, but got one more.'),
    });
  });
});

describe('doctor', () => {
  const config = join(import.meta.dirname, '../../wrangler.toml');

  it('shows what the monitor advises', async () => {
    const { stdout } = await run('doctor', '--config', config, '--json');
    const { findings } = JSON.parse(stdout) as { findings: readonly { check: string; advice: readonly string[] }[] };
    expect(findings.find(({ check }) => check === 'advice of the monitor')).toEqual({
      ...{ check: 'advice of the monitor', problems: [], advice: [] },
    });
  });

  it('says that what runs was not asked, where it has no address', async () => {
    const { stdout } = await place.run(['doctor', '--config', config]);
    expect(stdout).toMatch(/^Not asked: what runs\..* --url /m);
  });
});
