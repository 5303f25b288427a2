import { createApiKey, listApiKeys, revokeApiKey, type ShownApiKey } from '../../resolvers/operator/api-keys.ts';
import type { OperatorField } from './operator-builder.ts';

/** `Query.apiKeys`, `Mutation.createApiKey` and `Mutation.revokeApiKey`. */
export const apiKeyFields: OperatorField = (builder) => {
  const apiKey = builder.objectRef<ShownApiKey>('ApiKey').implement({
    description: 'A credential of a program. Its text is shown once, when it is created.',
    fields: (t) => ({
      name: t.exposeString('name'),
      role: t.exposeString('role'),
      claims: t.expose('claims', { type: 'JSON' }),
      createdAt: t.exposeString('createdAt', { description: 'ISO 8601, as the others.' }),
      expiresAt: t.exposeString('expiresAt', { nullable: true, description: 'Null: it does not expire.' }),
      revokedAt: t.exposeString('revokedAt', { nullable: true, description: 'Null: it is not revoked.' }),
    }),
  });
  builder.queryField('apiKeys', (t) =>
    t.field({
      type: [apiKey],
      nullable: true,
      description: 'All keys there ever were, oldest first.',
      resolve: (_, __, { apiKeys }) => listApiKeys(apiKeys),
    }),
  );
  builder.mutationField('createApiKey', (t) =>
    t.string({
      nullable: true,
      description:
        'Creates a key, and gives its text, which cannot be had again: send it as `Authorization: Bearer …`.',
      args: {
        name: t.arg.string({ required: true, description: 'What it is for. No other key that is not revoked has it.' }),
        role: t.arg.string({ required: true, description: 'A role that access rules let in, or `operator`.' }),
        claims: t.arg({
          type: 'JSON',
          description: 'An object: what access rules know of the caller besides its role.',
        }),
        expiresAt: t.arg.string({ description: 'ISO 8601. Default: never.' }),
      },
      resolve: (_, args, { apiKeys, model, audit }) =>
        audit.recording('create-api-key', args.name, () => createApiKey(apiKeys, model, args)),
    }),
  );
  builder.mutationField('revokeApiKey', (t) =>
    t.boolean({
      nullable: true,
      description:
        'Revokes a key. Isolates may go by what they know of it for as long as they remember keys, by default 30 s.',
      args: { name: t.arg.string({ required: true }) },
      resolve: (_, { name }, { apiKeys, audit }) =>
        audit.recording('revoke-api-key', name, () => revokeApiKey(apiKeys, name)),
    }),
  );
};
