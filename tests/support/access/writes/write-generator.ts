/** Random mutations of a caller: all that its role's schema has, on rows that it sees and on others, alone and in transactions. */
import type { GraphQLArgument, GraphQLInputObjectType, GraphQLInputType, GraphQLSchema } from 'graphql';
import { WhereGenerator } from '../../queries/generate-where.ts';
import type { Input } from '../../queries/query.ts';
import { entityOf, type Row, type World } from '../../queries/world.ts';
import { below, pick, type Random } from '../../random.ts';
import { ENTITIES } from '../entities.ts';
import type { Viewer } from '../roles.ts';
import { type AllRows, accessWorld, SPACES } from '../rows.ts';
import { seenWorld } from '../seen-world.ts';
import { InputGenerator } from './random-inputs.ts';
import { keyOf, RowPicker } from './row-picker.ts';
import { type Arguments, KINDS, type Kind, mutationOf, type Step, type Write } from './write.ts';

/** Columns that later operations of a transaction may take from the row of an earlier one. */
const REFERABLE: Readonly<Record<string, string>> = { docId: 'Doc', parentId: 'Doc', tagId: 'Tag' };

const UNIQUE = ['slug', 'serial', 'label'];

interface Mutation {
  readonly kind: Kind;
  readonly type: string;
  readonly field: string;
}

export class WriteGenerator {
  readonly #schema: GraphQLSchema;
  readonly #viewer: Viewer;
  readonly #random: Random;
  readonly #mutations: readonly Mutation[];
  #made = 0;
  // Of the rows that there are.
  #world!: World;
  #seen!: World;
  #picker!: RowPicker;
  #inputs!: InputGenerator;
  #where!: WhereGenerator;

  readonly #prefix: string;

