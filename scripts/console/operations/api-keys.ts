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
    readonly apiKey: ApiKey;
    readonly confirmation: { readonly token: string } | null;
  };
}

export const REVOKE_API_KEY = `mutation RevokeApiKey($name: String!, $preview: Boolean!, $confirmation: String) {
  revokeApiKey(name: $name, preview: $preview, confirmation: $confirmation) {
    apiKey { name role claims createdAt expiresAt revokedAt }
    confirmation { token }
  }
}`;
