import { badUserInput } from '../../../plans/bad-user-input.ts';
import type { AuditedAction } from '../../../shards/audit.ts';
import type { AuditTrail } from '../../../shards/client/audit-trail.ts';
import type { Confirmation, Confirmations, ConfirmedCall } from './confirmations.ts';

/** Something that is done once somebody has seen what it would do. */
export interface ConfirmedAction<Preview, Done> extends ConfirmedCall {
  readonly action: AuditedAction;
  /** As the audit log names it. */
  readonly target: string | null;
  /** What it would do. Changes nothing. */
  preview(): Promise<Preview>;
  /** What the preview was computed on, as far as it matters: where it is another one later, people have seen something else. */
  stateOf(preview: Preview): unknown;
  /** The same as of now; default: that of another preview. */
  stateNow?(): Promise<unknown>;
  /** What it has done with this confirmation already; null: nothing. Default: its state tells. */
  performed?(id: string): Promise<Done | null>;
  /** @param id of the confirmation, a UUID: what is begun under it is begun once. */
  perform(id: string): Promise<Done>;
  /** As the audit log calls it; default: it has succeeded. */
  outcomeOf?(done: Done): string;
}

/** Arguments of each field that does such a thing. */
interface ConfirmationArguments {
  readonly preview: boolean;
  readonly confirmation?: string | null | undefined;
}

/** What became of it. */
export type Outcome<Preview, Done> =
  | { readonly preview: Preview; readonly done: null; readonly confirmation: Confirmation }
  | { readonly preview: null; readonly done: Done; readonly confirmation: null };

interface ActionContext {
  readonly confirmations: Confirmations;
  readonly audit: AuditTrail;
}

/**
 * Shows what an action would do, with a confirmation; or does it, if its confirmation is that of a preview which still holds. What is done, or refused,
 * is in the audit log; previews are not.
 *
 * What others change between the check and the action is the action's to look after, as each does whatever the caller has seen.
 *
 * @throws ShardQLError CONFIRMATION_REFUSED
 */
export async function confirmed<Preview, Done>(
  action: ConfirmedAction<Preview, Done>,
  { preview: isPreview, confirmation = null }: ConfirmationArguments,
  { confirmations, audit }: ActionContext,
): Promise<Outcome<Preview, Done>> {
  if (isPreview) {
    if (confirmation !== null) throw badUserInput('Expected preview: true or a confirmation, but got both.');
    const preview = await action.preview();
    return { preview, done: null, confirmation: await confirmations.issue(action, action.stateOf(preview)) };
  }
  const done = await audit.recording(
    action.action,
    action.target,
    async () => {
      const accepted = await confirmations.require(action, confirmation);
      const performed = (await action.performed?.(accepted.id)) ?? null;
      if (performed !== null) return performed;
      await accepted.requireState(await (action.stateNow?.() ?? action.preview().then((now) => action.stateOf(now))));
      return await action.perform(accepted.id);
    },
    action.outcomeOf,
  );
  return { preview: null, done, confirmation: null };
}
