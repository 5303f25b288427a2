/** The queue's consumer is stopped and started again, as somebody does who tries alerts: the demo as a user starts it, under load. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ApiClient } from '../../scripts/cli/api-client.ts';
import { runDemoLoad } from '../../scripts/cli/demo-load/run-demo-load.ts';
import { type ServerProcess, startProcess } from '../support/server.ts';

/** From the first request on; reports come every ten seconds, are looked at every twenty, and shards publish after twenty by themselves. */
const WITHIN_MS = 240_000;

const data = mkdtempSync(join(tmpdir(), 'shardql-'));
let server: ServerProcess;
let load: AbortController;
beforeAll(async () => {
  server = await startProcess({ demo: true, data, args: ['--pause-delivery'] });
});
afterAll(async () => {
  load?.abort();
  await server?.stop();
  rmSync(data, { recursive: true, force: true });
});

interface Alert {
  readonly rule: string;
  readonly state: string;
  readonly resolution: string | null;
  readonly shardKey: string | null;
  readonly operation: string | null;
  readonly remedy: string;
}

/** Puts the demo under load. */
function beginLoad(): Promise<unknown> {
  load = new AbortController();
  const { signal } = load;
  return runDemoLoad(new ApiClient({ url: server.origin }), {
    ...{ rate: 20, seconds: WITHIN_MS / 1_000, seed: 1, signal, report: () => {} },
  });
}

async function alertIn(state: string): Promise<Alert> {
  const endMs = Date.now() + WITHIN_MS;
  let shown = '';
  while (Date.now() < endMs) {
    const response = await fetch(`${server.origin}/operator`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        query: '{ alerts { alerts { rule state resolution shardKey operation remedy } } }',
      }),
    });
    shown = await response.text();
    const { alerts } = JSON.parse(shown).data.alerts as { alerts: readonly Alert[] };
    const found = alerts.find((alert) => alert.rule === 'invalidation-lag' && alert.state === state);
    if (found) return found;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  throw new Error(`Expected invalidation-lag to be ${state}, but got ${shown}`);
}

it(
  'has invalidation-lag fire while delivery is paused, and resolved once it goes on',
  async () => {
    const paused = beginLoad();
    const alert = await alertIn('FIRING');
    expect(alert.shardKey).not.toBeNull();
    expect(['ChangePhone', 'TakeStock', 'Review']).toContain(alert.operation);
    expect(alert.remedy).toContain('see that its consumer is bound and not paused');
    load.abort();
    await paused;
    await server.stop();

    server = await startProcess({ demo: true, data });
    const delivered = beginLoad();
    expect((await alertIn('RESOLVED')).resolution).toBe('GONE');
    load.abort();
    await delivered;
  },
  2 * WITHIN_MS + 60_000,
);
