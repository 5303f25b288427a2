import { canonicalJson } from '../../lib/canonical-json.ts';
import { sha256, toHex } from '../../lib/hex.ts';
import { type Caller, holderOf } from '../../shards/protocol/envelope.ts';
import type { Idempotency } from '../../shards/protocol/write.ts';

/** A root field of a mutation, as it was asked for. */
interface AskedField {
  readonly name: string;
  /** Coerced. */
  readonly args: Readonly<Record<string, unknown>>;
  /** Response keys from the root. */
  readonly path: readonly string[];
}

/** A root field of a mutation that is sent with an idempotency key. */
export class KeyedField {
  readonly #caller: Caller;
  readonly #key: string;
  readonly #field: AskedField;
  #commits = 0;

  constructor(caller: Caller, key: string, field: AskedField) {
    this.#caller = caller;
    this.#key = key;
    this.#field = field;
  }

  /** Of all that is sent with the key for this field by this caller. */
  get id(): Promise<string> {
    return this.#idOf(null);
  }

  /** The next commit of the field: of users' own code it is known by its position, so call it in the order of the code. */
  nextCommit(): KeyedCommit {
    const { name, args } = this.#field;
    const position = this.#commits++;
    return new KeyedCommit(this.#idOf(position), (written) => digest([name, args, position, written]));
  }

  #idOf(position: number | null): Promise<string> {
    const { role, claims } = holderOf(this.#caller);
    return digest([role, claims, this.#key, this.#field.path, position]).then(toUuid);
  }
}

/** A commit that is made once. */
export class KeyedCommit {
  /** See `Idempotency`. */
  readonly id: Promise<string>;
  readonly #fingerprintOf: (written: unknown) => Promise<Uint8Array>;

  constructor(id: Promise<string>, fingerprintOf: (written: unknown) => Promise<Uint8Array>) {
    this.id = id;
    this.#fingerprintOf = fingerprintOf;
  }

  /** @param written what is written and shown, without what differs between attempts: values of defaults, and what was read. */
  async idempotency(written: unknown): Promise<Idempotency> {
    const fingerprint = toHex(await this.#fingerprintOf(written));
    return { id: await this.id, fingerprint };
  }
}

/** SHA-256 of the canonical JSON. */
const digest = (value: unknown): Promise<Uint8Array> => sha256(canonicalJson(value));

/** A UUID of version 8 (RFC 9562: of one's own making) with the first bits of a hash. */
function toUuid(hash: Uint8Array): string {
  const bytes = hash.slice(0, 16);
  bytes[6] = 0x80 | (bytes[6]! & 0x0f);
  bytes[8] = 0x80 | (bytes[8]! & 0x3f);
  return toHex(bytes).replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}
