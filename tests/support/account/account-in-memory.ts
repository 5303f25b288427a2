import type { AccountCalls, AccountOf, AccountQueue, KvNamespace } from '../../../scripts/cli/setup/account.ts';
import { AccountError } from '../../../scripts/cli/setup/account-error.ts';

/** An account without wrangler, whose processes take seconds. `fake-account.ts` is one that wrangler asks. */
export class AccountInMemory {
  readonly queues = new Map<string, AccountQueue>();
  readonly kv: KvNamespace[] = [];
  readonly r2: string[] = [];
  readonly secretsByWorker = new Map<string, Map<string, string>>();
  /** What was changed, in order. */
  readonly changes: string[] = [];
  /** Whether it may only be looked at. */
  isReadOnly = false;

  /** @param worker names that of the secrets. */
  open =
    (worker: string) =>
    ({ env }: AccountOf): AccountCalls => {
      const change = (what: string) => {
        if (this.isReadOnly) throw new AccountError('NO_PERMISSION', `Expected to make ${what}, but got: Forbidden.`);
        this.changes.push(what);
      };
      const namespaceTitle = (name: string) => (env === '' ? name : `${env}-${name}`);
      return {
        names: async () => ['An account'],
        queue: async (name) => this.queues.get(name) ?? null,
        createQueue: async (name, { jurisdiction }) => {
          change(`queue ${name}${jurisdiction === null ? '' : ` in ${jurisdiction}`}`);
          this.queues.set(name, { consumers: [] });
        },
        namespaces: async () => this.kv,
        namespaceTitle,
        createNamespace: async (name) => {
          const title = namespaceTitle(name);
          change(`namespace ${title}`);
          this.kv.push({ id: `id-of-${title}`, title });
        },
        buckets: async () => this.r2,
        createBucket: async (name) => {
          change(`bucket ${name}`);
          this.r2.push(name);
        },
        secrets: async () => [...(this.secretsByWorker.get(worker)?.keys() ?? [])],
        putSecret: async (key, value) => {
          change(`secret ${key}`);
          this.secretsByWorker.set(worker, new Map([...(this.secretsByWorker.get(worker) ?? []), [key, value]]));
        },
      };
    };
}
