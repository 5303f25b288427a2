import { createServer, type Server } from 'node:http';
import { type CryptoKey, exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose';
import { listen } from './listen.ts';

interface SigningKey {
  readonly kid: string;
  readonly privateKey: CryptoKey;
  readonly jwk: JWK;
}

interface Signing {
  readonly key?: SigningKey;
  /** Default: ten minutes. */
  readonly seconds?: number;
  readonly issuer?: string;
}

/** Who signs tokens, and serves the public keys that they are verified by. */
export class Issuer {
  readonly origin: string;
  #key: SigningKey;
  #fetches = 0;
  readonly #server: Server;

  private constructor(server: Server, origin: string, key: SigningKey) {
    this.#server = server;
    this.origin = origin;
    this.#key = key;
    server.on('request', (_request, response) => {
      this.#fetches++;
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ keys: [this.#key.jwk] }));
    });
  }

  static async start(): Promise<Issuer> {
    const server = createServer();
    return new Issuer(server, await listen(server), await makeKey('first'));
  }

  /** How often the keys were fetched. */
  get fetches(): number {
    return this.#fetches;
  }

  get key(): SigningKey {
    return this.#key;
  }

  /** From now on there is another key alone. */
  async rotate(): Promise<void> {
    this.#key = await makeKey('second');
  }

  token(claims: object, { key = this.#key, seconds = 600, issuer = this.origin }: Signing = {}): Promise<string> {
    const exp = Math.floor(Date.now() / 1_000) + seconds;
    return new SignJWT({ iss: issuer, aud: 'shop', exp, ...claims })
      .setProtectedHeader({ alg: 'RS256', kid: key.kid })
      .sign(key.privateKey);
  }

  stop(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}

async function makeKey(kid: string): Promise<SigningKey> {
  const { privateKey, publicKey } = await generateKeyPair('RS256');
  return { kid, privateKey, jwk: { ...(await exportJWK(publicKey)), kid, alg: 'RS256', use: 'sig' } };
}
