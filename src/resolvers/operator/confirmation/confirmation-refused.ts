import { type ConfirmationProblem, ShardQLError } from '../../../shards/errors.ts';

const GOT: Readonly<Record<ConfirmationProblem, string>> = {
  MISSING: 'none',
  EXPIRED: 'one that has expired',
  OTHER: 'that of other arguments, of another caller, or another text',
  STALE: 'that of a state which has changed since',
};

/** Whatever is wrong with it, the remedy is the same. */
export const confirmationRefused = (problem: ConfirmationProblem): ShardQLError =>
  new ShardQLError(
    'CONFIRMATION_REFUSED',
    `Expected the confirmation of a preview with the same arguments, but got ${GOT[problem]}. Ask with preview: true, see what would be done, and send its confirmation.`,
    { problem },
  );
