/** A long version of random tests. To add one, add an entry, and let its tests read `variable` and `SEED`. */
export interface Campaign {
  readonly name: string;
  /** What is known once it has passed, as a sentence. */
  readonly shows: string;
  /** Where the tests run: see `vitest.config.ts`, which also says what tests in workerd see of the environment. */
  readonly project: 'node' | 'workerd' | 'deployed';
  readonly files: readonly string[];
  /** Environment variable that says how much to do. `npm test` leaves it to the tests. */
  readonly variable: 'QUERIES' | 'ROUNDS' | 'RUNS';
  /** What `size` counts. */
  readonly unit: string;
  /** Default; takes some minutes to an hour. */
  readonly size: number;
}

export const CAMPAIGNS: readonly Campaign[] = [
  {
    name: 'differential',
    shows: 'Random queries and page walks on 1 and on 4 shards are answered as one SQLite database answers them.',
    project: 'node',
    files: ['tests/e2e/differential.test.ts'],
    variable: 'QUERIES',
    unit: 'queries',
    size: 50_000,
  },
  {
    name: 'queries',
    shows:
      'Random filters, orders, pages, aggregates and groups over three models, nested and across shards, are answered as a plain evaluation in memory answers them, on 1 and on 4 shards.',
    project: 'node',
    files: ['tests/e2e/queries.test.ts'],
    variable: 'QUERIES',
    unit: 'lists',
    size: 100_000,
  },
  {
    name: 'text-answers',
    shows:
      'Answers that plans write as text are byte for byte those of the executor, errors and extensions included, with rules and without.',
    project: 'workerd',
    files: ['tests/text-answers/text-answers.property.test.ts'],
    variable: 'RUNS',
    unit: 'documents',
    size: 20_000,
  },
  {
    name: 'fuzz',
    shows: 'Whatever clients send, errors have codes of the contract, show nothing internal, and the server goes on.',
    project: 'node',
    files: ['tests/e2e/fuzz.test.ts'],
    variable: 'RUNS',
    unit: 'documents',
    size: 200_000,
  },
  {
    name: 'access-writes',
    shows:
      'Callers with random rules change what their rules let them change, and nothing else, in random transactions.',
    project: 'workerd',
    files: ['tests/shards/server/commit/access.property.test.ts'],
    variable: 'RUNS',
    unit: 'databases, each with 40 transactions',
    size: 2_500,
  },
  {
    name: 'overload',
    shows:
      'By simulation, an overloaded shard answers what it can, and others beside a tenant who asks for too much hardly wait longer, from 1, 8 and 64 isolates.',
    project: 'workerd',
    files: ['tests/shards/client/routing/overload.test.ts'],
    variable: 'RUNS',
    unit: 'simulations of each kind',
    size: 200,
  },
  {
    name: 'false-alerts',
    shows:
      'By simulation, eight hours in which nothing is wrong, with rushes, deploys, a migration, cold isolates and shards that sleep, fire one alert at most.',
    project: 'workerd',
    files: ['tests/shards/monitor/alerts/normal-load.test.ts'],
    variable: 'RUNS',
    unit: 'simulations of eight hours',
    size: 200,
  },
  {
    name: 'guards',
    shows:
      'What is looked at before a request runs takes time in proportion to its size, up to 10,000 of whatever it is made of, and at most 5 ms for documents of 20 KB.',
    project: 'node',
    files: ['tests/e2e/guards.test.ts'],
    variable: 'RUNS',
    unit: 'measurements of each guard and size, of which the least counts',
    size: 10,
  },
  {
    name: 'kill',
    shows:
      'No acknowledged write is lost, and none is done twice, when the server is killed under writes; with an idempotency key each is done once, and repeats get the first answer.',
    project: 'node',
    files: ['tests/e2e/f33-kill.test.ts'],
    variable: 'ROUNDS',
    unit: 'kills',
    size: 100,
  },
  {
    name: 'crash',
    shows:
      'Whatever a shard does when the runtime is killed (writes, transactions, imports, restores, backups, migrations, trims), each acknowledged change is there once, the one under way as a whole or not at all, what was interrupted goes on to its end, and databases, full-text indexes and the past are sound.',
    project: 'node',
    files: ['tests/e2e/f33-crash.test.ts'],
    variable: 'ROUNDS',
    unit: 'kills',
    size: 100,
  },
  {
    name: 'acid',
    shows:
      'Transactions over the API are atomic, strictly serializable and durable, by histories of appends and transfers that a checker of its own judges, when the server is killed under them.',
    project: 'node',
    files: ['tests/e2e/acid.test.ts'],
    variable: 'ROUNDS',
    unit: 'kills',
    size: 100,
  },
  {
    name: 'retries',
    shows:
      'Mutations with an idempotency key that are repeated, at once and later, while answers are lost and shards restart, have one effect and one answer.',
    project: 'deployed',
    files: ['tests/faults/f34-repeated-requests.test.ts'],
    variable: 'RUNS',
    unit: 'mutations, each sent two to four times',
    size: 100_000,
  },
  {
    name: 'upserts',
    shows:
      'Of two upserts of one new key at the same time, by any unique key and of many rows too, one creates the row and the other changes it.',
    project: 'deployed',
    files: ['tests/resolvers/bulk/upsert.test.ts'],
    variable: 'RUNS',
    unit: 'new keys',
    size: 10_000,
  },
  {
    name: 'backups',
    shows:
      'Backups hold exactly what was committed up to their moment, whatever is written while they are made, and whenever one before them was killed.',
    project: 'node',
    files: ['tests/scripts/backup-while-writing.test.ts'],
    variable: 'ROUNDS',
    unit: 'backups, each while rows are written',
    size: 100,
  },
  {
    name: 'backup-rounds',
    shows:
      'A backup that is brought up to date holds what was there at its moment, whatever is committed between any two of its pages.',
    project: 'node',
    files: ['tests/histories/backups/backup-rounds.test.ts'],
    variable: 'RUNS',
    unit: 'histories, each of two to four backups',
    size: 3_000,
  },
  {
    name: 'import-kill',
    shows:
      'Imports of every format that are killed and started again leave the rows, the rejected rows and the counts of an undisturbed one.',
    project: 'node',
    files: ['tests/scripts/import/kill.test.ts'],
    variable: 'ROUNDS',
    unit: 'imports, each killed three times',
    size: 70,
  },
  {
    name: 'import-resume',
    shows:
      'Imports that are cut off at any request and run again leave what an undisturbed one does; so do files read on from any row.',
    project: 'node',
    files: ['tests/scripts/import/resume.test.ts', 'tests/scripts/import/row-cutters.test.ts'],
    variable: 'RUNS',
    unit: 'random sets of files',
    size: 500,
  },
  {
    name: 'plans',
    shows: 'A shard answers random read plans over random rows of every column type as a naive evaluation does.',
    project: 'workerd',
    files: ['tests/shards/server/read/plan-runner.property.test.ts'],
    variable: 'RUNS',
    unit: 'plans over each of three sets of rows',
    size: 30_000,
  },
  {
    name: 'search',
    shows:
      'Searches find the rows, ranks and pages that plain JavaScript finds, take any text, and their indexes follow every write.',
    project: 'workerd',
    files: ['tests/shards/server/read/search.property.test.ts', 'tests/shards/server/search/kept-current.test.ts'],
    variable: 'RUNS',
    unit: 'sets of rows, a hundred times as many texts, and histories of writes',
    size: 2_000,
  },
  {
    name: 'text',
    shows: 'Text operators hold to the letters as toLowerCase() folds them, whatever they fold to.',
    project: 'workerd',
    files: ['tests/shards/text-matcher.test.ts'],
    variable: 'RUNS',
    unit: 'texts and operands',
    size: 1_000_000,
  },
  {
    name: 'scatter',
    shows: 'Pages merged from several shards are the pages of one database, in the order that SQLite gives.',
    project: 'workerd',
    files: ['tests/shards/client/read-scatter.test.ts', 'tests/shards/merging/compare-rows.test.ts'],
    variable: 'RUNS',
    unit: 'runs of each property',
    size: 20_000,
  },
  {
    name: 'log',
    shows: 'Undoing the log gives every earlier state of the tables, byte for byte, for every column type.',
    project: 'workerd',
    files: ['tests/shards/server/log/log.test.ts', 'tests/shards/server/commit/all-types.test.ts'],
    variable: 'RUNS',
    unit: 'histories',
    size: 3_000,
  },
  {
    name: 'bulk',
    shows: 'Rows that are created many at a time are, with each kind of conflict, as if written one after the other.',
    project: 'workerd',
    files: ['tests/shards/server/commit/create-many.property.test.ts'],
    variable: 'RUNS',
    unit: 'requests',
    size: 20_000,
  },
  {
    name: 'trim',
    shows:
      'A log that is trimmed, archived and recalled at any moment, through crashes, gives the answers that it would have given, stamps are never below the truth, and what is left leads back to the last commit that is gone.',
    project: 'workerd',
    files: ['tests/shards/server/log/trim.property.test.ts'],
    variable: 'RUNS',
    unit: 'histories of 70 steps',
    size: 1_000,
  },
  {
    name: 'undo',
    shows:
      'Undoing any of the last commits gives the rows that an oracle gives, leaves and lists the others, and can be undone, also over several shards while others write; indexes and log follow.',
    project: 'workerd',
    files: [
      'tests/shards/server/undo/undo.property.test.ts',
      'tests/shards/server/undo/undo-across-shards.property.test.ts',
    ],
    variable: 'RUNS',
    unit: 'histories of commits and undos in one shard, and as many over three',
    size: 2_000,
  },
  {
    name: 'restores',
    shows:
      'Restores of tenants and shards, step by step, beside other writes, trims of the log and through crashes, give the content of their time and nothing else, also through releases that change the schema; cancelled and undone ones give back what was.',
    project: 'workerd',
    files: [
      'tests/shards/server/recovery/restore.property.test.ts',
      'tests/shards/server/recovery/releases.property.test.ts',
    ],
    variable: 'RUNS',
    unit: 'histories, each with five restores or more, and as many of releases',
    size: 2_000,
  },
  {
    name: 'placements',
    shows:
      'Shard keys that are placed while others write under them never have two owners, leave no row behind, and are in each list, however routers, shards and the catalog crash and calls are lost or doubled.',
    project: 'node',
    files: ['tests/histories/key-placements.test.ts'],
    variable: 'RUNS',
    unit: 'histories, each with some fifteen placements',
    size: 5_000,
  },
  {
    name: 'restore-as',
    shows:
      'Copies under another shard key, step by step, while the tenant that they are of is written to and through crashes, are its rows of their time; cancelled and undone ones leave nothing.',
    project: 'workerd',
    files: ['tests/shards/server/recovery/copier.property.test.ts'],
    variable: 'RUNS',
    unit: 'histories, each with three copies',
    size: 2_000,
  },
  {
    name: 'restore-kill',
    shows:
      'A tenant gets exactly its rows back, and another one, which is written to, is copied whole under another shard key, when the server is killed in the middle: the shards go on by themselves, and nobody sees a half copy.',
    project: 'node',
    files: ['tests/e2e/f63-restore-kill.test.ts'],
    variable: 'ROUNDS',
    unit: 'rounds of a restore and a copy, killed twice',
    size: 50,
  },
  {
    name: 'restore-bugs',
    shows: 'Histories of restores and of copies find bugs that are put into the sources.',
    project: 'node',
    files: ['tests/histories/restores/restore-bugs.test.ts'],
    variable: 'RUNS',
    unit: 'bugs',
    size: 21,
  },
  {
    name: 'as-of',
    shows:
      'Random lists as of any earlier moment are answered, on 1 and on 4 shards, as plain JavaScript answers them over the rows that there were then.',
    project: 'deployed',
    files: ['tests/resolvers/as-of-queries.test.ts'],
    variable: 'RUNS',
    unit: 'lists',
    size: 100_000,
  },
  {
    name: 'taken-back',
    shows: 'Rows that are taken back by the log are what they were after each commit, with their versions and indexes.',
    project: 'workerd',
    files: ['tests/shards/server/recovery/take-back.property.test.ts'],
    variable: 'RUNS',
    unit: 'histories',
    size: 3_000,
  },
  {
    name: 'mutations',
    shows:
      'Random mutations of every kind, nested ones and transactions among them, write and answer over 1 and 4 shards what an oracle says; failures write nothing, reads of all modes show them at once, and the logs give back every state.',
    project: 'workerd',
    files: ['tests/mutations/mutations.test.ts'],
    variable: 'RUNS',
    unit: 'mutations',
    size: 100_000,
  },
  {
    name: 'keyed-mutations',
    shows:
      'The same mutations, sent with idempotency keys and again, at the same time, at once and after others, have one effect and one answer.',
    project: 'workerd',
    files: ['tests/mutations/repeated-mutations.test.ts'],
    variable: 'RUNS',
    unit: 'mutations over each of 1 and 4 shards',
    size: 20_000,
  },
  {
    name: 'soft-delete',
    shows:
      'Random lists of tables that keep deleted rows show none of them, on 1 and on 4 shards, in no part of an answer that did not ask for them.',
    project: 'deployed',
    files: ['tests/resolvers/soft-delete-queries.test.ts'],
    variable: 'RUNS',
    unit: 'lists',
    size: 20_000,
  },
  {
    name: 'access-mutations',
    shows:
      'Mutations of every kind by callers of every role change what the rules let them change, and nothing else, as the same mutations of an operator tell.',
    project: 'workerd',
    files: ['tests/access/writes.test.ts'],
    variable: 'RUNS',
    unit: 'mutations',
    size: 20_000,
  },
  {
    name: 'access-reads',
    shows:
      'Random lists by callers of every role are answered, on 1 and on 3 shards, as a plain evaluation answers them that has only the rows and columns that the caller may see.',
    project: 'workerd',
    files: ['tests/access/reads.test.ts'],
    variable: 'RUNS',
    unit: 'lists',
    size: 100_000,
  },
  {
    name: 'access-rows',
    shows:
      'Rows by every key and by their global ids, searches, and lists page by page are, to callers of every role, those that they may see.',
    project: 'workerd',
    files: ['tests/access/reads-of-rows.test.ts'],
    variable: 'RUNS',
    unit: 'reads',
    size: 100_000,
  },
  {
    name: 'non-interference',
    shows:
      'Two databases that differ only in what a caller may not see give that caller the same answers, byte for byte, whatever is asked, with caches cold and warm.',
    project: 'workerd',
    files: ['tests/access/non-interference.test.ts'],
    variable: 'RUNS',
    unit: 'root fields, each asked of two databases',
    size: 100_000,
  },
  {
    name: 'non-interference-writes',
    shows:
      'Two databases that differ only in what a caller may not see answer mutations of every kind alike, byte for byte, also repeated ones, and are left alike for that caller.',
    project: 'workerd',
    files: ['tests/access/non-interference-writes.test.ts'],
    variable: 'RUNS',
    unit: 'mutations, each made in two databases',
    size: 20_000,
  },
  {
    name: 'slots',
    shows: 'No slot has two owners, and every change of owners ends, whatever call fails in between.',
    project: 'workerd',
    files: ['tests/shards/catalog/catalog.test.ts'],
    variable: 'RUNS',
    unit: 'sequences of changes',
    size: 3_000,
  },
  {
    name: 'clock',
    shows: 'Commit versions keep their order over clock steps and restarts.',
    project: 'workerd',
    files: ['tests/shards/server/clock.test.ts'],
    variable: 'RUNS',
    unit: 'sequences of events',
    size: 200_000,
  },
  {
    name: 'consistency',
    shows:
      'Reads keep the promises of their modes, whatever is late, lost, doubled, down or dead; and in the end all is current.',
    project: 'node',
    files: ['tests/histories/histories.test.ts'],
    variable: 'RUNS',
    unit: 'histories',
    size: 20_000,
  },
  {
    name: 'sleepy',
    shows:
      'Shards that sleep, wake, fill and crash keep all promises of reads, make each write once whose answer was lost, and put nothing once nobody asks.',
    project: 'node',
    files: ['tests/histories/sleepy.test.ts'],
    variable: 'RUNS',
    unit: 'short histories',
    size: 10_000,
  },
  {
    name: 'seeded-bugs',
    shows: 'Histories find bugs that are put into the sources.',
    project: 'node',
    files: ['tests/histories/seeded-bugs.test.ts'],
    variable: 'RUNS',
    unit: 'bugs',
    size: 43,
  },
  {
    name: 'names',
    shows:
      'Whatever tables and columns are called in SQL, the model is refused at the start by name, or has the whole surface.',
    project: 'workerd',
    files: ['tests/names/random-names.property.test.ts', 'tests/names/sql-names.test.ts'],
    variable: 'RUNS',
    unit: 'models, and lists of one that is called by SQL’s words',
    size: 1_000,
  },
  {
    name: 'migration-steps',
    shows:
      'Rebuilds, backfills and indexes that a shard makes in steps, whatever is written in between and lost, leave the rows, versions, log and tables that one transaction leaves.',
    project: 'workerd',
    files: ['tests/shards/server/migrate/rebuild/rebuild.property.test.ts'],
    variable: 'RUNS',
    unit: 'stories',
    size: 3_000,
  },
  {
    name: 'migration-histories',
    shows:
      'However a list of migrations is edited, replaced, taken back and deployed again, a shard ends at its tables with each change of rows made once, or refuses.',
    project: 'workerd',
    files: ['tests/shards/server/migrate/history.test.ts'],
    variable: 'RUNS',
    unit: 'stories',
    size: 300_000,
  },
  {
    name: 'http-histories',
    shows:
      'Over HTTP, isolates over one storage answer with the exact state as of the version they tell, as fresh as promised: across restarts on wrong clocks, lost shards, changed policies and two releases.',
    project: 'node',
    files: ['tests/histories/http/http-histories.test.ts'],
    variable: 'RUNS',
    unit: 'histories',
    size: 2_000,
  },
  {
    name: 'http-seeded-bugs',
    shows: 'Histories over HTTP find bugs that are put into the sources.',
    project: 'node',
    files: ['tests/histories/http/http-seeded-bugs.test.ts'],
    variable: 'RUNS',
    unit: 'bugs',
    size: 10,
  },
  {
    name: 'model-changes',
    shows:
      'Random changes of random models keep every row, value, child and constraint that both models know, and shards refuse the others.',
    project: 'node',
    files: ['tests/migrations/model-changes.property.test.ts'],
    variable: 'RUNS',
    unit: 'changes, of which one in 20 runs in workerd too',
    size: 5_000,
  },
];
