/** Caches in front of an API, set up as their packages come: they keep what they are not told not to. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../free-port.ts';

const isInstalled = (command: string, ...args: readonly string[]): boolean =>
  spawnSync(command, args, { stdio: 'ignore' }).error === undefined;

/** Their tests run where Varnish and nginx are installed, and always in CI. */
export const skipsProxies = !process.env.CI && !(isInstalled('varnishd', '-V') && isInstalled('nginx', '-v'));

export type ProxyName = 'nginx' | 'varnish';

export interface Proxies {
  /** Of `/graphql`, by proxy. */
  readonly urls: Readonly<Record<ProxyName, string>>;
  stop(): Promise<void>;
}

/** @param target host and port of the API. */
export async function startProxies(target: string): Promise<Proxies> {
  const folder = mkdtempSync(join(tmpdir(), 'proxies-'));
  const proxies: ChildProcess[] = [];
  const stop = async () => {
    for (const proxy of proxies) {
      if (proxy.exitCode !== null) continue;
      const ended = new Promise((resolve) => proxy.once('exit', resolve));
      proxy.kill('SIGTERM');
      await ended;
    }
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const started = { folder, proxies };
    return { urls: { nginx: await startNginx(target, started), varnish: await startVarnish(target, started) }, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

interface Started {
  readonly folder: string;
  readonly proxies: ChildProcess[];
}

/** Keeps every GET that may be kept for a minute. */
async function startNginx(target: string, { folder, proxies }: Started): Promise<string> {
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
  const nginx = spawn('nginx', ['-p', path, '-c', join(path, 'nginx.conf')], { stdio: 'inherit' });
  return await started(nginx, port, proxies);
}

/** Keeps what may be kept for its default of two minutes. */
async function startVarnish(target: string, { folder, proxies }: Started): Promise<string> {
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
  return await started(spawn('varnishd', args, { stdio: 'ignore' }), port, proxies);
}

async function started(proxy: ChildProcess, port: number, proxies: ChildProcess[]): Promise<string> {
  proxies.push(proxy);
  const origin = `http://127.0.0.1:${port}`;
  for (let attempt = 0; attempt < 100; attempt++) {
    const health = await fetch(`${origin}/health`).catch(() => null);
    if (health?.ok) return `${origin}/graphql`;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`Expected the proxy on port ${port} to answer within 10 s, but it did not.`);
}
