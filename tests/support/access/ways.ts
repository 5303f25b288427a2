/**
 * The ways by which callers reach rows, besides a POST of a document that names them: each is a way in `WAYS`, and what the product
 * has of paths, parameters and headers is compared with the lists here, so that a new one has to be thought of.
 */
import type { GraphqlParams } from '../../../src/http/graphql/params.ts';
import { defineExtensions, type Extensions, type PersistedManifest } from '../../../src/index.ts';
import model from '../../models/access/model.ts';
import type { LabWorker } from '../lab-worker.ts';
import { ENTITIES } from './entities.ts';
import type { Viewer } from './roles.ts';
import { asHeader } from './rows.ts';

export interface Asked {
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
}

export interface WayAnswer {
  readonly status: number;
  readonly data: unknown;
  readonly codes: readonly string[];
}

type Way = (worker: LabWorker, viewer: Viewer, asked: Asked) => Promise<WayAnswer>;

const JSON_BODY = { 'content-type': 'application/json' };

async function answerOf(response: Response): Promise<WayAnswer> {
  const { data, errors = [] } = (await response.json()) as {
    readonly data?: unknown;
    readonly errors?: readonly { readonly extensions?: { readonly code?: string } }[];
  };
  return { status: response.status, data, codes: errors.map(({ extensions }) => extensions?.code ?? 'none') };
}

const post = (worker: LabWorker, viewer: Viewer, body: object, headers: Readonly<Record<string, string>> = {}) =>
  postText(worker, viewer, JSON.stringify(body), headers);

const postText = async (
  worker: LabWorker,
  viewer: Viewer,
  body: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<WayAnswer> =>
  answerOf(
    await worker.fetch('/graphql', {
      method: 'POST',
      headers: { ...JSON_BODY, ...asHeader(viewer), ...headers },
      body,
    }),
  );

const get = async (worker: LabWorker, viewer: Viewer, params: Readonly<Record<string, string>>) =>
  answerOf(await worker.fetch(`/graphql?${new URLSearchParams(params)}`, { headers: asHeader(viewer) }));

const hashOf = async (text: string): Promise<string> => {
  const bytes = new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
};

let keys = 0;

/** Ways to send a document. */
export const WAYS: Readonly<Record<string, Way>> = {
  POST: (worker, viewer, asked) => post(worker, viewer, asked),
  GET: (worker, viewer, { query, variables }) => get(worker, viewer, { query, variables: JSON.stringify(variables) }),
  'named in the manifest': async (worker, viewer, { query, variables }) =>
    post(worker, viewer, { documentId: await hashOf(query), variables }),
  'named in the manifest, by GET': async (worker, viewer, { query, variables }) =>
    get(worker, viewer, { documentId: await hashOf(query), variables: JSON.stringify(variables) }),
  'known by its hash': async (worker, viewer, { query, variables }) => {
    const extensions = { persistedQuery: { version: 1, sha256Hash: await hashOf(query) } };
    await post(worker, viewer, { query, variables: {}, extensions });
    return post(worker, viewer, { variables, extensions });
  },
  'by the name of its operation': (worker, viewer, { query, variables }) => {
    const named = query.replace(/^\w+/, '$& Named');
    return post(worker, viewer, { query: `${named}\nquery Other { __typename }`, variables, operationName: 'Named' });
  },
  'with a number that JavaScript rounds': (worker, viewer, { query, variables }) => {
    const body = JSON.stringify({ query, variables: { ...variables, unused: 0 } });
    return postText(worker, viewer, body.replace(/"unused":0(?=\}\}$)/, '"unused":9007199254740993'));
  },
  'with a key, and again': async (worker, viewer, asked) => {
    const key = { 'idempotency-key': `way-${keys++}` };
    const first = await post(worker, viewer, asked, key);
    const again = await post(worker, viewer, asked, key);
    return first.codes.length === 0 ? again : first;
  },
  'with a forged token': (worker, viewer, asked) =>
    post(worker, viewer, asked, { 'x-shardql-token': `s1.${'A'.repeat(64)}` }),
  'asking for a trace': (worker, viewer, asked) => post(worker, viewer, asked, { 'x-shardql-trace': '1' }),
};

/** By which way each parameter of a request is looked at. */
export const PARAMETERS: Readonly<Record<keyof GraphqlParams, string>> = {
  query: 'POST',
  documentId: 'named in the manifest',
  variables: 'POST',
  exactVariables: 'with a number that JavaScript rounds',
  operationName: 'by the name of its operation',
  extensions: 'known by its hash',
};

/** Headers that are read, and where they are looked at: by ways, or as `x-shardql-as`, which names the caller here. */
export const HEADERS = {
  'x-shardql-token': 'with a forged token',
  'idempotency-key': 'with a key, and again',
  'x-shardql-trace': 'asking for a trace',
  'mcp-protocol-version': 'of /mcp alone, which refuses other versions: tests/http/mcp',
  'x-shardql-as': 'callers of the matrix; for developers alone: tests/http/authentication',
  'x-request-id': 'an answer’s',
  'x-shardql-next': 'an answer’s, of exports',
  'x-shardql-migration': 'an answer’s, of backups',
  'x-shardql-misfits': 'an answer’s, of exports',
} as const;

export async function manifestOf(documents: readonly string[]): Promise<PersistedManifest> {
  const bodies = [...new Set(documents)];
  return { operations: await Promise.all(bodies.map(async (body) => ({ id: await hashOf(body), body }))) };
}

/** Kinds of writes that users' own code makes. */
const OWN_KINDS = ['create', 'update', 'delete', 'restore', 'purge'] as const;

/** Names of users' own fields for a type: `readOwn…`, `createOwn…` and so on. */
export const ownField = (verb: string, type: string): string => `${verb}Own${type}`;

/** Users' own fields: a list of each type, and each kind of write of one row, with arguments as JSON text. */
export const ownFields = (): Extensions =>
  defineExtensions(model, ({ builder, row, connection }) => {
    for (const { type, keepsDeleted } of ENTITIES) {
      const name = type as 'Doc';
      builder.queryField(ownField('read', type), (t) =>
        t.field({ type: connection(name), resolve: (_root, _args, context) => context.connection(name, { first: 1 }) }),
      );
      for (const kind of OWN_KINDS) {
        if ((kind === 'restore' || kind === 'purge') && keepsDeleted !== true) continue;
        builder.mutationField(ownField(kind, type), (t) =>
          t.field({
            type: row(name),
            nullable: true,
            args: { json: t.arg.string({ required: true }) },
            resolve: (_root, { json }, context) => context[kind](name, JSON.parse(json)) as never,
          }),
        );
      }
    }
  });
