import { createApiKey, listApiKeys, revocation, type ShownApiKey } from '../../resolvers/operator/api-keys.ts';
import { confirmed } from '../../resolvers/operator/confirmation/confirmed.ts';
import { confirmationArguments } from './confirmation/confirmation-type.ts';
import { outcomeType } from './confirmation/outcome-type.ts';
import type { OperatorField } from './operator-builder.ts';

/** `Query.apiKeys`, `Mutation.createApiKey` and `Mutation.revokeApiKey`. */
export const apiKeyFields: OperatorField = (builder) => {
  const apiKey = builder.objectRef<ShownApiKey>('ApiKey').implement({
    description: 'A credential of a program. Its text is shown once, when it is created.',
    fields: (t) => ({
      name: t.exposeString('name', { description: 'No other key that is not revoked has it.' }),
      role: t.exposeString('role', { description: 'Of those who send it.' }),
      claims: t.expose('claims', { type: 'JSON', description: 'What access rules know of them besides.' }),
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
  const payload = outcomeType<ShownApiKey, ShownApiKey>(builder, {
    name: 'RevokeApiKeyPayload',
    description: 'A key that would be revoked, or is.',
    preview: { type: apiKey, description: 'The key that would be revoked.' },
    done: { field: 'apiKey', type: apiKey, description: 'The key that is revoked.' },
  });
  builder.mutationField('revokeApiKey', (t) =>
    t.field({
      type: payload,
      nullable: true,
      description:
        'Revokes a key. Isolates may go by what they know of it for as long as they remember keys, by default 30 s.',
      args: {
        name: t.arg.string({ required: true, description: 'Of the key.' }),
        ...confirmationArguments(t.arg),
      },
      resolve: (_, args, context) => confirmed(revocation(context.apiKeys, args.name), args, context),
    }),
  );
};
