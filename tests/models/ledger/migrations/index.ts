// Generated from the SQL files beside it. Do not edit.
import type { MigrationBundle } from 'shardql/model';

export const bundle: MigrationBundle = {
  physicalHash: 'b63fbdd1fd46a4a5',
  migrations: [
    {
      tag: '0000_init',
      hash: '1dd478c3e217a7cd17be0cff5c45e692c32701a2fc161cc28f6953cdb2274233',
      schemaHash: 'bf130bc26d68da023519d5178744cb602258e292239eecff5d0a5ef99faacfd8',
      renames: [],
      checks: [],
      reverts: null,
      statements: [
        `CREATE TABLE \`accounts\` (
	\`id\` text PRIMARY KEY NOT NULL,
	\`visits\` integer DEFAULT 0 NOT NULL,
	\`_version\` integer DEFAULT 0 NOT NULL
);`,
        `CREATE TABLE \`entries\` (
	\`account_id\` text NOT NULL,
	\`amount\` numeric NOT NULL,
	\`title\` text NOT NULL,
	\`label\` text NOT NULL,
	\`_version\` integer DEFAULT 0 NOT NULL,
	PRIMARY KEY(\`account_id\`, \`amount\`),
	FOREIGN KEY (\`account_id\`) REFERENCES \`accounts\`(\`id\`) ON UPDATE no action ON DELETE no action
);`,
        `CREATE UNIQUE INDEX \`entries_account_id_title_unique\` ON \`entries\` (\`account_id\`,\`title\`);`,
      ],
    },
  ],
};
