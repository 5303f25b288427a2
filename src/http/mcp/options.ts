import { HmacSigner } from '../../lib/hmac-signer.ts';
import { misconfigured } from '../core/misconfigured.ts';
import type { PersistedManifest, PersistedOptions } from '../graphql/persisted-documents.ts';

/** What agents may do at `/mcp`. */
export interface McpOptions {
  /** Persisted mutations are tools too: each call is tried first, and made once its confirmation is sent. Default false. */
  readonly writes?: boolean;
}

export interface McpSettings {
  readonly offersWrites: boolean;
  readonly manifest: PersistedManifest;
  /** Signs confirmations of writes. */
  readonly signer: HmacSigner;
}

/**
 * Null: there are no tools for agents.
 *
 * @throws ShardQLError where there is nothing that could be one.
 */
export function toMcpSettings(
  options: boolean | McpOptions,
  persisted: PersistedOptions | undefined,
  secret: string | null,
): McpSettings | null {
  if (options === false) return null;
  const manifest = persisted?.manifest;
  if (manifest === undefined) {
    throw misconfigured(
      'Expected persisted.manifest, whose operations are the tools of mcp, but got none. Write one with: npm run shardql -- persist',
    );
  }
  const { writes = false } = options === true ? {} : options;
  return { offersWrites: writes, manifest, signer: new HmacSigner(secret, 'shardql mcp') };
}
