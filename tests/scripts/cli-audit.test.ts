import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Server, startServer } from '../support/server.ts';
import { Workplace } from './run-cli.ts';

const workplace = new Workplace();
let server: Server;
beforeAll(async () => {
  server = await startServer();
});
afterAll(async () => {
  workplace.remove();
  await server.stop();
});

const run = (...args: readonly string[]) => workplace.run([...args, '--url', server.origin]);

describe('shardql audit', () => {
  it('shows what other commands did, latest first, and for whom', async () => {
    const created = await run('keys', 'create', 'ci', '--role', 'operator');
    const key = created.stdout.trim();
    await run('export', '--table', 'tenants', '--out', 'out', '--token', key);
    await run('keys', 'revoke', 'ci');
    const shown = await run('audit');
    expect(shown.stdout.split('\n').map((line) => line.replace(/^\S+Z/, 'at').replaceAll(/ +/g, ' '))).toEqual([
      'at action target outcome who address',
      'at revoke-api-key ci SUCCEEDED developer local',
      'at export tenants SUCCEEDED operator by api-key ci local',
      'at create-api-key ci SUCCEEDED developer local',
      // The start of the server.
      'at migrate - SUCCEEDED developer local',
      'at migrate - STARTED developer local',
      '',
    ]);
    expect(shown.stdout).not.toContain(key);
    const { auditLog } = JSON.parse((await run('audit', '--json', '--limit', '2')).stdout);
    expect(auditLog).toEqual([
      expect.objectContaining({ action: 'revoke-api-key', requestId: expect.any(String) }),
      expect.objectContaining({ action: 'export', by: 'api-key', name: 'ci' }),
    ]);
  });

  it('says what is wrong', async () => {
    expect(await run('audit', '--limit', '0')).toMatchObject({ code: 2, stderr: expect.stringContaining('--limit') });
  });
});
