import { sql } from 'drizzle-orm';
import { foreignKey, integer, primaryKey, real, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core';
import { defineModel } from '../../src/model/define-model.ts';
import { alone, notes, owners, testRefusedModels } from './refused-model.ts';

testRefusedModels('Models with unsound keys', {
  'a shard key that is no column': {
    define: () => defineModel({ Note: { table: notes(), shardKey: 'nobody' as never } }),
    where: ['Note', '"notes"'],
    message: /but got "nobody"/,
  },
  'a nullable shard key': {
    define: () =>
      alone(
        sqliteTable('notes', { owner: text(), id: text().notNull() }, (t) => [
          primaryKey({ columns: [t.owner, t.id] }),
        ]),
      ),
    where: ['"notes"', '"owner"'],
    message: /shard key that is NOT NULL/,
  },
  'a real shard key': {
    define: () => alone(sqliteTable('notes', { owner: real().primaryKey() })),
    where: ['"notes"', '"owner"'],
    message: /text, integer or blob, but got Float/,
  },
  'a JSON shard key': {
    define: () => alone(sqliteTable('notes', { owner: text({ mode: 'json' }).primaryKey() })),
    where: ['"notes"', '"owner"'],
    message: /shard key of text, integer or blob, but got JSON/,
  },
  'a generated shard key': {
    define: () =>
      alone(
        sqliteTable(
          'notes',
          { id: text().notNull(), owner: text().notNull().generatedAlwaysAs(sql`lower(id)`) },
          (t) => [primaryKey({ columns: [t.owner, t.id] })],
        ),
      ),
    where: ['"notes"', '"owner"'],
    message: /but got a generated column/,
  },
  'a table without primary key': {
    define: () => alone(sqliteTable('notes', { owner: text().notNull() })),
    where: ['Note', '"notes"'],
    message: /Expected a primary key, but got none/,
  },
  'a primary key without the shard key': {
    define: () => alone(sqliteTable('notes', { owner: text().notNull(), id: text().primaryKey() })),
    where: ['"notes"'],
    message: /primary key that includes the shard key "owner", but got id/,
  },
  'a nullable primary-key column': {
    define: () =>
      alone(
        sqliteTable('notes', { owner: text().notNull(), id: text() }, (t) => [
          primaryKey({ columns: [t.owner, t.id] }),
        ]),
      ),
    where: ['"notes"', '"id"'],
    message: /primary-key column that is NOT NULL/,
  },
  'a JSON primary-key column': {
    define: () =>
      alone(
        sqliteTable('notes', { owner: text().notNull(), id: text({ mode: 'json' }).notNull() }, (t) => [
          primaryKey({ columns: [t.owner, t.id] }),
        ]),
      ),
    where: ['"notes"', '"id"'],
    message: /written and compared as one value, but got a JSON column/,
  },
  'a generated primary-key column': {
    define: () =>
      alone(
        sqliteTable(
          'notes',
          { owner: text().notNull(), id: text().notNull().generatedAlwaysAs(sql`lower(owner)`) },
          (t) => [primaryKey({ columns: [t.owner, t.id] })],
        ),
      ),
    where: ['"notes"', '"id"'],
    message: /written and compared as one value, but got a generated column/,
  },
  'an autoincrement key': {
    define: () =>
      defineModel({
        Note: { table: sqliteTable('notes', { id: integer().primaryKey({ autoIncrement: true }) }), shardKey: 'id' },
      }),
    where: ['"notes"', '"id"'],
    message: /autoIncrement, which each shard counts for itself/,
  },
  'a unique column without the shard key': {
    define: () => alone(notes({ email: text('e_mail').unique() })),
    where: ['"notes"', '"email"'],
    message: /unique index that includes the shard key "owner", but got email/,
  },
  'a unique index over an expression without the shard key': {
    define: () =>
      alone(
        sqliteTable('notes', { owner: text().primaryKey(), email: text() }, (t) => [
          uniqueIndex('notes_email').on(sql`lower(${t.email})`),
        ]),
      ),
    where: ['"notes"', '"notes_email"'],
    message: /but got an expression/,
  },
  'a foreign key without the shard key': {
    define: () => {
      const parents = notes({}, 'parents');
      const children = sqliteTable(
        'children',
        { owner: text().notNull(), id: text().notNull(), parentId: text('parent_id') },
        (t) => [
          primaryKey({ columns: [t.owner, t.id] }),
          foreignKey({ columns: [t.parentId], foreignColumns: [parents.id!] }),
        ],
      );
      return defineModel({
        Parent: { table: parents, shardKey: 'owner' },
        Child: { table: children, shardKey: 'owner' },
      });
    },
    where: ['"children"', '"parentId"'],
    message: /pairs the shard keys Child\.owner and Parent\.owner, but got parentId/,
  },
  'a foreign key to columns that are no key': {
    define: () => {
      const children = sqliteTable(
        'children',
        { owner: text().notNull(), id: text().notNull(), email: text() },
        (t) => [
          primaryKey({ columns: [t.owner, t.id] }),
          foreignKey({ columns: [t.owner, t.email], foreignColumns: [owners.id, owners.email] }),
        ],
      );
      return defineModel({ Owner: { table: owners, shardKey: 'id' }, Child: { table: children, shardKey: 'owner' } });
    },
    where: ['"children"', '"email"'],
    message: /primary key or a unique index of Owner, but got id, email/,
  },
  'a foreign key to a table outside the model': {
    define: () =>
      alone(
        sqliteTable('notes', {
          owner: text()
            .primaryKey()
            .references(() => owners.id),
        }),
      ),
    where: ['"notes"', '"owner"'],
    message: /but got "owners"/,
  },
  'a foreign key that would set the shard key to null': {
    define: () =>
      defineModel({
        Owner: { table: owners, shardKey: 'id' },
        Note: {
          table: sqliteTable('notes', {
            owner: text()
              .primaryKey()
              .references(() => owners.id, { onDelete: 'set null' }),
          }),
          shardKey: 'owner',
        },
      }),
    where: ['"notes"', '"owner"'],
    message: /leaves the shard key "owner" as it is, but got "set null"/,
  },
  'a foreign key between different types': {
    define: () => {
      const children = sqliteTable(
        'children',
        { owner: text().notNull(), id: text().notNull(), parent: integer() },
        (t) => [
          primaryKey({ columns: [t.owner, t.id] }),
          foreignKey({ columns: [t.owner, t.parent], foreignColumns: [t.owner, t.id] }),
        ],
      );
      return defineModel({ Child: { table: children, shardKey: 'owner' } });
    },
    where: ['"children"', '"parent"'],
    message: /columns of one type, but got "parent" \(int\) and Child\.id \(text\)/,
  },
  'a domain of text and integer keys': {
    define: () =>
      defineModel({
        Owner: { table: owners, shardKey: 'id', domain: 'all' },
        Device: { table: sqliteTable('devices', { id: integer().primaryKey() }), shardKey: 'id', domain: 'all' },
      }),
    where: ['"devices"', '"id"'],
    message: /stored like that of Owner, which shares its domain, but got int instead of text/,
  },
  'two names for one domain': {
    define: () =>
      defineModel({
        Owner: { table: owners, shardKey: 'id', domain: 'people' },
        Note: {
          table: sqliteTable('notes', {
            owner: text()
              .primaryKey()
              .references(() => owners.id),
          }),
          shardKey: 'owner',
          domain: 'notes',
        },
      }),
    where: ['"notes"'],
    message: /one domain .* but got "people" and "notes"/,
  },
});
