import { describeError } from '../../../events/describe-error.ts';
import type { Delivery } from '../../alert.ts';
import { webhookUrlProblem } from '../../alert-settings.ts';
import { secretProblem, signedHeaders } from './webhook-signature.ts';

/** What the Worker of the storage is bound to for alerts. */
export interface WebhookEnv {
  /** Where alerts are sent; goes before the setting `monitor.alerts.webhookUrl`. */
  readonly SHARDQL_ALERT_WEBHOOK?: string;
  /** `whsec_` and 24 to 64 bytes in base64, which messages are signed with. Without it nothing is sent. */
  readonly SHARDQL_ALERT_SECRET?: string;
}

type Fetch = (url: string, init: RequestInit) => Promise<Response>;

/** A receiver has so long to answer, in milliseconds. */
const PATIENCE_MS = 10_000;
/** Of an answer that is shown. */
const MAX_MESSAGE_LENGTH = 200;

/** Where alerts are sent. */
export class Webhook {
  readonly #url: string | null;
  readonly #secret: string | null;
  readonly #fetch: Fetch;
  readonly #patienceMs: number;
  /** Why nothing can be sent; null: it can, or there is no address. */
  readonly problem: string | null;

  constructor(env: WebhookEnv, settingUrl: string | null, doFetch: Fetch, patienceMs = PATIENCE_MS) {
    this.#url = env.SHARDQL_ALERT_WEBHOOK || settingUrl;
    this.#secret = env.SHARDQL_ALERT_SECRET || null;
    this.#fetch = doFetch;
    this.#patienceMs = patienceMs;
    this.problem = this.#url === null ? null : problemOf(this.#url, this.#secret);
  }

  /** Its address without path and query, which may be secret; null: there is none, or it is no address. */
  get origin(): string | null {
    return this.#url !== null && URL.canParse(this.#url) ? new URL(this.#url).origin : null;
  }

  get canSend(): boolean {
    return this.#url !== null && this.problem === null;
  }

  /** Never throws, and takes {@link PATIENCE_MS} at most. A redirect is a failure: what is signed goes to one address. */
  async send(id: string, body: string, nowMs: number): Promise<Delivery> {
    const startMs = Date.now();
    const answered = (isDelivered: boolean, status: number | null, message: string): Delivery => ({
      ...{ isDelivered, status, message: message.slice(0, MAX_MESSAGE_LENGTH), durationMs: Date.now() - startMs },
    });
    if (this.#url === null)
      return answered(
        false,
        null,
        'Expected the address of a webhook, but got none. Set SHARDQL_ALERT_WEBHOOK, or webhookUrl.',
      );
    if (this.problem !== null) return answered(false, null, this.problem);
    try {
      const headers = await signedHeaders(this.#secret!, id, Math.floor(nowMs / 1_000), body);
      const response = await this.#fetch(this.#url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'user-agent': 'ShardQL', ...headers },
        body,
        redirect: 'manual',
        signal: AbortSignal.timeout(this.#patienceMs),
      });
      return answered(response.ok, response.status, await beginningOf(response));
    } catch (error) {
      const isLate = error instanceof Error && error.name === 'TimeoutError';
      return answered(false, null, isLate ? `It did not answer within ${this.#patienceMs} ms.` : describeError(error));
    }
  }
}

function problemOf(url: string, secret: string | null): string | null {
  const urlProblem = webhookUrlProblem(url);
  if (urlProblem !== null) return `Expected the address of the webhook ${urlProblem}.`;
  if (secret === null) {
    return 'Expected the secret SHARDQL_ALERT_SECRET of the Worker of the storage, but got none. Make one: echo "whsec_$(openssl rand -base64 32)" | npx wrangler secret put SHARDQL_ALERT_SECRET';
  }
  const problem = secretProblem(secret);
  return problem === null ? null : `Expected SHARDQL_ALERT_SECRET ${problem}.`;
}

/** As much of an answer as is shown: one that never ends is not read to its end. */
async function beginningOf(response: Response): Promise<string> {
  const reader = response.body?.getReader();
  if (reader === undefined) return '';
  const decoder = new TextDecoder();
  let text = '';
  while (text.length < MAX_MESSAGE_LENGTH) {
    const { done, value } = await reader.read();
    if (done) return text;
    text += decoder.decode(value, { stream: true });
  }
  await reader.cancel();
  return text;
}
