import { Webhook as Verifier } from 'standardwebhooks';
import { describe, expect, it } from 'vitest';
import { Webhook } from '../../../../src/shards/monitor/delivery/webhook.ts';
import { secretProblem } from '../../../../src/shards/monitor/delivery/webhook-signature.ts';

const SECRET = `whsec_${btoa('0123456789012345678901234567890123456789')}`;
const URL = 'https://alerts.example.com/hook?key=secret';
const BODY = '{"type":"alert.test"}';

/** What a receiver got. */
interface Received {
  readonly url: string;
  readonly init: RequestInit;
}

function receiving(answer: (init: RequestInit) => Promise<Response> | Response) {
  const received: Received[] = [];
  const doFetch = async (url: string, init: RequestInit) => {
    received.push({ url, init });
    return await answer(init);
  };
  return { received, doFetch };
}

const env = { SHARDQL_ALERT_WEBHOOK: URL, SHARDQL_ALERT_SECRET: SECRET };

describe('a message to the webhook', () => {
  it('is verified by a library of Standard Webhooks, and by nobody once it is changed', async () => {
    const { received, doFetch } = receiving(() => new Response('ok'));
    const delivery = await new Webhook(env, null, doFetch).send('alert_1', BODY, Date.now());
    expect(delivery).toMatchObject({ isDelivered: true, status: 200, message: 'ok' });
    const [{ url, init }] = received as [Received];
    expect(url).toBe(URL);
    const headers = init.headers as Record<string, string>;
    const verifier = new Verifier(SECRET);
    expect(verifier.verify(init.body as string, headers)).toEqual({ type: 'alert.test' });
    expect(() => verifier.verify(`${init.body} `, headers)).toThrow('No matching signature');
    expect(() => verifier.verify(init.body as string, { ...headers, 'webhook-id': 'alert_2' })).toThrow();
  });

  it('is not sent on to where a redirect leads', async () => {
    const { received, doFetch } = receiving(() => Response.redirect('https://elsewhere.example.com/', 307));
    expect(await new Webhook(env, null, doFetch).send('alert_1', BODY, Date.now())).toMatchObject({
      isDelivered: false,
      status: 307,
    });
    expect(received).toMatchObject([{ init: { redirect: 'manual' } }]);
  });

  it('fails if nobody answers, with the reason', async () => {
    const { doFetch } = receiving(() => Promise.reject(new Error('connection refused')));
    expect(await new Webhook(env, null, doFetch).send('alert_1', BODY, Date.now())).toMatchObject({
      isDelivered: false,
      status: null,
      message: expect.stringContaining('connection refused'),
    });
  });

  it('gives a receiver that hangs up', async () => {
    const { doFetch } = receiving(
      ({ signal }) => new Promise((_, reject) => signal!.addEventListener('abort', () => reject(signal!.reason))),
    );
    const webhook = new Webhook(env, null, doFetch, 5);
    expect(await webhook.send('alert_1', BODY, Date.now())).toMatchObject({
      isDelivered: false,
      status: null,
      message: expect.stringMatching(/^It did not answer within/),
    });
  });

  it('reads no more of an answer than it shows', async () => {
    let sent = 0;
    const endless = new ReadableStream({
      pull(controller) {
        sent++;
        controller.enqueue(new TextEncoder().encode('x'.repeat(100)));
      },
    });
    const { doFetch } = receiving(() => new Response(endless, { status: 500 }));
    const { message, status } = await new Webhook(env, null, doFetch).send('alert_1', BODY, Date.now());
    expect([status, message.length]).toEqual([500, 200]);
    expect(sent).toBeLessThan(10);
  });
});

describe('the webhook', () => {
  it('takes its address from the environment before the settings, and shows its origin alone', () => {
    expect(new Webhook(env, 'https://other.example.com/', fetch).origin).toBe('https://alerts.example.com');
    const { SHARDQL_ALERT_SECRET } = env;
    expect(new Webhook({ SHARDQL_ALERT_SECRET }, 'https://other.example.com/x', fetch)).toMatchObject({
      origin: 'https://other.example.com',
      problem: null,
    });
    expect(new Webhook({}, null, fetch)).toMatchObject({ origin: null, problem: null, canSend: false });
  });

  it.each([
    [
      { ...env, SHARDQL_ALERT_WEBHOOK: 'http://example.com/secret' },
      /address of the webhook to begin with https, but got http:\/\/example\.com\.$/,
    ],
    [
      { SHARDQL_ALERT_WEBHOOK: URL },
      /Expected the secret SHARDQL_ALERT_SECRET of the Worker of the storage, but got none\. Make one/,
    ],
    [
      { ...env, SHARDQL_ALERT_SECRET: 'secret' },
      'Expected SHARDQL_ALERT_SECRET to begin with whsec_, but got other text.',
    ],
  ])('says what is wrong, and sends nothing', async (bad, problem) => {
    const { received, doFetch } = receiving(() => new Response());
    const webhook = new Webhook(bad, null, doFetch);
    expect(webhook.problem).toMatch(problem);
    expect(webhook.problem).not.toMatch(/secret$|key=/);
    expect(await webhook.send('alert_1', BODY, Date.now())).toMatchObject({
      isDelivered: false,
      message: webhook.problem!.slice(0, 200),
    });
    expect(received).toEqual([]);
  });

  it.each([
    [`whsec_${btoa('short')}`, 'to be 24 to 64 bytes in base64, but got 5'],
    ['whsec_%', 'to be whsec_ and base64, but got other characters'],
    [SECRET, null],
  ])('refuses secrets that are none', (secret, problem) => {
    expect(secretProblem(secret)).toBe(problem);
  });
});
