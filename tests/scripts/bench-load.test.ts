import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { generateLoad } from '../../bench/load/generate-load.ts';
import { httpRequest } from '../../bench/load/http-request.ts';
import { ResponseReader } from '../../bench/load/response-reader.ts';

describe('ResponseReader', () => {
  const response = fc.record({
    status: fc.constantFrom(200, 404, 503),
    parts: fc.array(fc.uint8Array({ minLength: 1, maxLength: 40 }), { maxLength: 4 }),
    chunked: fc.boolean(),
  });
  type Response = typeof response extends fc.Arbitrary<infer Value> ? Value : never;

  const encode = ({ status, parts, chunked }: Response): Buffer => {
    const body = Buffer.concat(parts);
    const head = `HTTP/1.1 ${status} Whatever\r\nX-Other: 1\r\n`;
    if (!chunked) return Buffer.concat([Buffer.from(`${head}Content-Length: ${body.length}\r\n\r\n`), body]);
    const chunks = parts.flatMap((part) => [Buffer.from(`${part.length.toString(16)}\r\n`), part, Buffer.from('\r\n')]);
    return Buffer.concat([
      Buffer.from(`${head}Transfer-Encoding: chunked\r\n\r\n`),
      ...chunks,
      Buffer.from('0\r\n\r\n'),
    ]);
  };

  it('finds the same responses wherever the bytes are cut', () => {
    fc.assert(
      fc.property(fc.array(response, { maxLength: 4 }), fc.array(fc.nat(), { maxLength: 12 }), (responses, cuts) => {
        const bytes = Buffer.concat(responses.map(encode));
        const at = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
        const got: { status: number; body: string }[] = [];
        const reader = new ResponseReader((status, body) => got.push({ status, body: body.toString('hex') }));
        for (const [index, end] of at.entries()) if (index > 0) reader.read(bytes.subarray(at[index - 1], end));
        expect(got).toEqual(
          responses.map(({ status, parts }) => ({ status, body: Buffer.concat(parts).toString('hex') })),
        );
      }),
    );
  });

  it.each([
    ['something else', 'SSH-2.0-OpenSSH\r\n\r\n', 'Expected an HTTP/1.1 response, but got'],
    ['no length', 'HTTP/1.1 200 OK\r\n\r\n', 'Expected a content-length or a chunked body, but got neither'],
    ['a broken chunk', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nx\r\n', 'Expected the size of a chunk'],
  ])('refuses %s', (_what, text, message) => {
    expect(() => new ResponseReader(() => {}).read(Buffer.from(text))).toThrow(message);
  });
});

describe('generateLoad', () => {
  let server: Server | undefined;

  const serve = async (listener: RequestListener): Promise<number> => {
    server = createServer(listener).listen(0, '127.0.0.1');
    await new Promise((resolve) => server?.once('listening', resolve));
    return (server.address() as AddressInfo).port;
  };

  afterEach(() => {
    server?.closeAllConnections();
    server?.close();
  });

  it('sends the requests in turn and counts the answers', async () => {
    const bodies: string[] = [];
    const port = await serve(async (request, response) => {
      bodies.push(Buffer.concat(await request.toArray()).toString());
      response.end('{"data":1}');
    });
    const requests = ['{"a":"é"}', '{"b":2}'].map((body) => httpRequest('/', body));

    const result = await generateLoad({ port, requests, connections: 1, seconds: 0.2 });

    expect(result.requests).toBeGreaterThan(10);
    expect(result.requests).toBe(bodies.length);
    expect(bodies.slice(0, 3)).toEqual(['{"a":"é"}', '{"b":2}', '{"a":"é"}']);
    expect(result.seconds).toBeGreaterThanOrEqual(0.2);
    expect(result.p50Ms).toBeGreaterThan(0);
    expect(result.p99Ms).toBeGreaterThanOrEqual(result.p50Ms);
  });

  it('counts refusals, where there may be some, and ends at them elsewhere', async () => {
    let served = 0;
    const port = await serve((_request, response) => {
      const isRefused = served++ % 3 === 0;
      response.end(isRefused ? '{"errors":[{"extensions":{"code":"OVERLOADED"}}]}' : '{"data":1}');
    });
    const load = { port, requests: [httpRequest('/')], connections: 1, seconds: 0.2 };
    const { requests, refused } = await generateLoad({ ...load, mayBeRefused: true });
    expect(requests + refused).toBe(served);
    expect(refused).toBe(Math.ceil(served / 3));
    await expect(generateLoad(load)).rejects.toThrow('OVERLOADED');
  });

  it('has one request under way on each connection', async () => {
    let open = 0;
    let most = 0;
    const port = await serve((_request, response) => {
      most = Math.max(most, ++open);
      setTimeout(() => {
        open--;
        response.end('ok');
      }, 5);
    });

    const { p50Ms } = await generateLoad({ port, requests: [httpRequest('/')], connections: 4, seconds: 0.2 });

    expect(most).toBe(4);
    expect(p50Ms).toBeGreaterThanOrEqual(4);
  });

  it.each([
    ['another status', (_request, response) => response.writeHead(503).end('busy'), 'but got 503: busy'],
    ['errors', (_request, response) => response.end('{"errors":[{}]}'), 'but got 200: {"errors":[{}]}'],
    ['a closed connection', (request) => request.socket.destroy(), 'Expected the connection to stay open'],
  ] satisfies [string, RequestListener, string][])('stops at %s', async (_what, listener, message) => {
    const port = await serve(listener);
    const load = generateLoad({ port, requests: [httpRequest('/')], connections: 2, seconds: 5 });
    await expect(load).rejects.toThrow(message);
  });
});
