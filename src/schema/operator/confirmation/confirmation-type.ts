import { memoizeByObject } from '../../../lib/memoize-by-object.ts';
import type { Confirmation } from '../../../resolvers/operator/confirmation/confirmations.ts';
import type { OperatorBuilder } from '../operator-builder.ts';

/** `Confirmation`, which the payloads of several fields have. */
const confirmationType = memoizeByObject((builder: OperatorBuilder) =>
  builder.objectRef<Confirmation>('Confirmation').implement({
    description:
      'Says that somebody has seen what would be done. It is bound to the action, its arguments, its caller and the state that the preview was computed on.',
    fields: (t) => ({
      token: t.exposeString('token', {
        description:
          'For the argument `confirmation` of the same field, with the same other arguments and by the same caller.',
      }),
      expiresAt: t.string({
        description: 'ISO 8601: ten minutes after the preview.',
        resolve: ({ expiresAtMs }) => new Date(expiresAtMs).toISOString(),
      }),
    }),
  }),
);

/** The field `confirmation` of a payload: `t.field(confirmationOf(builder))`. */
export const confirmationOf = (builder: OperatorBuilder) => ({
  type: confirmationType(builder),
  nullable: true as const,
  description: 'What has to be sent to have it done. Null: it was no preview.',
  resolve: ({ confirmation }: { readonly confirmation: Confirmation | null }) => confirmation,
});

type ArgumentBuilder = Parameters<Parameters<OperatorBuilder['mutationField']>[1]>[0]['arg'];

/** Arguments of each field that does what cannot simply be taken back. */
export const confirmationArguments = (arg: ArgumentBuilder) => ({
  preview: arg.boolean({
    required: true,
    defaultValue: false,
    description: 'Change nothing: show what would be done, and give a confirmation for it.',
  }),
  confirmation: arg.string({
    description:
      'The `token` of the confirmation that a preview with the same arguments has given. Needed unless it is a preview.',
  }),
});
