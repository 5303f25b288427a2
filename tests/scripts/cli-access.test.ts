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
    const customer = 'customer {"shardKey":"t1"}';
    expect(await explain('--as', customer, '--row', tenant, '--action', 'delete')).toMatchObject({
      code: 1,
      stdout:
        'denied by Tenant.access.customer.delete: The role customer has no rule that lets it delete rows of Tenant.\n',
    });
    const { code, stdout } = await explain('--as', customer, '--row', tenant, '--action', 'update', '--json');
    expect([code, JSON.parse(stdout)]).toEqual([
      1,
      expect.objectContaining({ as: customer, row: tenant, action: 'update', allowed: false, checks: [] }),
    ]);
  });

  it.each([
    [['--as', 'custmer', '--row', 'x'], 'customer, operator, but got "custmer". Did you mean "customer"?'],
    [['--as', 'nobody {', '--row', 'x'], 'Expected --as to be <role> {claims as JSON}'],
    [['--as', 'customer', '--row', 'x'], 'BAD_USER_INPUT: Expected a nodeId that this API gave out'],
    [['--as', 'customer', '--row', 'x', '--action', 'drop'], 'Allowed choices are read, create, update, delete'],
    [['--as', 'customer'], "required option '--row <nodeId>' not specified"],
  ])('says what is wrong, with exit code 2: %j', async (args, message) => {
    expect(await explain(...args)).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining(message) });
  });
});
