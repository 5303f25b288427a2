import { below, pick, type Random } from '../../random.ts';
import { columns, type Entity, many, one, type Row, type World } from '../world.ts';

const of = 'teamId=teamId';
const across = { colocated: false };
const keepsDeleted = true;

const ENTITIES: readonly Entity[] = [
  {
    type: 'Team',
    list: 'teams',
    shardKey: 'id',
    primaryKey: ['id'],
    columns: columns('id:id name:text'),
    relations: [many('projects', 'Project', 'id=teamId')],
  },
  {
    type: 'Person',
    list: 'people',
    shardKey: 'id',
    primaryKey: ['id'],
    columns: columns('id:id name:text leftAt:dateTime?'),
    relations: [
      many('tasks', 'Task', 'id=assigneeId', across),
      many('watched', 'Task', 'id=personId', { ...across, through: ['Watcher', `${of},taskId=id`] }),
    ],
    keepsDeleted,
  },
  {
    type: 'Project',
    list: 'projects',
    shardKey: 'teamId',
    primaryKey: ['teamId', 'id'],
    columns: columns('teamId:id id:id name:text slug:text? path:text?= budget:int? spent:int deletedAt:dateTime?'),
    relations: [one('team', 'Team', 'teamId=id'), many('tasks', 'Task', `${of},id=projectId`)],
    keepsDeleted,
  },
  {
    type: 'Task',
    list: 'tasks',
    shardKey: 'teamId',
    primaryKey: ['teamId', 'id'],
    columns: columns(
      'teamId:id id:id projectId:id? parentId:id? assigneeId:id? number:int? title:text points:int? deletedAt:dateTime?',
    ),
    relations: [
      one('project', 'Project', `${of},projectId=id`),
      one('parent', 'Task', `${of},parentId=id`),
      many('subtasks', 'Task', `${of},id=parentId`),
      one('assignee', 'Person', 'assigneeId=id', across),
      many('comments', 'Comment', `${of},id=taskId`),
      many('files', 'File', `${of},id=taskId`),
      many('labels', 'Label', `${of},id=taskId`, { through: ['TaskLabel', `${of},labelId=id`] }),
      many('watchers', 'Person', `${of},id=taskId`, { ...across, through: ['Watcher', 'personId=id'] }),
    ],
    keepsDeleted,
  },
  {
    type: 'Comment',
    list: 'comments',
    shardKey: 'teamId',
    primaryKey: ['teamId', 'id'],
    columns: columns('teamId:id id:id taskId:id body:text deletedAt:seconds?'),
    relations: [one('task', 'Task', `${of},taskId=id`)],
    keepsDeleted,
  },
  {
    type: 'File',
    list: 'files',
    shardKey: 'teamId',
    primaryKey: ['teamId', 'id'],
    columns: columns('teamId:id id:id taskId:id'),
    relations: [one('task', 'Task', `${of},taskId=id`)],
  },
  {
    type: 'Label',
    list: 'labels',
    shardKey: 'teamId',
    primaryKey: ['teamId', 'id'],
    columns: columns('teamId:id id:id'),
    relations: [many('tasks', 'Task', `${of},id=labelId`, { through: ['TaskLabel', `${of},taskId=id`] })],
  },
  {
    type: 'TaskLabel',
    list: 'taskLabels',
    shardKey: 'teamId',
    primaryKey: ['teamId', 'taskId', 'labelId'],
    columns: columns('teamId:id taskId:id labelId:id removedAt:dateTime?'),
    relations: [one('task', 'Task', `${of},taskId=id`), one('label', 'Label', `${of},labelId=id`)],
    keepsDeleted,
  },
  {
    type: 'Watcher',
    list: 'watchers',
    shardKey: 'teamId',
    primaryKey: ['teamId', 'taskId', 'personId'],
    columns: columns('teamId:id taskId:id personId:id removedAt:dateTime?'),
    relations: [],
    keepsDeleted,
  },
];

const TEAMS = 3;
const COUNTS = { projects: 5, tasks: 14, comments: 24, files: 10, labels: 4 };
const PEOPLE = 6;
const MOMENTS = ['2026-01-02T03:04:05.000Z', '2026-01-02T03:04:06.000Z', '2026-02-28T23:59:59.000Z'];

/** Tables that keep deleted rows: a third of them is deleted, of parents and of children, one without the other. */
export function projectsWorld(random: Random): World {
  const all: Record<string, Row[]> = Object.fromEntries(ENTITIES.map(({ type }) => [type, []]));
  const moment = () => (random() < 0.35 ? pick(random, MOMENTS) : null);
  const maybe = <T>(values: readonly T[]): T | null => (random() < 0.2 ? null : pick(random, values));
  const ids = (prefix: string, count: number) => Array.from({ length: count }, (_, at) => `${prefix}${at}`);
  const people = ids('person', PEOPLE);
  for (const id of people) all.Person!.push({ id, name: pick(random, ['Ada', 'ada', '']), leftAt: moment() });
  for (const teamId of ids('team', TEAMS)) {
    all.Team!.push({ id: teamId, name: pick(random, ['A', 'B']) });
    const projects = ids('p', COUNTS.projects);
    for (const [at, id] of projects.entries()) {
      const deletedAt = moment();
      // Deleted rows may share what is unique among the others.
      const slug = deletedAt === null ? maybe([`s-${'abcde'[at]}`]) : maybe(['gone', 's-a']);
      const spent = below(random, 10);
      const budget = maybe([spent, 50]);
      const path = slug === null ? null : `/${slug}`;
      all.Project!.push({ teamId, id, name: `P ${at % 3}`, slug, path, budget, spent, deletedAt });
    }
    const tasks = ids('t', COUNTS.tasks);
    for (const [at, id] of tasks.entries()) {
      all.Task!.push({
        teamId,
        id,
        projectId: maybe(projects),
        parentId: at === 0 ? null : maybe(tasks.slice(0, at)),
        assigneeId: maybe([...people, 'nobody']),
        number: maybe([at]),
        title: pick(random, ['paint', 'Paint the wall', '']),
        points: maybe([1, 2, 3, 100]),
        deletedAt: moment(),
      });
      for (const personId of people) {
        if (random() < 0.3) all.Watcher!.push({ teamId, taskId: id, personId, removedAt: moment() });
      }
    }
    const labels = ids('l', COUNTS.labels);
    for (const id of labels) all.Label!.push({ teamId, id });
    for (const taskId of tasks) {
      for (const labelId of labels) {
        if (random() < 0.3) all.TaskLabel!.push({ teamId, taskId, labelId, removedAt: moment() });
      }
    }
    for (const id of ids('c', COUNTS.comments)) {
      all.Comment!.push({
        teamId,
        id,
        taskId: pick(random, tasks),
        body: pick(random, ['', 'yes']),
        deletedAt: moment(),
      });
    }
    for (const id of ids('f', COUNTS.files)) all.File!.push({ teamId, id, taskId: pick(random, tasks) });
  }
  const isDeleted = ({ deletedAt = null, leftAt = null, removedAt = null }: Row) =>
    deletedAt !== null || leftAt !== null || removedAt !== null;
  const split = (wanted: boolean) =>
    Object.fromEntries(
      Object.entries(all).map(([type, rows]) => [type, rows.filter((row) => isDeleted(row) === wanted)]),
    );
  return { name: 'projects', entities: ENTITIES, rows: split(false), deleted: split(true) };
}
