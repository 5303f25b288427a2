import type { BenchServer } from '../servers/start-server.ts';

export interface Restore {
  readonly id: string;
  readonly state: string;
  readonly totalChanges: number;
  readonly endedAt: string | null;
}

const RESTORE = 'id state totalChanges endedAt';

/** Asks a server's operators' API. Throws for an answer with errors. */
export async function operate<Data>(
  { port }: BenchServer,
  query: string,
  variables: Readonly<Record<string, unknown>> = {},
): Promise<Data> {
  const response = await fetch(`http://127.0.0.1:${port}/operator`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query, variables }),
  });
  const { data, errors } = (await response.json()) as { readonly data?: Data; readonly errors?: unknown };
  if (!data || errors) throw new Error(`Expected an answer without errors, but got ${JSON.stringify(errors)}`);
  return data;
}

/** Restores the rows of a tenant, and waits for the end as the command does. */
export async function restoreTenant(server: BenchServer, tenant: string, time: string): Promise<Restore> {
  const call = 'restore(shardKeys: [$tenant], time: $time';
  return await ended(server, await confirmed(server, call, '$tenant: ID!, $time: String!', { tenant, time }));
}

export async function undoRestore(server: BenchServer, id: string): Promise<Restore> {
  return await ended(server, await confirmed(server, 'undoRestore(id: $id', '$id: ID!', { id }));
}

/** Has a preview made, which is part of what people wait for, and confirms it. */
async function confirmed(server: BenchServer, call: string, declared: string, variables: object): Promise<Restore> {
  const { begun: previewed } = await operate<{ begun: { confirmation: { token: string } } }>(
    server,
    `mutation (${declared}) { begun: ${call}, preview: true) { confirmation { token } } }`,
    { ...variables },
  );
  const { begun } = await operate<{ begun: { restore: Restore } }>(
    server,
    `mutation (${declared}, $confirmation: String!) { begun: ${call}, confirmation: $confirmation) { restore { ${RESTORE} } } }`,
    { ...variables, confirmation: previewed.confirmation.token },
  );
  return begun.restore;
}

async function ended(server: BenchServer, begun: Restore): Promise<Restore> {
  const query = `mutation ($id: ID!) { restore: continueRestore(id: $id) { ${RESTORE} } }`;
  let restore = begun;
  while (restore.endedAt === null) {
    ({ restore } = await operate<{ restore: Restore }>(server, query, { id: begun.id }));
  }
  if (restore.state !== 'DONE') throw new Error(`Expected a restore that is DONE, but got ${restore.state}.`);
  return restore;
}
