/** HTTP as it comes over the wire: uploads that break, chunks that are none, compressed answers. */
import { connect } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Server, startServer } from '../support/server.ts';

let server: Server;
beforeAll(async () => {
  server = await startServer({ shards: 1 });
});
afterAll(() => server?.stop());

interface Raw {
  readonly status: number;
  readonly headers: ReadonlyMap<string, string>;
  readonly body: Buffer;
}

/** Sends the bytes as they are; gives what comes until the connection ends, or null if nothing came. */
function exchange(bytes: string | Buffer, cut = false): Promise<Raw | null> {
  const { hostname, port } = new URL(server.url);
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    const socket = connect({ host: hostname, port: Number(port) }, () => {
      socket.write(bytes);
      if (cut) setTimeout(() => socket.resetAndDestroy(), 100);
    });
    socket.on('data', (chunk) => chunks.push(chunk));
    socket.on('error', () => {});
    socket.on('close', () => resolve(chunks.length === 0 ? null : parse(Buffer.concat(chunks))));
  });
}

function parse(answer: Buffer): Raw {
  const end = answer.indexOf('\r\n\r\n');
  const [first, ...lines] = answer.subarray(0, end).toString().split('\r\n');
  const headers = new Map(
    lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]),
  );
  return { status: Number(first!.split(' ')[1]), headers, body: dechunk(answer.subarray(end + 4), headers) };
}

function dechunk(body: Buffer, headers: ReadonlyMap<string, string>): Buffer {
  if (headers.get('transfer-encoding') !== 'chunked') return body;
  const parts: Buffer[] = [];
  for (let at = 0; ; ) {
    const newline = body.indexOf('\r\n', at);
    const size = Number.parseInt(body.subarray(at, newline).toString(), 16);
    if (!size) return Buffer.concat(parts);
    parts.push(body.subarray(newline + 2, newline + 2 + size));
    at = newline + 2 + size + 2;
  }
}

const head = (path: string, ...headers: readonly string[]): string =>
  [`POST ${path} HTTP/1.1`, 'Host: 127.0.0.1', 'Content-Type: application/json', ...headers, '', ''].join('\r\n');

const UPLOADS = ['/graphql', '/warm', '/import?table=tenants'];

const QUERY = '{"query":"{ __typename }"}';

const chunk = (text: string): string => `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`;

const internalErrors = (): readonly string[] =>
  server
    .output()
    .split('\n')
    .filter((line) => line.includes('"level":"error"') || /internal error|uncaught/i.test(line));

describe('an upload', () => {
  it.each(UPLOADS)('to %s with a chunk that is none is refused with 400 and a code', async (path) => {
    for (const broken of [
      'zz\r\n{}\r\n0\r\n\r\n',
      `${chunk('{"query":')}-5\r\nabc\r\n`,
      'ffffffffffffffffff\r\n{}\r\n',
    ]) {
      const answer = await exchange(head(path, 'Transfer-Encoding: chunked', 'Connection: close') + broken);
      expect(answer).not.toBeNull();
      expect(answer!.status).toBe(400);
      expect(JSON.parse(answer!.body.toString()).errors[0].extensions.code).toBe('BAD_USER_INPUT');
    }
    expect(internalErrors()).toEqual([]);
  });

  it.each(UPLOADS)('to %s that breaks off is no internal error', async (path) => {
    for (const start of [
      `${head(path, 'Content-Length: 1000')}{"query":`,
      `${head(path, 'Transfer-Encoding: chunked')}${chunk('{"query":')}`,
      head(path, 'Content-Length: 1000'),
      `${head(path, 'Transfer-Encoding: chunked')}ff\r\n{`,
    ]) {
      expect(await exchange(start, true)).toBeNull();
    }
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(internalErrors()).toEqual([]);
    expect((await server.graphql('{ __typename }')).data).toEqual({ __typename: 'Query' });
  });

  it('that arrives in small chunks is read as a whole', async () => {
    const body = [...QUERY].map(chunk).join('');
    const answer = await exchange(
      `${head('/graphql', 'Transfer-Encoding: chunked', 'Connection: close')}${body}0\r\n\r\n`,
    );
    expect(JSON.parse(answer!.body.toString())).toEqual({ data: { __typename: 'Query' } });
  });
});

describe('an answer', () => {
  const ask = (query: string, ...headers: readonly string[]) => {
    const body = JSON.stringify({ query });
    return exchange(head('/graphql', `Content-Length: ${body.length}`, 'Connection: close', ...headers) + body);
  };
  const long = '{ __schema { types { name description } } }';
  const accept = 'Accept: application/graphql-response+json';

  it('of GraphQL’s media type is compressed where the client accepts that and it is worth it', async () => {
    const plain = await ask(long, accept);
    expect(plain!.headers.has('content-encoding')).toBe(false);
    const gzipped = await ask(long, accept, 'Accept-Encoding: br;q=1, gzip;q=0.8');
    expect(gzipped!.headers.get('content-encoding')).toBe('gzip');
    expect(gzipped!.body.length).toBeLessThan(plain!.body.length / 2);
    expect(gunzipSync(gzipped!.body).toString()).toBe(plain!.body.toString());
    expect((await ask(long, accept, 'Accept-Encoding: gzip;q=0'))!.headers.has('content-encoding')).toBe(false);
    expect((await ask('{ __typename }', accept, 'Accept-Encoding: gzip'))!.headers.has('content-encoding')).toBe(false);
  });

  it('to a HEAD has headers alone', async () => {
    const path = `/graphql?query=${encodeURIComponent('{ __typename }')}`;
    const answer = await exchange(`HEAD ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n`);
    expect([answer!.status, answer!.body.length]).toEqual([200, 0]);
    expect(answer!.headers.get('content-type')).toContain('json');
  });
});
