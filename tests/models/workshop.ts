/** A model with every kind of relation that is written together with its row. No Durable Object of its own: `createLabWorker`. */
import { foreignKey, index, integer, primaryKey, sqliteTable, text, unique } from 'drizzle-orm/sqlite-core';
import { defineModel } from '../../src/model/define-model.ts';

let next = 0;
/** Ids in the order in which rows are made. */
const id = () =>
  text()
    .notNull()
    .$defaultFn(() => `id-${String(++next).padStart(6, '0')}`);
const teamId = () =>
  text('team_id')
    .notNull()
    .references(() => teams.id);

export const teams = sqliteTable('teams', {
  id: text()
    .primaryKey()
    .$defaultFn(() => `team-${crypto.randomUUID()}`),
  name: text().notNull(),
});

export const countries = sqliteTable('countries', { code: text().primaryKey(), name: text().notNull() });

export const people = sqliteTable(
  'people',
  {
    id: id(),
    teamId: teamId(),
    name: text().notNull(),
    managerId: text('manager_id'),
    countryCode: text('country_code'),
    changes: integer()
      .notNull()
      .default(0)
      .$onUpdateFn(() => 1),
  },
  (t) => [
    primaryKey({ columns: [t.teamId, t.id] }),
    unique().on(t.teamId, t.name),
    foreignKey({ columns: [t.teamId, t.managerId], foreignColumns: [t.teamId, t.id] }),
    index('people_of_manager').on(t.teamId, t.managerId),
  ],
);

/** At most one each; it can be nobody's. */
export const badges = sqliteTable(
  'badges',
  { id: id(), teamId: teamId(), code: text().notNull(), personId: text('person_id') },
  (t) => [
    primaryKey({ columns: [t.teamId, t.id] }),
    unique().on(t.teamId, t.code),
    unique().on(t.teamId, t.personId),
    foreignKey({ columns: [t.teamId, t.personId], foreignColumns: [people.teamId, people.id] }),
  ],
);

export const projects = sqliteTable(
  'projects',
  { id: id(), teamId: teamId(), title: text().notNull(), ownerId: text('owner_id') },
  (t) => [
    primaryKey({ columns: [t.teamId, t.id] }),
    foreignKey({ columns: [t.teamId, t.ownerId], foreignColumns: [people.teamId, people.id] }),
    index('projects_of_owner').on(t.teamId, t.ownerId),
  ],
);

/** They go with their project. */
export const tasks = sqliteTable(
  'tasks',
  {
    id: id(),
    teamId: teamId(),
    projectId: text('project_id').notNull(),
    assigneeId: text('assignee_id'),
    title: text().notNull(),
    points: integer().notNull().default(0),
  },
  (t) => [
    primaryKey({ columns: [t.teamId, t.id] }),
    foreignKey({ columns: [t.teamId, t.projectId], foreignColumns: [projects.teamId, projects.id] }).onDelete(
      'cascade',
    ),
    foreignKey({ columns: [t.teamId, t.assigneeId], foreignColumns: [people.teamId, people.id] }),
    index('tasks_of_project').on(t.teamId, t.projectId),
    index('tasks_of_assignee').on(t.teamId, t.assigneeId),
  ],
);

export const labels = sqliteTable('labels', { id: id(), teamId: teamId(), name: text().notNull() }, (t) => [
  primaryKey({ columns: [t.teamId, t.id] }),
  unique().on(t.teamId, t.name),
]);

/** Links that are their own keys. */
export const taskLabels = sqliteTable(
  'task_labels',
  { teamId: teamId(), taskId: text('task_id').notNull(), labelId: text('label_id').notNull() },
  (t) => [
    primaryKey({ columns: [t.teamId, t.taskId, t.labelId] }),
    foreignKey({ columns: [t.teamId, t.taskId], foreignColumns: [tasks.teamId, tasks.id] }).onDelete('cascade'),
    foreignKey({ columns: [t.teamId, t.labelId], foreignColumns: [labels.teamId, labels.id] }).onDelete('cascade'),
    index('task_labels_of_label').on(t.teamId, t.labelId),
  ],
);

/** Links with ids of their own; nothing keeps two from being equal. */
export const watches = sqliteTable(
  'watches',
  { id: id(), teamId: teamId(), taskId: text('task_id').notNull(), personId: text('person_id').notNull() },
  (t) => [
    primaryKey({ columns: [t.teamId, t.id] }),
    foreignKey({ columns: [t.teamId, t.taskId], foreignColumns: [tasks.teamId, tasks.id] }).onDelete('cascade'),
    foreignKey({ columns: [t.teamId, t.personId], foreignColumns: [people.teamId, people.id] }),
    index('watches_of_task').on(t.teamId, t.taskId),
    index('watches_of_person').on(t.teamId, t.personId),
  ],
);

export default defineModel(
  {
    Team: { table: teams, shardKey: 'id' },
    Country: { table: countries, shardKey: 'code' },
    Person: { table: people, list: 'people', shardKey: 'teamId' },
    Badge: { table: badges, shardKey: 'teamId' },
    Project: { table: projects, shardKey: 'teamId' },
    Task: { table: tasks, shardKey: 'teamId' },
    Label: { table: labels, shardKey: 'teamId' },
    TaskLabel: { table: taskLabels, shardKey: 'teamId' },
    Watch: { table: watches, list: 'watches', shardKey: 'teamId' },
  },
  ({ one, many }) => ({
    Team: { people: many.Person(), projects: many.Project() },
    Person: {
      team: one.Team(),
      manager: one.Person(),
      reports: many.Person(),
      badge: one.Badge(),
      country: one.Country({ from: 'countryCode', to: 'code' }),
      projects: many.Project(),
      tasks: many.Task(),
    },
    Badge: { person: one.Person() },
    Project: { owner: one.Person(), tasks: many.Task() },
    Task: {
      project: one.Project(),
      assignee: one.Person(),
      labels: many.Label({ through: 'TaskLabel' }),
      watchers: many.Person({ through: 'Watch' }),
    },
    Label: { tasks: many.Task({ through: 'TaskLabel' }) },
  }),
);
