import { describe, expect, it } from 'vitest';
import { HmacSigner } from '../../src/lib/hmac-signer.ts';

describe('HmacSigner', () => {
  it('knows what another one with its secret and purpose has signed, and nothing else', async () => {
    const signer = new HmacSigner('secret', 'a');
    const signature = await signer.sign('text');
    expect(signature).toMatch(/^[\w-]{43}$/);
    expect(await new HmacSigner('secret', 'a').isSigned('text', signature)).toBe(true);
    expect(await signer.isSigned('texts', signature)).toBe(false);
    expect(await new HmacSigner('secrets', 'a').isSigned('text', signature)).toBe(false);
    expect(await new HmacSigner('secret', 'b').isSigned('text', signature)).toBe(false);
    for (const other of ['', '%', signature.slice(1), `${signature}A`]) {
      expect(await signer.isSigned('text', other), other).toBe(false);
    }
  });

  it('without a secret knows its own signatures alone', async () => {
    const signer = new HmacSigner(null, 'a');
    const signature = await signer.sign('text');
    expect(await signer.isSigned('text', signature)).toBe(true);
    expect(await new HmacSigner(null, 'a').isSigned('text', signature)).toBe(false);
  });
});