  /** @param schema that of the viewer's role. @param prefix begins values that no row has. */
  constructor(schema: GraphQLSchema, viewer: Viewer, random: Random, prefix = 'made') {
    this.#prefix = prefix;
    this.#schema = schema;
    this.#viewer = viewer;
    this.#random = random;
    const fields = schema.getMutationType()?.getFields() ?? {};
    this.#mutations = ENTITIES.flatMap(({ type, list }) =>
      KINDS.map((kind) => ({ kind, type, field: mutationOf(kind, type, list) })),
    ).filter(({ field }) => field in fields);
  }

  /**
   * Null: the role writes nothing.
   *
   * @param hot rows that matter more than others, by type.
   */
  write(rows: AllRows, hot: AllRows = {}): Write | null {
    if (this.#mutations.length === 0) return null;
    this.#world = accessWorld(rows);
    this.#seen = seenWorld(this.#world, this.#viewer);
    this.#picker = new RowPicker(this.#world, this.#seen, this.#random, hot, `${this.#prefix}-${this.#made++}-`);
    this.#inputs = new InputGenerator(this.#picker, this.#random);
    this.#where = new WhereGenerator(this.#seen, this.#random);
    const isTransaction = this.#chance(0.2);
    const spaceId = this.#space();
    const steps = Array.from({ length: isTransaction ? 1 + below(this.#random, 4) : 1 }, () =>
      this.#step(spaceId, isTransaction),
    );
    const referring = isTransaction ? this.#referring(steps) : steps;
    const isDry = referring.some(({ args }) => args.dryRun === true);
    return { steps: referring, isTransaction, isDry, names: this.#inputs.names };
  }

  #chance(part: number): boolean {
    return this.#random() < part;
  }

  /** Most of the time one where the caller sees rows. */
  #space(): string {
    const spaces = this.#seen.rows.Space ?? [];
    return String(spaces.length > 0 && this.#chance(0.9) ? pick(this.#random, spaces).id : pick(this.#random, SPACES));
  }

  #step(spaceId: string, isInTransaction: boolean): Step {
    // Every type as often, and rows that are there more often than new ones.
    const types = [...new Set(this.#mutations.map((mutation) => mutation.type))];
    // People live elsewhere than all others.
    const type = pick(this.#random, isInTransaction ? types.filter((one) => one !== 'Person') : types);
    const mutation = pick(
      this.#random,
      this.#mutations.filter((one) => one.type === type),
    );
    const { args } = this.#schema.getMutationType()!.getFields()[mutation.field]!;
    const given = this.#arguments(mutation, spaceId, args);
    const { dryRun: _, ...kept } = given;
    return { ...mutation, args: isInTransaction ? kept : given };
  }

  #arguments({ kind, type }: Mutation, spaceId: string, args: readonly GraphQLArgument[]): Arguments {
    const typeOf = (name: string): GraphQLInputType | undefined => args.find((one) => one.name === name)?.type;
    const entity = entityOf(this.#world, type);
    const place = this.#inputs.place(spaceId);
    const isDry = typeOf('dryRun') !== undefined && this.#chance(0.12) ? { dryRun: true } : {};
    switch (kind) {
      case 'create':
        return { data: this.#inputs.value(typeOf('data')!, place) };
      case 'createMany':
      case 'upsertMany': {
        const onConflict =
          kind === 'createMany' && this.#chance(0.6)
            ? { onConflict: pick(this.#random, ['IGNORE', 'UPDATE', 'ERROR']) }
            : {};
        const named = onConflict.onConflict === 'IGNORE' && this.#chance(0.5) ? { conflictKey: 'PRIMARY' } : {};
        // Rows with related ones have to be found by a key that is named.
        const isPlain = onConflict.onConflict === 'IGNORE' && !('conflictKey' in named);
        const depth = isPlain ? Number.POSITIVE_INFINITY : 0;
        return {
          data: this.#inputs.list(inner(typeOf('data')!), { ...place, depth }, 3),
          ...onConflict,
          ...named,
          ...isDry,
        };
      }
      case 'upsert': {
        const fields = Object.fromEntries(args.map((one) => [one.name, one]));
        const row = this.#picker.row(entity, spaceId, false);
        return {
          ...this.#inputs.namedOrNew(entity, fields, row, { ...place, supplied: { spaceId } }),
          shardKey: spaceId,
        };
      }
      case 'updateMany':
      case 'deleteMany': {
        const where = this.#whereOf(type, spaceId);
        const data = kind === 'updateMany' ? this.#plainChanges(type, typeOf, spaceId) : {};
        return {
          where,
          ...data,
          atMost: this.#chance(0.15) ? 1 : 100,
          ...(entity.shardKey === 'spaceId' && { shardKey: spaceId }),
          ...isDry,
        };
      }
      default: {
        const isOfDeleted = kind === 'restore' || kind === 'purge';
        const row = this.#picker.row(entity, spaceId, isOfDeleted ? this.#chance(0.85) : undefined);
        const by = this.#inputs.key(entity, typeOf('by')!, row, 'find', place);
        const isOwn = spaceId === this.#viewer.claims.shardKey;
        const ofKey = entity.shardKey === 'spaceId' && !(isOwn && this.#chance(0.3)) ? { shardKey: spaceId } : {};
        const data = kind === 'update' ? (this.#inputs.value(typeOf('data')!, { ...place, parent: row }) as Input) : {};
        const changes = kind === 'update' ? { data, ...this.#inPlace(type, typeOf('atomic'), data, spaceId) } : {};
        return { by, ...changes, ...ofKey, ...(kind === 'delete' && isDry) };
      }
    }
  }

  #inPlace(type: string, input: GraphQLInputType | undefined, data: Input, spaceId: string): Input {
    if (input === undefined || !this.#chance(0.2)) return {};
    const entity = entityOf(this.#world, type);
    // What a relation gives is no column to change.
    const led = entity.relations
      .filter(({ name }) => name in data)
      .flatMap(({ on }) => on.map(([from]) => [from, null]));
    const atomic = this.#inputs.atomic(
      entity,
      input,
      { ...data, ...Object.fromEntries(led) },
      this.#inputs.place(spaceId),
    );
    return Object.keys(atomic).length > 0 ? { atomic } : {};
  }

  /** Bulk updates take no related rows. */
  #plainChanges(type: string, typeOf: (name: string) => GraphQLInputType | undefined, spaceId: string): Input {
    const { columns } = entityOf(this.#world, type);
    const place = { ...this.#inputs.place(spaceId), depth: Number.POSITIVE_INFINITY };
    const changes = this.#inputs.value(typeOf('data')!, place) as Input;
    // Many rows cannot have one unique value.
    const kept = columns.filter(({ name }) => name in changes && !UNIQUE.includes(name));
    const data = Object.fromEntries(kept.map(({ name }) => [name, changes[name]]));
    const unique = Object.fromEntries(UNIQUE.map((name) => [name, null]));
    const inPlace = this.#inPlace(type, typeOf('atomic'), { ...data, ...unique }, spaceId);
    return { data, ...inPlace };
  }

  #whereOf(type: string, spaceId: string): Input {
    const entity = entityOf(this.#seen, type);
    const ofRow = (row: Row) =>
      Object.fromEntries(Object.entries(keyOf(type, row)).map(([name, value]) => [name, { eq: value }]));
    if (this.#chance(0.3)) return ofRow(this.#picker.row(entityOf(this.#world, type), spaceId));
    const [shardKey, other] = [entity.shardKey, entity.primaryKey.at(-1)!];
    const all = {
      [shardKey]: { eq: spaceId },
      NOT: { [other]: { eq: other === 'at' ? '2020-01-01T00:00:00.000Z' : 'none' } },
    };
    const more = this.#where.where(entity, 1);
    // Empty conditions are refused.
    return this.#chance(0.4) || (isEmpty(more) && this.#chance(0.9)) ? all : { AND: [all, more] };
  }

  /** Columns of later rows come from earlier ones. */
  #referring(steps: readonly Step[]): Step[] {
    const sources: { readonly as: string; readonly type: string }[] = [];
    return steps.map((step, at): Step => {
      const { kind, type, args } = step;
      const refs = kind === 'create' ? this.#refs(args.data as Input, sources) : {};
      const data = Object.fromEntries(Object.entries((args.data ?? {}) as Input).filter(([name]) => !(name in refs)));
      const withRefs = Object.keys(refs).length > 0 ? { ...args, data, refs } : args;
      if (!['create', 'update', 'upsert', 'restore'].includes(kind) || !this.#chance(0.6))
        return { ...step, args: withRefs };
      sources.push({ as: `s${at}`, type });
      return { ...step, args: { ...withRefs, as: `s${at}` } };
    });
  }

  #refs(data: Input, sources: readonly { readonly as: string; readonly type: string }[]): Input {
    const able = Object.keys(data).flatMap((name) =>
      sources
        .filter((source) => source.type === REFERABLE[name])
        .map(({ as }) => [name, { from: as, field: 'id' }] as const),
    );
    return this.#chance(0.7) ? Object.fromEntries(able) : {};
  }
}

const isEmpty = (value: unknown): boolean =>
  typeof value === 'object' &&
  value !== null &&
  (Object.keys(value).length === 0 || Object.values(value).some(isEmpty));

const inner = (type: GraphQLInputType): GraphQLInputType => {
  let list = type as { readonly ofType?: GraphQLInputType };
  while ('ofType' in list && list.ofType !== undefined && !('getFields' in list.ofType))
    list = list.ofType as typeof list;
  return (list.ofType ?? list) as GraphQLInputObjectType;
};
