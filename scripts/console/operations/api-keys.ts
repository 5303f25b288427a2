import type { Confirmation } from './confirmation.ts';

export interface ApiKey {
  readonly name: string;
  readonly role: string;
  readonly claims: unknown;
  readonly createdAt: string;
  readonly expiresAt: string | null;
  readonly revokedAt: string | null;
}

export interface ApiKeysAnswer {
  readonly apiKeys: readonly ApiKey[];
}

export const API_KEYS = `query ApiKeys {
  apiKeys { name role claims createdAt expiresAt revokedAt }
}`;

export const CREATE_API_KEY = `mutation CreateApiKey($name: String!, $role: String!, $claims: JSON, $expiresAt: String) {
  createApiKey(name: $name, role: $role, claims: $claims, expiresAt: $expiresAt)
}`;

export interface RevokeAnswer {
  readonly revokeApiKey: {
    readonly preview: ApiKey | null;
    readonly apiKey: ApiKey | null;
    readonly confirmation: Confirmation | null;
  };
}

export const REVOKE_API_KEY = `mutation RevokeApiKey($name: String!, $preview: Boolean!, $confirmation: String) {
  revokeApiKey(name: $name, preview: $preview, confirmation: $confirmation) {
    preview { name role claims createdAt expiresAt revokedAt }
    apiKey { name role claims createdAt expiresAt revokedAt }
    confirmation { token }
  }
}`;
