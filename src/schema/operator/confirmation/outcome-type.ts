import type { Outcome } from '../../../resolvers/operator/confirmation/confirmed.ts';
import type { OperatorBuilder } from '../operator-builder.ts';
import { confirmationOf } from './confirmation-type.ts';

/** A type of the schema whose values are these. */
type TypeOf<Value> = ReturnType<ReturnType<typeof declare<Value>>['implement']>;

const declare = <Value>(builder: OperatorBuilder) => builder.objectRef<Value>('');

interface OutcomeOptions<Preview, Done> {
  readonly name: string;
  readonly description: string;
  readonly preview: { readonly type: TypeOf<Preview>; readonly description: string };
  /** `field`: what is done is a field of this name. */
  readonly done: { readonly field: string; readonly type: TypeOf<Done>; readonly description: string };
}

/** The payload of a field that either shows what it would do, or does it. */
export const outcomeType = <Preview extends object, Done extends object | null>(
  builder: OperatorBuilder,
  { name, description, preview, done }: OutcomeOptions<Preview, Done>,
) =>
  builder.objectRef<Outcome<Preview, Done>>(name).implement({
    description,
    fields: (t) => ({
      preview: t.field({
        type: preview.type,
        nullable: true,
        description: `${preview.description} Null: it was no preview.`,
        // Of a type that is not known yet, TypeScript cannot tell that it is no list.
        resolve: (outcome) => outcome.preview as never,
      }),
      [done.field]: t.field({
        type: done.type,
        nullable: true,
        description: `${done.description} Null: it was a preview.`,
        resolve: (outcome) => outcome.done as never,
      }),
      confirmation: t.field(confirmationOf(builder)),
    }),
  });
