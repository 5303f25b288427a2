/**
 * Tables that keep deleted rows, in each of the forms that moments have, beside some that do not; relations of each kind between
 * them; and rules of each kind.
 */
import { sql } from 'drizzle-orm';
import {
  foreignKey,
  index,
  integer,
  primaryKey,
  sqliteTable,
  text,
  unique,
  uniqueIndex,
} from 'drizzle-orm/sqlite-core';
import { dateTime } from '../../../src/model/columns.ts';
import { defineModel } from '../../../src/model/define-model.ts';

const teamId = () =>
  text('team_id')
    .notNull()
    .references(() => teams.id, { onDelete: 'cascade' });

export const teams = sqliteTable('teams', { id: text().primaryKey(), name: text().notNull().default('') });

/** Live elsewhere than what they work on. */
export const people = sqliteTable('people', {
  id: text().primaryKey(),
  name: text().notNull().default(''),
  leftAt: dateTime('left_at'),
});

export const projects = sqliteTable(
  'projects',
  {
    teamId: teamId(),
    id: text().notNull(),
    name: text().notNull().default('A project'),
    slug: text(),
    path: text().generatedAlwaysAs(sql`'/' || slug`),
    budget: integer(),
    spent: integer().notNull().default(0),
    deletedAt: dateTime('deleted_at'),
  },
  (t) => [
    primaryKey({ columns: [t.teamId, t.id] }),
    uniqueIndex('projects_slug').on(t.teamId, t.slug).where(sql`deleted_at IS NULL`),
  ],
);

export const tasks = sqliteTable(
  'tasks',
  {
    teamId: teamId(),
    id: text().notNull(),
    projectId: text('project_id'),
    parentId: text('parent_id'),
    assigneeId: text('assignee_id'),
    number: integer(),
    title: text().notNull().default(''),
    points: integer(),
    deletedAt: integer('deleted_at', { mode: 'timestamp_ms' }),
  },
  (t) => [
    primaryKey({ columns: [t.teamId, t.id] }),
    unique('tasks_number').on(t.teamId, t.number),
    foreignKey({ columns: [t.teamId, t.projectId], foreignColumns: [projects.teamId, projects.id] }).onDelete(
      'cascade',
    ),
    foreignKey({ name: 'subtask', columns: [t.teamId, t.parentId], foreignColumns: [t.teamId, t.id] }).onDelete(
      'cascade',
    ),
    index('tasks_assignee').on(t.assigneeId),
  ],
);

export const comments = sqliteTable(
  'comments',
  {
    teamId: teamId(),
    id: text().notNull(),
    taskId: text('task_id').notNull(),
    body: text().notNull().default(''),
    deletedAt: integer('deleted_at', { mode: 'timestamp' }),
  },
  (t) => [
    primaryKey({ columns: [t.teamId, t.id] }),
    foreignKey({ columns: [t.teamId, t.taskId], foreignColumns: [tasks.teamId, tasks.id] }).onDelete('cascade'),
  ],
);

/** Gone when they are deleted. */
export const files = sqliteTable(
  'files',
  { teamId: teamId(), id: text().notNull(), taskId: text('task_id').notNull() },
  (t) => [
    primaryKey({ columns: [t.teamId, t.id] }),
    foreignKey({ columns: [t.teamId, t.taskId], foreignColumns: [tasks.teamId, tasks.id] }).onDelete('cascade'),
  ],
);

export const labels = sqliteTable('labels', { teamId: teamId(), id: text().notNull() }, (t) => [
  primaryKey({ columns: [t.teamId, t.id] }),
]);

export const taskLabels = sqliteTable(
  'task_labels',
  {
    teamId: teamId(),
    taskId: text('task_id').notNull(),
    labelId: text('label_id').notNull(),
    removedAt: dateTime('removed_at'),
  },
  (t) => [
    primaryKey({ columns: [t.teamId, t.taskId, t.labelId] }),
    foreignKey({ columns: [t.teamId, t.taskId], foreignColumns: [tasks.teamId, tasks.id] }).onDelete('cascade'),
    foreignKey({ columns: [t.teamId, t.labelId], foreignColumns: [labels.teamId, labels.id] }).onDelete('cascade'),
  ],
);

/** Lives with the tasks; the people live elsewhere. */
export const watchers = sqliteTable(
  'watchers',
  {
    teamId: teamId(),
    taskId: text('task_id').notNull(),
    personId: text('person_id').notNull(),
    removedAt: dateTime('removed_at'),
  },
  (t) => [primaryKey({ columns: [t.teamId, t.taskId, t.personId] }), index('watchers_person').on(t.personId)],
);

export default defineModel(
  {
    Team: { table: teams, shardKey: 'id' },
    Person: { table: people, shardKey: 'id', softDelete: 'leftAt' },
    Project: {
      table: projects,
      shardKey: 'teamId',
      softDelete: 'deletedAt',
      validate: {
        columns: {
          name: { minLength: 1, maxLength: 20 },
          slug: { pattern: /^[a-z-]+$/ },
          path: { maxLength: 10 },
          budget: { min: 0 },
          spent: (spent) => spent !== 13 || 'must bring luck',
        },
        row: ({ budget, spent }) => {
          if (spent === 666) throw new Error('the rule itself is wrong');
          if (budget !== null && spent > budget) return [{ message: 'more is spent than there is', path: ['spent'] }];
        },
      },
    },
    Task: {
      table: tasks,
      shardKey: 'teamId',
      softDelete: 'deletedAt',
      search: ['title'],
      validate: { columns: { points: { min: 1, max: 100 } } },
    },
    Comment: { table: comments, shardKey: 'teamId', softDelete: 'deletedAt' },
    File: { table: files, shardKey: 'teamId' },
    Label: { table: labels, shardKey: 'teamId' },
    TaskLabel: { table: taskLabels, shardKey: 'teamId', softDelete: 'removedAt' },
    Watcher: { table: watchers, shardKey: 'teamId', softDelete: 'removedAt' },
  },
  ({ one, many }) => ({
    Team: { projects: many.Project() },
    Person: {
      tasks: many.Task({ from: 'id', to: 'assigneeId' }),
      watched: many.Task({
        from: 'id',
        through: { type: 'Watcher', from: 'personId', to: ['teamId', 'taskId'] },
        to: ['teamId', 'id'],
      }),
    },
    Project: { team: one.Team(), tasks: many.Task() },
    Task: {
      project: one.Project(),
      parent: one.Task({ from: 'parentId', to: 'id' }),
      subtasks: many.Task({ from: 'id', to: 'parentId' }),
      assignee: one.Person({ from: 'assigneeId', to: 'id' }),
      comments: many.Comment(),
      files: many.File(),
      labels: many.Label({ through: 'TaskLabel' }),
      watchers: many.Person({
        from: ['teamId', 'id'],
        through: { type: 'Watcher', from: ['teamId', 'taskId'], to: 'personId' },
        to: 'id',
      }),
    },
    Comment: { task: one.Task() },
    File: { task: one.Task() },
    Label: { tasks: many.Task({ through: 'TaskLabel' }) },
    TaskLabel: { task: one.Task(), label: one.Label() },
  }),
);
