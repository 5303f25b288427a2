import type { Actor } from '../../../events/actor.ts';
import { canonicalJson } from '../../../lib/canonical-json.ts';
import { sha256, toHex } from '../../../lib/hex.ts';
import type { HmacSigner } from '../../../lib/hmac-signer.ts';
import { confirmationRefused } from './confirmation-refused.ts';

/** How long a preview may be looked at before it is confirmed, in milliseconds. */
const CONFIRMATION_LIFE_MS = 600_000;

/** What has to be sent back to have done what was previewed. */
export interface Confirmation {
  readonly token: string;
  readonly expiresAtMs: number;
}

/** What a confirmation is for. */
export interface ConfirmedCall {
  readonly action: string;
  /** All that decides what is done. */
  readonly args: Readonly<Record<string, unknown>>;
}

const MARK = 'c1';

/**
 * Makes and checks confirmations: texts that say what state a preview was of, and until when they hold, signed together with the action, its
 * arguments and its caller. Nothing of them is kept, so that any isolate takes what another one has made.
 *
 * A confirmation may be sent several times within its life. What an action has begun has its id, or has changed the state.
 */
export class Confirmations {
  readonly #signer: HmacSigner;
  readonly #actor: string;

  /** @param actor whose confirmations they are. Their address may change. */
  constructor(signer: HmacSigner, { role, by, issuer, name }: Omit<Actor, 'address'>) {
    this.#signer = signer;
    this.#actor = canonicalJson({ role, by, issuer, name });
  }

  /** @param state what the preview was computed on. */
  async issue(call: ConfirmedCall, state: unknown): Promise<Confirmation> {
    const expiresAtMs = Date.now() + CONFIRMATION_LIFE_MS;
    const body = `${MARK}.${expiresAtMs.toString(36)}.${await digestOf(state)}`;
    return { token: `${body}.${await this.#signer.sign(this.#signed(body, call))}`, expiresAtMs };
  }

  /**
   * The check before anything is asked.
   *
   * @throws ShardQLError CONFIRMATION_REFUSED
   */
  async require(call: ConfirmedCall, token: string | null): Promise<AcceptedConfirmation> {
    if (token === null) throw confirmationRefused('MISSING');
    const [mark, expires = '', digest = '', signature = '', ...more] = token.split('.');
    const body = `${mark}.${expires}.${digest}`;
    const isOurs = more.length === 0 && (await this.#signer.isSigned(this.#signed(body, call), signature));
    if (!isOurs) throw confirmationRefused('OTHER');
    if (Number.parseInt(expires, 36) <= Date.now()) throw confirmationRefused('EXPIRED');
    return {
      id: uuidOf(await sha256(token)),
      async requireState(state) {
        if ((await digestOf(state)) !== digest) throw confirmationRefused('STALE');
      },
    };
  }

  #signed(body: string, { action, args }: ConfirmedCall): string {
    return JSON.stringify([body, action, canonicalJson(givenOf(args)), this.#actor]);
  }
}

interface AcceptedConfirmation {
  /** A UUID that no other confirmation has: what is begun under it is begun once, however often it is sent. */
  readonly id: string;
  /** @throws ShardQLError CONFIRMATION_REFUSED: the state is not that of the preview. */
  requireState(state: unknown): Promise<void>;
}

/** An argument that is null asks for what one that is left out does. */
const givenOf = (args: ConfirmedCall['args']): object =>
  Object.fromEntries(Object.entries(args).filter(([, value]) => value !== null && value !== undefined));

function uuidOf(bytes: Uint8Array): string {
  const hex = toHex(bytes);
  return [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`, hex.slice(20, 32)].join(
    '-',
  );
}

const DIGEST_DIGITS = 32;

const digestOf = async (state: unknown): Promise<string> =>
  toHex(await sha256(canonicalJson(state))).slice(0, DIGEST_DIGITS);
