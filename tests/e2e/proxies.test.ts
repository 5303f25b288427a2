/**
 * Caches in front of the API, set up as their packages come: they keep what they are not told not to. Runs where Varnish
 * and nginx are installed, and always in CI.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort, type Server, startServer } from '../support/server.ts';

const isInstalled = (command: string, ...args: readonly string[]): boolean =>
  spawnSync(command, args, { stdio: 'ignore' }).error === undefined;

const skips = !process.env.CI && !(isInstalled('varnishd', '-V') && isInstalled('nginx', '-v'));

let server: Server;
let folder: string;
const proxies: ChildProcess[] = [];
const urls: Record<string, string> = {};

beforeAll(async () => {
  if (skips) return;
  server = await startServer({ shards: 1 });
  folder = mkdtempSync(join(tmpdir(), 'proxies-'));
  const target = new URL(server.url).host;
  urls.nginx = await startNginx(target);
  urls.varnish = await startVarnish(target);
});

afterAll(async () => {
  for (const proxy of proxies) {
    if (proxy.exitCode !== null) continue;
    const ended = new Promise((resolve) => proxy.once('exit', resolve));
    proxy.kill('SIGTERM');
    await ended;
  }
  await server?.stop();
  if (folder) rmSync(folder, { recursive: true, force: true });
});

/** Keeps every GET that may be kept for a minute. */
async function startNginx(target: string): Promise<string> {
  const port = await freePort();
  const path = join(folder, 'nginx');
  mkdirSync(join(path, 'cache'), { recursive: true });
  writeFileSync(
    join(path, 'nginx.conf'),
    `${process.getuid?.() === 0 ? 'user root;' : ''}
daemon off; pid ${path}/pid; error_log ${path}/error.log;
events {}
http {
  access_log off;
  client_body_temp_path ${path}/body; proxy_temp_path ${path}/proxy; fastcgi_temp_path ${path}/fastcgi;
  uwsgi_temp_path ${path}/uwsgi; scgi_temp_path ${path}/scgi;
  proxy_cache_path ${path}/cache keys_zone=all:1m;
  server {
    listen 127.0.0.1:${port};
    location / {
      proxy_pass http://${target};
      proxy_cache all;
      proxy_cache_valid any 60s;
      add_header x-cache $upstream_cache_status always;
    }
  }
}
`,
  );
  return await started(spawn('nginx', ['-p', path, '-c', join(path, 'nginx.conf')], { stdio: 'inherit' }), port);
}

/** Keeps what may be kept for its default of two minutes. */
async function startVarnish(target: string): Promise<string> {
  const port = await freePort();
  const [host, backendPort] = target.split(':');
  const vcl = join(folder, 'default.vcl');
  // The backend's name is its own, since the open developer role is for names of this machine alone.
  writeFileSync(vcl, `vcl 4.1;\nbackend default { .host = "${host}"; .port = "${backendPort}"; }\n`);
  const args = [
    '-j',
    'none',
    '-F',
    '-a',
    `127.0.0.1:${port}`,
    '-f',
    vcl,
    '-n',
    join(folder, 'varnish'),
    '-s',
    'malloc,16m',
  ];
  return await started(spawn('varnishd', args, { stdio: 'ignore' }), port);
}

async function started(proxy: ChildProcess, port: number): Promise<string> {
  proxies.push(proxy);
  const origin = `http://127.0.0.1:${port}`;
  for (let attempt = 0; attempt < 100; attempt++) {
    const health = await fetch(`${origin}/health`).catch(() => null);
    if (health?.ok) return `${origin}/graphql`;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`Expected the proxy on port ${port} to answer within 10 s, but it did not.`);
}

const READ = 'query Read($id: ID!) { tenant(by: { id: $id }) @consistency(mode: STRONG) { name } }';

async function read(url: string, id: string, headers: Readonly<Record<string, string>> = {}) {
  const params = new URLSearchParams({ query: READ, variables: JSON.stringify({ id }) });
  const response = await fetch(`${url}?${params}`, { headers });
  const { data, extensions } = (await response.json()) as {
    data: { tenant: { name: string } | null };
    extensions: { consistency: { token: string } };
  };
  return {
    name: data.tenant?.name,
    token: response.headers.get('x-shardql-token'),
    shown: extensions.consistency.token,
  };
}

async function rename(id: string, name: string): Promise<void> {
  const { errors } = await server.graphql(
    'mutation ($id: ID!, $name: String!) { updateTenant(by: { id: $id }, data: { name: $name }) { name } }',
    { id, name },
  );
  expect(errors).toEqual([]);
}

describe.skipIf(skips).each(['nginx', 'varnish'])('behind %s', (proxy) => {
  beforeAll(async () => {
    const create =
      'mutation ($id: ID!) { createTenant(data: { id: $id, name: "0", plan: FREE, settings: {} }) { id } }';
    expect((await server.graphql(create, { id: proxy })).errors).toEqual([]);
  });

  it.each<[string, Readonly<Record<string, string>>]>([
    ['nothing', {}],
    ['application/json', { accept: 'application/json' }],
    ['the media type of GraphQL', { accept: 'application/graphql-response+json' }],
  ])('a read by GET of a client that asks for %s is of the state after each write', async (_, headers) => {
    for (let change = 1; change <= 5; change++) {
      await rename(proxy, `${change}`);
      const first = await read(urls[proxy]!, proxy, headers);
      const second = await read(urls[proxy]!, proxy, { ...headers, 'x-shardql-token': first.token! });
      expect([first.name, second.name]).toEqual([`${change}`, `${change}`]);
      expect(first.token).toBe(first.shown);
    }
  });

  it('errors are not kept either', async () => {
    const id = `${proxy}-late`;
    expect((await read(urls[proxy]!, id)).name).toBeUndefined();
    await server.graphql(
      'mutation ($id: ID!) { createTenant(data: { id: $id, name: "x", plan: FREE, settings: {} }) { id } }',
      {
        id,
      },
    );
    expect((await read(urls[proxy]!, id)).name).toBe('x');
  });

  it('a page of GraphiQL and an answer never take each other’s place', async () => {
    const url = `${urls[proxy]}?query=${encodeURIComponent('{ __typename }')}`;
    for (const accept of [
      'text/html',
      'application/json',
      'text/html, */*;q=0.1',
      'application/graphql-response+json',
    ]) {
      const response = await fetch(url, { headers: { accept } });
      const type = response.headers.get('content-type');
      if (accept === 'text/html') expect(response.status).toBe(406);
      else expect(type).toContain(accept.includes('*/*') ? 'application/json' : accept);
    }
  });
});
