import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Server, startServer } from '../support/server.ts';
import { Workplace } from './run-cli.ts';

const workplace = new Workplace();
const token = (...args: readonly string[]) => workplace.run(['token', ...args]);
let development: Server;

beforeAll(async () => {
  development = await startServer();
});
afterAll(async () => {
  workplace.remove();
  await development.stop();
});

const statusOf = async (path: string, bearer: string): Promise<number> => {
  const response = await fetch(development.origin + path, { headers: { authorization: `Bearer ${bearer}` } });
  await response.text();
  return response.status;
};

describe('shardql token', () => {
  it('prints a token of an operator, who may do everything, on this machine', async () => {
    const { code, stdout, stderr } = await token('--as', 'operator');
    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringContaining('no deployment accepts it') });
    expect(await statusOf('/status', stdout.trim())).toBe(200);
  });

  it('prints a token of a role, who may not', async () => {
    const { stdout } = await token(
      '--as',
      'customer {"shardKey":"t1","name":"Éva"}',
      '--json',
      '--expires',
      '2099-01-01',
    );
    const { as, token: text, expiresAt } = JSON.parse(stdout);
    expect([as, expiresAt]).toEqual(['customer {"shardKey":"t1","name":"Éva"}', '2099-01-01T00:00:00.000Z']);
    expect(await statusOf('/status', text)).toBe(403);
  });

  it('knows the roles of the project’s model, and refuses others', async () => {
    const config = join(import.meta.dirname, '../../wrangler.toml');
    expect(await token('--as', 'custmer', '--config', config)).toMatchObject({
      code: 2,
      stdout: '',
      stderr:
        'Expected --as to be one of admin, anonymous, customer, operator, but got "custmer". Did you mean "customer"?\n',
    });
    expect(await token('--as', 'customer', '--config', config)).toMatchObject({ code: 0 });
    expect((await token('--as', 'admin {"shardkey":"t1"}', '--config', config, '--json')).stderr).toBe(
      'No access rule of admin uses the claim "shardkey". Did you mean "shardKey"?\n',
    );
    expect(await token('--as', 'customer', '--config', 'none.toml')).toMatchObject({
      code: 2,
      stderr: 'Expected a wrangler.toml at none.toml, but found no file.\n',
    });
  });

  it.each([
    [['--as', 'system'], 'Expected --as to name a role of the model, operator or anonymous, but got "system".'],
    [['--as', 'customer {'], 'Expected --as to be <role> {claims as JSON}'],
    [['--as', 'customer', '--expires', '2020-01-01'], 'a moment to come in ISO 8601, but got "2020-01-01"'],
    [['--as', 'customer', '--expires', 'tomorrow'], 'a moment to come in ISO 8601, but got "tomorrow"'],
    [[], "required option '--as <caller>' not specified"],
  ])('says what is wrong: %j', async (args, message) => {
    const { code, stdout, stderr } = await token(...args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(message);
  });
});
