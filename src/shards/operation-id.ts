/**
 * Ids of operations, as clients see them: `<uuid>@<shard>.<version>[,<shard>.<version>…]`. The UUID is the origin of the
 * operation's rows in the log, and what follows says in which shards they are, by which commit. Clients treat them as opaque.
 */
import { ShardQLError } from './errors.ts';
import { MAX_SHARDS } from './limits.ts';
import { textToVersion, type Version, versionToText } from './version.ts';

/** An operation that has changed rows. */
interface OperationId {
  /** A UUID in lower case: `origin` of its log rows. */
  readonly origin: string;
  /** Its commit in each shard that it wrote to: at least one, each shard once. */
  readonly commits: readonly LoggedCommit[];
}

/** Where in the log of which shard a commit is. */
interface LoggedCommit {
  /** Name of the shard. */
  readonly shard: string;
  readonly version: Version;
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

export const formatOperationId = ({ origin, commits }: OperationId): string =>
  `${origin}@${commits.map(({ shard, version }) => `${encodeURIComponent(shard)}.${versionToText(version)}`).join()}`;

/**
 * Inverse of {@link formatOperationId}. That a text is well-formed does not say that there is such an operation.
 *
 * @throws ShardQLError BAD_USER_INPUT for any other text.
 */
export function parseOperationId(text: string): OperationId {
  const at = text.indexOf('@');
  const origin = text.slice(0, Math.max(0, at));
  const commits = text
    .slice(at + 1)
    .split(',', MAX_SHARDS + 1)
    .map(parseCommit);
  const shards = new Set(commits.map((commit) => commit?.shard));
  const isWhole = UUID.test(origin) && commits.length <= MAX_SHARDS && shards.size === commits.length;
  if (isWhole && commits.every((commit) => commit !== null)) return { origin, commits };
  throw new ShardQLError(
    'BAD_USER_INPUT',
    'Expected an operation id as extensions.operations of a mutation has it, but got another text.',
  );
}

function parseCommit(text: string): LoggedCommit | null {
  const dot = text.lastIndexOf('.');
  const version = textToVersion(text.slice(dot + 1));
  if (dot < 1 || version === null || version === 0) return null;
  try {
    const shard = decodeURIComponent(text.slice(0, dot));
    return encodeURIComponent(shard) === text.slice(0, dot) ? { shard, version } : null;
  } catch {
    return null;
  }
}
