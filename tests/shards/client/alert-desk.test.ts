import { describe, expect, it } from 'vitest';
import { AlertDesk } from '../../../src/shards/client/alert-desk.ts';
import type { ObjectNamespace } from '../../../src/shards/client/routing/router-env.ts';

const monitorWith = (advice: readonly { readonly id: string; readonly kind: string }[]) =>
  ({ idFromName: (name: string) => name, get: () => ({ advice: async () => advice }) }) as unknown as ObjectNamespace;

describe('advice', () => {
  it('leaves out kinds that a later release of the monitor has, and keeps the others', async () => {
    const later = { id: '1', kind: 'OF_A_LATER_RELEASE' };
    const known = { id: '2', kind: 'HOT_KEY' };
    expect(await new AlertDesk(monitorWith([later, known])).advice()).toEqual([known]);
  });
});
