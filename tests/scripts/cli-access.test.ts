import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Server, startServer } from '../support/server.ts';
import { Workplace } from './run-cli.ts';

const workplace = new Workplace();
let server: Server;
let tenant: string;
beforeAll(async () => {
  server = await startServer();
  const created = await server.graphql(
    'mutation { createTenant(data: { name: "A", plan: FREE, settings: {} }) { nodeId } }',
  );
  tenant = created.data.createTenant.nodeId;
});
afterAll(async () => {
  workplace.remove();
  await server.stop();
});

const explain = (...args: readonly string[]) => workplace.run(['access', 'explain', ...args, '--url', server.origin]);

describe('shardql access explain', () => {
  it('says who may, and which rule decides', async () => {
    const { code, stdout } = await explain('--as', 'operator', '--row', tenant, '--action', 'delete');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^allowed by operator: Operators need no rules\.\n {2}columns: id, name, /);
  });

  it('says who may not, and why, with exit code 1', async () => {
    expect(await explain('--as', 'nobody {"shardKey":"t1"}', '--row', tenant)).toMatchObject({
      code: 1,
      stdout:
        'denied by Tenant.access.nobody: Expected the role to be one of admin, anonymous, customer, operator, but got "nobody". Name one of these, or add access rules for it.\n',
    });
    const { code, stdout } = await explain('--as', 'nobody', '--row', tenant, '--action', 'update', '--json');
    expect([code, JSON.parse(stdout)]).toEqual([
      1,
      expect.objectContaining({ as: 'nobody', row: tenant, action: 'update', allowed: false, checks: [] }),
    ]);
  });

  it.each([
    [['--as', 'nobody {', '--row', 'x'], 'Expected --as to be <role> {claims as JSON}'],
    [['--as', 'nobody', '--row', 'x'], 'BAD_USER_INPUT: Expected a nodeId that this API gave out'],
    [['--as', 'nobody', '--row', 'x', '--action', 'drop'], 'Allowed choices are read, create, update, delete'],
    [['--as', 'nobody'], "required option '--row <nodeId>' not specified"],
  ])('says what is wrong, with exit code 2: %j', async (args, message) => {
    expect(await explain(...args)).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining(message) });
  });
});
