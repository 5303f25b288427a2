import { blob, foreignKey, integer, numeric, primaryKey, real, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import { graphqlSync } from 'graphql';
import { describe, expect, it } from 'vitest';
import { createWorker, dateTime, defineExtensions, defineModel, ExtensionError, int64 } from '../../../src/index.ts';
import type { RowValues } from '../../../src/model/row-values.ts';
import { buildSchema } from '../../../src/schema/build-schema.ts';

const owners = sqliteTable('owners', { id: integer().primaryKey(), name: text().notNull() });
const notes = sqliteTable(
  'notes',
  {
    ownerId: integer('owner_id').notNull(),
    id: text().notNull(),
    state: text({ enum: ['open', 'in_work'] }).notNull(),
    mixed: text({ enum: ['inWork', 'done'] }).notNull(),
    size: integer(),
    share: real().notNull(),
    isRead: integer('is_read', { mode: 'boolean' }).notNull(),
    seenAt: integer('seen_at', { mode: 'timestamp' }),
    madeAt: dateTime('made_at').notNull(),
    tags: text({ mode: 'json' }).$type<string[]>().notNull(),
    big: int64().notNull(),
    price: numeric({ mode: 'number' }).notNull(),
    bytes: blob({ mode: 'buffer' }),
  },
  (t) => [
    primaryKey({ columns: [t.ownerId, t.id] }),
    foreignKey({ columns: [t.ownerId], foreignColumns: [owners.id] }),
  ],
);

const model = defineModel(
  { Owner: { table: owners, shardKey: 'id' }, Note: { table: notes, shardKey: 'ownerId' } },
  ({ one, many }) => ({ Owner: { notes: many.Note() }, Note: { owner: one.Owner() } }),
);

/** Compiles only if the two types are the same. */
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

describe('the types of a row', () => {
  it('are those of its columns as GraphQL shows them', () => {
    const same: Same<
      RowValues<typeof notes>,
      {
        readonly ownerId: number;
        readonly id: string;
        readonly state: 'OPEN' | 'IN_WORK';
        readonly mixed: string;
        readonly size: number | null;
        readonly share: number;
        readonly isRead: boolean;
        readonly seenAt: string | null;
        readonly madeAt: string;
        readonly tags: string[];
        readonly big: string;
        readonly price: string;
        readonly bytes: string | null;
      }
    > = true;
    expect(same).toBe(true);
  });
});

/** Never run: the compiler must object to each line that follows an `@ts-expect-error`, or the type check fails. */
export const wrongDeclarations = () =>
  defineExtensions(model, ({ builder, computed, row, connection, listArguments }) => {
    computed('Note', 'right', { type: ['String'], needs: ['tags'], nullable: true, resolve: ({ tags }) => tags });
    // @ts-expect-error no such type
    computed('Memo', 'x', { type: 'String', needs: [], resolve: () => '' });
    // @ts-expect-error no such column
    computed('Note', 'x', { type: 'String', needs: ['title'], resolve: () => '' });
    // @ts-expect-error a column as named in SQL
    computed('Note', 'x', { type: 'String', needs: ['owner_id'], resolve: () => '' });
    // @ts-expect-error no such scalar
    computed('Note', 'x', { type: 'Text', needs: [], resolve: () => '' });
    // @ts-expect-error a column that needs does not name
    computed('Note', 'x', { type: 'String', needs: ['id'], resolve: ({ size }) => String(size) });
    // @ts-expect-error a value of another type than the field's
    computed('Note', 'x', { type: 'Int', needs: ['id'], resolve: ({ id }) => id });
    // @ts-expect-error null for a field that is never null
    computed('Note', 'x', { type: 'Int', needs: ['size'], nullable: false, resolve: ({ size }) => size });
    // @ts-expect-error no such type
    row('Memo');
    // @ts-expect-error no such type
    connection('Memo');
    // @ts-expect-error no such type
    listArguments('Memo');
    builder.queryField('x', (t) =>
      t.field({
        type: row('Note'),
        // @ts-expect-error no columns of the row
        resolve: () => ({ title: 1 }),
      }),
    );
    builder.queryField('y', (t) =>
      t.field({
        type: connection('Note'),
        // @ts-expect-error a row is no list
        resolve: (_root, _args, context) => context.load('Note', { by: { id: 'x' } }),
      }),
    );
    builder.queryField('z', (t) =>
      t.int({
        resolve: async (_root, _args, context) => {
          await context.list('Note', {
            where: { state: { eq: 'OPEN' }, owner: { name: { startsWith: 'x' } }, NOT: { size: { gt: 1 } } },
            orderBy: [{ madeAt: 'DESC' }, { owner: { name: 'ASC' } }],
          });
          await context.list('Owner', { where: { notes: { some: { isRead: { eq: true } } } } });
          // @ts-expect-error no such type
          await context.list('Memo');
          // @ts-expect-error no such column
          await context.list('Note', { where: { title: { eq: 'x' } } });
          // @ts-expect-error no such operator
          await context.list('Note', { where: { id: { equals: 'x' } } });
          // @ts-expect-error no value of the enum
          await context.list('Note', { where: { state: { eq: 'open' } } });
          // @ts-expect-error a text for a number
          await context.list('Note', { where: { size: { gt: '1' } } });
          // @ts-expect-error no such column of the related row
          await context.list('Note', { where: { owner: { title: { eq: 'x' } } } });
          // @ts-expect-error no such direction
          await context.list('Note', { orderBy: [{ id: 'UP' }] });
          // @ts-expect-error no such column to order by
          await context.list('Note', { orderBy: [{ title: 'ASC' }] });
          // @ts-expect-error no such argument
          await context.list('Note', { limit: 1 });
          // @ts-expect-error no such column
          await context.load('Note', { by: { title: 'x' } });
          // @ts-expect-error no such column
          await context.create('Note', { data: { title: 'x' } });
          // @ts-expect-error a number for a text
          await context.update('Note', { by: { id: 'x' }, data: { id: 1 } });
          // @ts-expect-error a row may be missing
          (await context.load('Note', { by: { id: 'x' } })).id;
          // @ts-expect-error shards are none of users' business
          context.shards;
          return 1;
        },
      }),
    );
  });

describe('declarations that the compiler did not see', () => {
  const declared = (...fields: readonly (readonly [type: string, name: string, options?: object])[]) => {
    return () =>
      defineExtensions(model, ({ computed }) => {
        for (const [type, name, options] of fields) {
          computed(type as 'Note', name, { type: 'String', needs: [], resolve: () => '', ...options } as never);
        }
      });
  };

  it.each([
    [
      ['Memo', 'x'],
      'computed field Memo.x: Expected a type of the model (Owner, Note), but got "Memo". Name the type as in defineModel.',
    ],
    [
      ['Note', 'ownerId'],
      'computed field Note.ownerId: Expected a name that is free, but got "ownerId", which the column "owner_id" of table "notes" has. Rename the computed field.',
    ],
    [['Note', 'owner'], 'which the relation "owner" of Note has. Rename the computed field.'],
    [['Note', 'version'], 'which every type has. Rename the computed field.'],
    [['Note', 'nodeId'], 'which every type has. Rename the computed field.'],
    [['Note', 'no-name'], 'Expected a GraphQL name, but got "no-name". Use letters, digits and _.'],
    [['Note', '__x'], 'Expected a GraphQL name, but got "__x".'],
    [
      ['Note', 'x', { type: 'Text' }],
      'Expected the type to be a scalar (ID, String, Int, Float, Boolean, DateTime, JSON, Bytes, BigInt, Decimal, Version), row(…), connection(…) or a type of the builder, but got "Text". Correct the type.',
    ],
    [['Note', 'x', { type: ['Text'] }], 'but got "Text". Correct the type.'],
    [['Note', 'x', { type: undefined }], 'but got none. Correct the type.'],
    [['Note', 'x', { needs: ['title'] }], 'Expected needs to name columns of Note (ownerId, id, '],
    [
      ['Note', 'x', { needs: ['owner'] }],
      'but got the relation "owner". Name a column; read related rows in resolve, by context.load or context.list.',
    ],
  ] as const)('are refused when the Worker starts: %j', (field, message) => {
    expect(declared(field)).toThrow(ExtensionError);
    expect(declared(field)).toThrow(message);
  });

  it('are all told at once, also where two computed fields have one name', () => {
    expect(declared(['Note', 'x'], ['Note', 'x'], ['Owner', 'x'], ['Memo', 'y'])).toThrow(
      /got 2 problems:\n- computed field Note\.x: .* which another computed field has\..*\n- computed field Memo\.y: /,
    );
  });

  it('are refused with the schema if root fields or types clash with generated ones', () => {
    const field = defineExtensions(model, ({ builder }) =>
      builder.queryField('notes', (t) => t.int({ resolve: () => 1 })),
    );
    expect(() => buildSchema(model, field)).toThrow(/Duplicate field.*notes.*Rename what the extensions declare/);
    const type = defineExtensions(
      model,
      ({ builder }) =>
        void builder.objectRef('NoteEdge').implement({ fields: (t) => ({ x: t.int({ resolve: () => 1 }) }) }),
    );
    expect(() => buildSchema(model, type)).toThrow(/Duplicate typename.*NoteEdge.*Rename what the extensions declare/);
  });

  it.each(['Note', 'NoteWhere', 'PageInfo', 'Int', 'Version', 'Node', 'ConsistencyMode', '__Type', 'Mutation'])(
    'are refused with the schema if a type has the name of one that is there: %s',
    (name) => {
      const type = defineExtensions(model, ({ builder }) => {
        builder.objectRef(name).implement({ fields: (t) => ({ x: t.int({ resolve: () => 1 }) }) });
      });
      expect(() => buildSchema(model, type)).toThrow(ExtensionError);
      expect(() => buildSchema(model, type)).toThrow(new RegExp(`Duplicate typename.*${name}.*Rename what`));
    },
  );

  it('are refused with the schema if a name is none of GraphQL', () => {
    const field = defineExtensions(model, ({ builder }) =>
      builder.queryField('no-name', (t) => t.int({ resolve: () => 1 })),
    );
    expect(() => buildSchema(model, field)).toThrow(ExtensionError);
    expect(() => buildSchema(model, field)).toThrow(/"no-name".*Rename what the extensions declare/);
  });

  it('may declare the root types again, with fields and a description', () => {
    const roots = defineExtensions(model, ({ builder }) => {
      builder.queryType({ description: 'What may be read.', fields: (t) => ({ mine: t.int({ resolve: () => 1 }) }) });
      builder.mutationType({ fields: (t) => ({ go: t.int({ resolve: () => 2 }) }) });
    });
    const schema = buildSchema(model, roots);
    const { data } = graphqlSync({ schema, source: '{ __type(name: "Query") { description fields { name } } }' });
    expect(data!.__type).toMatchObject({
      description: 'What may be read.',
      fields: expect.arrayContaining([{ name: 'mine' }, { name: 'notes' }, { name: 'node' }]),
    });
    expect(Object.keys(schema.getMutationType()!.getFields())).toEqual(expect.arrayContaining(['go', 'createNote']));
  });

  it.each<[string, Parameters<typeof defineExtensions<typeof model>>[1]]>([
    ['createNote', ({ builder }) => builder.mutationField('createNote', (t) => t.int({ resolve: () => 1 }))],
    ['ownerId', ({ builder, row }) => builder.objectField(row('Note'), 'ownerId', (t) => t.int({ resolve: () => 1 }))],
    [
      'totalCount',
      ({ builder, connection }) =>
        builder.objectField(connection('Note'), 'totalCount', (t) => t.int({ resolve: () => 1 })),
    ],
    [
      'aggregate',
      ({ builder, connection }) =>
        builder.objectField(connection('Note'), 'aggregate', (t) => t.int({ resolve: () => 1 })),
    ],
  ])('are refused with the schema if a field is declared that is generated: %s', (name, declare) => {
    expect(() => buildSchema(model, defineExtensions(model, declare))).toThrow(
      new RegExp(`Duplicate field ${name} on .*Rename what the extensions declare`),
    );
  });

  it('are refused with the schema if a field’s type is not there', () => {
    const computed = defineExtensions(model, ({ builder, computed }) =>
      computed('Note', 'x', { type: builder.objectRef<object>('Missing'), needs: [], resolve: () => ({}) }),
    );
    const field = defineExtensions(model, ({ builder }) =>
      builder.queryField('x', (t) => t.field({ type: builder.objectRef<object>('Missing'), resolve: () => ({}) })),
    );
    for (const extensions of [computed, field]) {
      expect(() => buildSchema(model, extensions)).toThrow(/Missing.*has not been implemented\. Implement it;/);
    }
  });

  it('are refused with the schema if a type of theirs is not valid', () => {
    const empty = defineExtensions(model, ({ builder }) => {
      builder.inputType('Empty', { fields: () => ({}) });
    });
    expect(() => buildSchema(model, empty)).toThrow('- Input Object type Empty must define one or more fields.');
  });

  it('are refused with another model than the Worker’s', () => {
    const other = defineModel({ Owner: { table: owners, shardKey: 'id' } });
    const extensions = defineExtensions(other, () => {});
    expect(() => createWorker({ model, migrations: { migrations: [], physicalHash: '' }, extensions })).toThrow(
      "Expected extensions of the Worker's model, but got those of another.",
    );
  });

  it('of two models live side by side', () => {
    const other = defineModel({ Owner: { table: owners, shardKey: 'id' } });
    const schemas = [
      buildSchema(
        model,
        defineExtensions(model, ({ computed }) =>
          computed('Note', 'mine', { type: 'String', needs: [], resolve: () => '' }),
        ),
      ),
      buildSchema(
        other,
        defineExtensions(other, ({ builder, row }) =>
          builder.queryField('mine', (t) => t.field({ type: row('Owner'), resolve: () => null })),
        ),
      ),
    ];
    const fieldsOf = (index: number) => Object.keys(schemas[index]!.getQueryType()!.getFields());
    expect(fieldsOf(0)).not.toContain('mine');
    expect(fieldsOf(1)).toContain('mine');
  });
});
