import { DEPLOYMENT, NO_EVIDENCE } from '../../../alert.ts';
import { type Rule, statusOf } from '../finding.ts';
import { operationsBy, percent } from '../suspects.ts';
import { isLearnt, requestsOf, unauthenticatedOf } from '../usual-rates.ts';

/** As many times what is usual is unusual. */
const UNUSUAL = 4;

/** Callers are refused, since their credentials are not valid or cannot be verified. */
export const authenticationRule: Rule<'authentication'> = ({ recent, usual }, { share, leastDenied }) => {
  const requests = requestsOf(recent);
  const denied = unauthenticatedOf(recent);
  const unfetched = recent.events['jwks-not-fetched'] ?? 0;
  if (requests === 0 && unfetched === 0) return [];
  const deniedShare = denied / Math.max(1, requests);
  // A deployment that has just begun would take the incident itself for what is usual.
  const usualShare = isLearnt(usual) ? usual.unauthenticated / Math.max(1, usual.requests) : 0;
  const bound = Math.min(1, Math.max(share, UNUSUAL * usualShare));
  const ofDenied = denied < leastDenied ? statusOf(denied, leastDenied) : statusOf(deniedShare, bound);
  const [first] = operationsBy(recent, ({ errors }) => errors.UNAUTHENTICATED ?? 0);
  return [
    {
      subject: DEPLOYMENT,
      status: unfetched > 0 ? 'BROKEN' : ofDenied,
      severity: 'WARNING',
      rank: 1,
      summary:
        unfetched > 0
          ? `The keys of a token issuer could not be fetched ${unfetched} time${unfetched === 1 ? '' : 's'}: requests with its tokens fail.`
          : `${denied} of ${requests} requests (${percent(deniedShare)}) had no valid credential; ${percent(usualShare)} is usual.`,
      remedy:
        unfetched > 0
          ? 'The log has jwks-not-fetched with the reason: see that the address of the keys answers, and that authenticate.jwt names the right one (docs/authentication.md).'
          : 'The log has a sample as denial, with addresses and callers. Many addresses: the issuer has changed its keys, issuer or audience, or an API key was revoked that is in use. One address: somebody guesses; limit it (docs/rate-limits.md).',
      evidence: { ...NO_EVIDENCE, operation: first?.label ?? null },
    },
  ];
};
