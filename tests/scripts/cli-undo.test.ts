import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Terminal, terminalAt, undoOperation } from '../../scripts/cli/undo/undo-operation.ts';
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

let tenants = 0;

/** Creates a tenant with a customer, and deletes the customer; gives the id of the delete. */
async function deleteCustomer(): Promise<{ readonly tenant: string; readonly id: string }> {
  const tenant = `cli-${++tenants}`;
  const mutate = async (query: string): Promise<string> => {
    const { errors, extensions } = await server.graphql(`mutation { ${query} }`);
    expect(errors).toEqual([]);
    return extensions.operations[0].operationId;
  };
  await mutate(`createTenant(data: { id: "${tenant}", name: "N", plan: FREE, settings: {} }) { id }`);
  await mutate(
    `createCustomer(data: { tenantId: "${tenant}", id: "c", name: "Ada", email: "ada@x.org", attributes: {} }) { id }`,
  );
  return { tenant, id: await mutate(`deleteCustomer(by: { id: "c" }, shardKey: "${tenant}") { id }`) };
}

const customers = async (tenant: string): Promise<number> =>
  (await server.graphql(`{ customers(shardKey: "${tenant}") { totalCount } }`)).data.customers.totalCount;

const run = (...args: readonly string[]) => workplace.run(['undo', ...args, '--url', server.origin]);

describe('shardql undo', () => {
  it('shows what it would do, does it with --yes, and tells how that is undone', async () => {
    const { tenant, id } = await deleteCustomer();
    const preview = await run(` ${id}\n`, '--preview');
    expect(preview).toMatchObject({ code: 0, stderr: '' });
    expect(preview.stdout).toMatch(
      /^preview: rows restored: 1, updated: 0, deleted: 0\n\nrows that go back:\ntable +key +now +after/,
    );
    expect(preview.stdout).toMatch(/\nCustomer +tenantId="cli-\d+" id="c" +not there +/);
    expect(await customers(tenant)).toBe(0);

    const done = await run(id, '--yes');
    expect(done).toMatchObject({ code: 0, stderr: '' });
    expect(await customers(tenant)).toBe(1);
    const [, undoId, again] =
      /^rows restored: 1.*\noperation (\S+)\nto undo this undo: npm run shardql -- undo '(\S+)' --url /m.exec(
        done.stdout,
      )!;
    expect(again).toBe(undoId);
    const redone = await run(undoId!, '--yes', '--json');
    expect(redone.code).toBe(0);
    expect(JSON.parse(redone.stdout)).toMatchObject({ deletedCount: 1, conflicts: { totalCount: 0 } });
    expect(await customers(tenant)).toBe(0);
  });

  it('lists rows that stay, and ends with 1', async () => {
    const { tenant, id } = await deleteCustomer();
    const query = `mutation { createCustomer(data: { tenantId: "${tenant}", id: "c", name: "Eve", email: "e@x.org", attributes: {} }) { id } }`;
    expect((await server.graphql(query)).errors).toEqual([]);
    const preview = await run(id, '--preview');
    expect(preview.code).toBe(1);
    expect(preview.stdout).toMatch(
      /1 conflict\n\nrows that stay:\ntable +key +why\nCustomer .* CREATED_AGAIN: Expected no Customer/,
    );
    const done = await run(id, '--yes');
    expect(done).toMatchObject({ code: 1, stderr: '' });
    expect(done.stdout).toMatch(
      /, 1 conflict\n\nrows that stayed:\ntable +key +why\nCustomer .* CREATED_AGAIN: .*\nnothing was changed\n$/,
    );
  });

  it('refuses to guess where nobody can be asked, and two wishes at once', async () => {
    const { tenant, id } = await deleteCustomer();
    for (const args of [[id], [id, '--json']]) {
      const { code, stdout, stderr } = await run(...args);
      expect({ code, stdout, stderr }).toEqual({
        code: 2,
        stdout: '',
        stderr: 'Expected --yes where nobody can be asked, or --preview, but got neither.\n',
      });
    }
    expect((await run(id, '--yes', '--preview')).stderr).toBe('Expected --preview or --yes, but got both.\n');
    expect((await run()).code).toBe(2);
    expect(await customers(tenant)).toBe(0);
  });

  it('passes on what the API refuses, with its code', async () => {
    const { id } = await deleteCustomer();
    expect(await run('nonsense', '--yes')).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/^BAD_USER_INPUT: Expected an operation id .* but got another text\.\n$/),
    });
    const other = `${id.startsWith('0') ? '1' : '0'}${id.slice(1)}`;
    expect(await run(other, '--preview')).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/^NOT_FOUND: Expected an operation whose changes are in the log, but got /),
    });
    expect(await workplace.run(['undo', id, '--yes', '--url', 'http://127.0.0.1:9'])).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/^Cannot reach http:\/\/127\.0\.0\.1:9: /),
    });
  });

  it('says where the undo may have been done though there is no answer', async () => {
    const { id } = await deleteCustomer();
    for (const [answer, isInDoubt] of [
      [(response: ServerResponse) => response.destroy(), true],
      [(response: ServerResponse) => response.writeHead(200).write('{', () => response.destroy()), true],
      [(response: ServerResponse) => response.writeHead(504).end('<html>'), true],
      [(response: ServerResponse) => response.writeHead(404).end('<html>'), false],
    ] as const) {
      const preview = { undo: { confirmation: { token: 'c1.token' } } };
      const proxy = createServer(async (request, response) => {
        const { variables } = JSON.parse(await text(request));
        if (variables.preview) response.end(JSON.stringify({ data: preview }));
        else answer(response);
      }).listen(0, '127.0.0.1');
      await once(proxy, 'listening');
      const url = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
      const options = { url, preview: false, yes: true, json: false };
      const refusal = await undoOperation(id, options, terminalAt(process.stdin, process.stdout)).catch(String);
      expect(/The undo may have been done/.test(String(refusal)), String(refusal)).toBe(isInDoubt);
      proxy.close();
    }
  });

  it.each([
    ['yes\r', true],
    ['y\r', true],
    ['\r', false],
    ['no\r', false],
    ['\x03', false],
    ['\x04', false],
  ])('takes %j at a terminal for an answer', async (typed, answer) => {
    const [input, output] = [1, 2].map(() => Object.assign(new PassThrough(), { isTTY: true as const }));
    const terminal = terminalAt(input!, output!);
    expect(terminal.isInteractive).toBe(true);
    const asked = terminal.confirm('Undo it?');
    input!.write(typed);
    expect(await asked).toBe(answer);
  });

  it('asks at a terminal, and does nothing unless the answer is yes', async () => {
    const { tenant, id } = await deleteCustomer();
    const asked: string[] = [];
    const terminal = (answer: boolean): Terminal => ({
      isInteractive: true,
      confirm: async (question) => {
        asked.push(question);
        return answer;
      },
    });
    const log = vi.spyOn(console, 'log').mockImplementation(() => {});
    try {
      const options = { url: server.origin, preview: false, yes: false, json: false };
      expect(await undoOperation(id, options, terminal(false))).toBe(false);
      expect(await customers(tenant)).toBe(0);
      expect(await undoOperation(id, options, terminal(true))).toBe(true);
      expect(await customers(tenant)).toBe(1);
      expect(asked).toEqual(['Undo it?', 'Undo it?']);
      // Now there is nothing left to ask for.
      expect(await undoOperation(id, options, terminal(true))).toBe(false);
      expect(asked).toHaveLength(2);
    } finally {
      log.mockRestore();
    }
  });
});
