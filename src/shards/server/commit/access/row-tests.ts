import type { RowTest } from '../../../write-rules.ts';
import type { PlanNeeds } from '../../read/run/plan-runner.ts';
import { chunks } from '../bulk-rows.ts';
import type { CommitScope } from '../commit-scope.ts';
import type { PrimaryKey } from './caller-access.ts';

/** Equal for keys of one row. */
export const textOfKey = (key: PrimaryKey): string => JSON.stringify(key);

/** Runs the rules of a caller on rows, as they are at this point of the transaction. */
export class RowTests {
  readonly #scope: Pick<CommitScope, 'plans' | 'session' | 'shardKeys' | 'visibleOnly'>;

  constructor(scope: Pick<CommitScope, 'plans' | 'session' | 'shardKeys' | 'visibleOnly'>) {
    this.#scope = scope;
  }

  /** For each key, whether the rule finds the row: one statement, however many there are. A row that is not there is not found. */
  finds({ plan, values }: RowTest, keys: readonly PrimaryKey[]): boolean[] {
    const { plans, session, shardKeys, visibleOnly } = this.#scope;
    const found: boolean[] = [];
    for (const some of chunks(keys.map((key) => ({ key, json: textOfKey(key) })))) {
      const call = { plan, values, keys: some.map(({ key }) => key), shardKeys: [...shardKeys] };
      found.push(...plans.run(session, call, { visibleOnly }).map((answer) => answer !== null));
    }
    return found;
  }

  needsOf({ plan }: RowTest): PlanNeeds {
    return this.#scope.plans.needsOf(plan);
  }
}
