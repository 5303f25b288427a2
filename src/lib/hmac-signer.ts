const BASE64URL = { alphabet: 'base64url', omitPadding: true } as const;

const encoder = new TextEncoder();

/** Signs texts, so that what comes back is known to be from here (HMAC-SHA-256). Its key is made when it is first needed. */
export class HmacSigner {
  readonly #secret: string | null;
  readonly #purpose: string;
  #key: Promise<CryptoKey> | undefined;

  /**
   * @param secret what all that are to know each other's signatures share; null: this signer knows its own alone.
   * @param purpose signatures for one are none for another, though the secret is the same.
   */
  constructor(secret: string | null, purpose: string) {
    this.#secret = secret;
    this.#purpose = purpose;
  }

  /** 43 characters of base64url. */
  async sign(text: string): Promise<string> {
    const signature = await crypto.subtle.sign('HMAC', await this.#ownKey(), encoder.encode(text));
    return new Uint8Array(signature).toBase64(BASE64URL);
  }

  /** How long it takes tells nothing of the right signature. */
  async isSigned(text: string, signature: string): Promise<boolean> {
    const bytes = bytesOf(signature);
    return bytes !== null && (await crypto.subtle.verify('HMAC', await this.#ownKey(), bytes, encoder.encode(text)));
  }

  #ownKey(): Promise<CryptoKey> {
    this.#key ??= this.#makeKey();
    return this.#key;
  }

  async #makeKey(): Promise<CryptoKey> {
    const secret = this.#secret === null ? crypto.getRandomValues(new Uint8Array(32)) : encoder.encode(this.#secret);
    const material = await crypto.subtle.importKey('raw', secret, 'HKDF', false, ['deriveKey']);
    const info = encoder.encode(this.#purpose);
    return await crypto.subtle.deriveKey(
      { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(), info },
      material,
      { name: 'HMAC', hash: 'SHA-256', length: 256 },
      false,
      ['sign', 'verify'],
    );
  }
}

function bytesOf(text: string): Uint8Array<ArrayBuffer> | null {
  try {
    return Uint8Array.fromBase64(text, BASE64URL);
  } catch {
    return null;
  }
}
