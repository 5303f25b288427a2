/** Random mutations of the lab's tables, as clients send them. */
import { below, pick, type Random } from '../../../support/random.ts';

const CREATE_BRANCHES = `mutation ($data: [BranchCreateInput!]!, $onConflict: OnConflict!) {
  createBranches(data: $data, onConflict: $onConflict) { affectedCount }
}`;
const CREATE_LEAVES = `mutation ($data: [LeafCreateInput!]!, $onConflict: OnConflict!) {
  createLeaves(data: $data, onConflict: $onConflict) { affectedCount }
}`;
const CHANGE = `mutation ($id: ID!, $tenant: ID!, $data: BranchUpdateInput!) {
  updateBranch(by: { id: $id }, shardKey: $tenant, data: $data) { id }
}`;
const REMOVE = 'mutation ($id: ID!, $tenant: ID!) { deleteBranch(by: { id: $id }, shardKey: $tenant) { id } }';

const IDS = ['a', 'b', 'c', 'd', 'e'];

export interface Document {
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
}

export class RandomMutations {
  readonly #random: Random;
  readonly #tenants: readonly string[];

  constructor(random: Random, tenants: readonly string[]) {
    this.#random = random;
    this.#tenants = tenants;
  }

  /** The first rows: some of each tenant. */
  first(): Document {
    const ofTenant = (tenant: string) => ['a', 'b'].map((id) => ({ tenant, id, uid: `${id}u`, label: 'first' }));
    return { query: CREATE_BRANCHES, variables: { data: this.#tenants.flatMap(ofTenant), onConflict: 'ERROR' } };
  }

  next(): Document {
    const kind = this.#random();
    if (kind < 0.35) return this.#branches();
    if (kind < 0.5) return this.#leaves();
    const named = { id: this.#id(), tenant: pick(this.#random, this.#tenants) };
    if (kind > 0.75) return { query: REMOVE, variables: named };
    const changed = pick(this.#random, Object.entries(this.#values(named.id)));
    return { query: CHANGE, variables: { ...named, data: Object.fromEntries([changed]) } };
  }

  #branches(): Document {
    const data = this.#rows(IDS, (id) => this.#values(id));
    return { query: CREATE_BRANCHES, variables: { data, onConflict: this.#onConflict() } };
  }

  #leaves(): Document {
    const data = this.#rows([1, 2, 3, 4], () => ({
      nodeUid: this.#maybe(() => this.#uid(this.#id()), 0.6),
      note: this.#label(),
    }));
    return { query: CREATE_LEAVES, variables: { data, onConflict: this.#onConflict() } };
  }

  /** Of several tenants; none twice. */
  #rows<Id, Values>(ids: readonly Id[], values: (id: Id) => Values) {
    const rows = Array.from({ length: 1 + below(this.#random, 6) }, () => {
      const [tenant, id] = [pick(this.#random, this.#tenants), pick(this.#random, ids)];
      return { tenant, id, ...values(id) };
    });
    return [...new Map(rows.map((row) => [`${row.tenant} ${row.id}`, row])).values()];
  }

  #values(id: string) {
    return {
      parent: this.#maybe(() => this.#id(), 0.3),
      partner: this.#maybe(() => this.#id(), 0.2),
      uid: this.#maybe(() => this.#uid(id), 0.6),
      slot: this.#maybe(() => 1 + below(this.#random, 3), 0.3),
      label: this.#label(),
    };
  }

  #maybe<Value>(value: () => Value, chance: number): Value | null {
    return this.#random() < chance ? value() : null;
  }

  #onConflict = () => pick(this.#random, ['ERROR', 'IGNORE', 'UPDATE', 'UPDATE', 'UPDATE']);
  #id = () => pick(this.#random, IDS);
  /** No two rows ever take the same, as undo cannot tell which of them a row then meant. */
  #uid = (id: string) => `${id}${pick(this.#random, ['u', 'v'])}`;
  #label = () => pick(this.#random, ['red', 'blue', null]);
}
