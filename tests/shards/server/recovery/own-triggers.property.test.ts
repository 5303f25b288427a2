/** Triggers of migrations that change rows in turn: what they do is logged, in the order in which it happens, and full-text indexes follow. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Migrator } from '../../../../src/shards/server/migrate/migrator.ts';
import { dropOwnTriggers } from '../../../../src/shards/server/recovery/own-triggers.ts';
import { changesSince } from '../../../../src/shards/server/recovery/past-point.ts';
import { pastSchema } from '../../../../src/shards/server/recovery/past-schema.ts';
import { settleReferences, takeBack } from '../../../../src/shards/server/recovery/take-back.ts';
import { searchIndexes } from '../../../../src/shards/server/search/search-index.ts';
import { stopClock } from '../../../../src/shards/server/tables/clock-table.ts';
import { bundleWith } from '../../../support/create-tables.ts';
import { describeRuns, propertyRuns } from '../../../support/property-runs.ts';
import { createRandom } from '../../../support/random.ts';
import { inNewShard, type LabShard } from '../lab-shard.ts';
import { checkIndex } from '../search/index-content.ts';
import { statements } from '../undo/lab-history.ts';
import { undoLabBundle, undoLabModel } from '../undo/undo-lab.ts';
import { TenantHistory, type Tenants, tenantsOf } from './tenant-history.ts';

const runs = propertyRuns(20);

const VERSION = '(SELECT version FROM _clock)';
const MARK = "SET label = coalesce(NEW.label, '') || '!'";
const BODIES = [
  `AFTER INSERT ON nodes BEGIN UPDATE nodes ${MARK} WHERE tenant = NEW.tenant AND id = NEW.id; END`,
  `AFTER INSERT ON nodes BEGIN UPDATE nodes ${MARK}, _version = ${VERSION} WHERE tenant = NEW.tenant AND id > NEW.id; END`,
  `AFTER UPDATE ON nodes WHEN NEW.label NOT LIKE '%!' BEGIN UPDATE nodes ${MARK} WHERE tenant = NEW.tenant AND id = NEW.id; END`,
  `AFTER UPDATE ON nodes BEGIN UPDATE nodes ${MARK} WHERE tenant = NEW.tenant AND id = 'b' AND NEW.id <> 'b'; END`,
  `AFTER UPDATE OF slot ON nodes BEGIN DELETE FROM "odd leaves" WHERE tenant = NEW.tenant AND id = NEW.slot; END`,
  `AFTER DELETE ON nodes BEGIN UPDATE nodes SET label = OLD.id WHERE tenant = OLD.tenant AND id > OLD.id; END`,
  `AFTER INSERT ON "odd leaves" BEGIN
     INSERT OR IGNORE INTO nodes (tenant, id, label, _version) VALUES (NEW.tenant, 'g', NEW."a note", ${VERSION});
   END`,
];
const triggers = BODIES.map((body, at) => `CREATE TRIGGER mark_${at} ${body}`);
const [made] = undoLabBundle.migrations;

class TakenOut extends Error {}

function readAt({ session, state }: LabShard, version: number, schema: ReturnType<typeof pastSchema>): Tenants {
  let tenants: Tenants = new Map();
  try {
    state.storage.transactionSync(() => {
      stopClock(session);
      dropOwnTriggers(session);
      takeBack(session, changesSince(session, version, null), { schema, versions: 'THEN' });
      tenants = tenantsOf({ rows: (sql, ...bindings) => session.rows(sql, ...bindings) });
      throw new TakenOut();
    });
  } catch (error) {
    if (!(error instanceof TakenOut)) throw error;
  } finally {
    settleReferences(session);
  }
  return tenants;
}

it(`whatever triggers change after a row, and whichever migration has made them, the log has it and indexes follow (${describeRuns(runs)})`, {
  timeout: 60_000 + 2_000 * runs.numRuns,
}, async () => {
  const chosen = fc.uniqueArray(fc.constantFrom(...triggers), { minLength: 1, maxLength: 3 });
  await fc.assert(
    fc.asyncProperty(
      fc.tuple(chosen, fc.nat(3), fc.array(statements, { minLength: 6, maxLength: 12, size: 'max' }), fc.nat()),
      ([sql, first, commits, seed]) => {
        const one = { ...made!, statements: [...made!.statements, ...sql.slice(0, first)] };
        const two = { ...made!, tag: '0001_triggers', hash: '1', statements: sql.slice(first) };
        return inNewShard(undoLabModel, bundleWith(undoLabModel, [one]), async (shard) => {
          const { storage } = shard.state;
          const later = bundleWith(undoLabModel, [one, two]);
          expect(await new Migrator(storage, undoLabModel, later, Date.now).migrate()).toBeNull();
          const history = new TenantHistory(shard, createRandom(seed), commits);
          while (history.commit());
          for (const index of searchIndexes(undoLabModel)) checkIndex(shard, index);
          const schema = pastSchema(undoLabModel, later.migrations);
          for (const { version, tenants } of history.moments) expect(readAt(shard, version, schema)).toEqual(tenants);
        });
      },
    ),
    runs,
  );
});
