import { useEffect, useState } from 'preact/hooks';
import { credential } from '../../calls/credential.ts';

/** The roles that one can ask as, each with the claims of its rules; null: nobody can ask as another here, or it is not known yet. */
export function useRoles(): Readonly<Record<string, readonly string[]>> | null {
  const [roles, setRoles] = useState<Readonly<Record<string, readonly string[]>> | null>(null);
  useEffect(() => {
    // Who has signed in is known by a credential, as all are there: nobody can ask as another.
    if (credential.value !== null) return;
    let isGone = false;
    fetchRoles().then((found) => {
      if (!isGone) setRoles(found);
    });
    return () => {
      isGone = true;
    };
  }, []);
  return roles;
}

/** A deployment has no such answer. */
async function fetchRoles(): Promise<Readonly<Record<string, readonly string[]>> | null> {
  const response = await fetch('/_shardql/roles.json').catch(() => null);
  return response?.ok ? await response.json() : null;
}
