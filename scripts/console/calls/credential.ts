/** The operators' token or an API key, where the API asks for one. This tab alone has it, until it is closed. */
import { signal } from '@preact/signals';

/** GraphiQL reads the same entry: a tab that is opened from this one starts with a copy. */
const KEY = 'shardql:token';

export const credential = signal<string | null>(sessionStorage.getItem(KEY));

/** The API has refused what was sent: why, and nothing until it is asked again. */
export const refusal = signal<string | null>(null);

export function signIn(token: string): void {
  sessionStorage.setItem(KEY, token);
  credential.value = token;
  refusal.value = null;
}

export function signOut(): void {
  sessionStorage.removeItem(KEY);
  credential.value = null;
  refusal.value = 'You have signed out.';
}
