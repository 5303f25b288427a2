// Generated from the SQL files beside it. Do not edit.
import type { MigrationBundle } from 'shardql/model';

export const bundle: MigrationBundle = {
  physicalHash: '727a04e2969efdbf',
  migrations: [
    {
      tag: '0000_init',
      hash: '571e1023b16e0732012786f7607cb660393241d89f04c2ce83147f12676d8fbd',
      schemaHash: 'd0f8402b37ba6a0df15aeb9371de4fdd14a926a5c0b250c7ae04ced3c70f7419',
      renames: [],
      checks: [],
      reverts: null,
      statements: [
        `CREATE TABLE \`accounts\` (
	\`id\` text PRIMARY KEY NOT NULL,
	\`name\` text NOT NULL,
	\`_version\` integer DEFAULT 0 NOT NULL
);`,
        `CREATE TABLE \`samples\` (
	\`account_id\` text NOT NULL,
	\`id\` text NOT NULL,
	\`text_value\` text NOT NULL,
	\`text_or_null\` text,
	\`level\` text DEFAULT 'low' NOT NULL,
	\`level_or_null\` text,
	\`json\` text DEFAULT '{"tags":[]}' NOT NULL,
	\`json_or_null\` text,
	\`integer_value\` integer DEFAULT 7 NOT NULL,
	\`integer_or_null\` integer,
	\`flag\` integer DEFAULT false NOT NULL,
	\`flag_or_null\` integer,
	\`seconds\` integer NOT NULL,
	\`seconds_or_null\` integer,
	\`milliseconds\` integer DEFAULT (unixepoch() * 1000) NOT NULL,
	\`milliseconds_or_null\` integer,
	\`real_value\` real DEFAULT 0.5 NOT NULL,
	\`real_or_null\` real,
	\`decimal\` numeric DEFAULT '1.25' NOT NULL,
	\`decimal_or_null\` numeric,
	\`decimal_number\` numeric,
	\`decimal_bigint\` numeric,
	\`bytes\` blob NOT NULL,
	\`bytes_or_null\` blob,
	\`blob_json\` blob,
	\`blob_bigint\` blob,
	\`wide\` integer NOT NULL,
	\`wide_or_null\` integer,
	\`moment\` text NOT NULL,
	\`moment_or_null\` text,
	\`updated_at\` text NOT NULL,
	\`upper\` text GENERATED ALWAYS AS (upper(text_value)) STORED,
	\`doubled\` integer GENERATED ALWAYS AS (integer_value * 2) VIRTUAL,
	\`_version\` integer DEFAULT 0 NOT NULL,
	PRIMARY KEY(\`account_id\`, \`id\`),
	FOREIGN KEY (\`account_id\`) REFERENCES \`accounts\`(\`id\`) ON UPDATE no action ON DELETE cascade,
	CONSTRAINT "samples_real_range" CHECK("samples"."real_value" > -1e9)
);`,
        `CREATE UNIQUE INDEX \`samples_wide\` ON \`samples\` (\`account_id\`,\`wide\`,\`level_or_null\`);`,
        `CREATE INDEX \`samples_by_integer\` ON \`samples\` (\`account_id\`,\`integer_value\`);`,
        `CREATE INDEX \`samples_flagged\` ON \`samples\` (\`account_id\`,\`moment\`) WHERE flag = 1;`,
        `CREATE INDEX \`samples_lower_text\` ON \`samples\` (\`account_id\`,lower(text_value));`,
        `CREATE TABLE \`categories\` (
	\`account_id\` text NOT NULL,
	\`id\` integer NOT NULL,
	\`parent_id\` integer,
	\`name\` text NOT NULL,
	\`_version\` integer DEFAULT 0 NOT NULL,
	PRIMARY KEY(\`account_id\`, \`id\`),
	FOREIGN KEY (\`account_id\`) REFERENCES \`accounts\`(\`id\`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (\`account_id\`,\`parent_id\`) REFERENCES \`categories\`(\`account_id\`,\`id\`) ON UPDATE no action ON DELETE no action
);`,
        `CREATE INDEX \`categories_of_parent\` ON \`categories\` (\`account_id\`,\`parent_id\`);`,
        `CREATE TABLE \`series\` (
	\`account_id\` text NOT NULL,
	\`id\` text NOT NULL,
	\`title\` text NOT NULL,
	\`_version\` integer DEFAULT 0 NOT NULL,
	PRIMARY KEY(\`account_id\`, \`id\`),
	FOREIGN KEY (\`account_id\`) REFERENCES \`accounts\`(\`id\`) ON UPDATE no action ON DELETE cascade
);`,
        `CREATE UNIQUE INDEX \`series_account_id_title_unique\` ON \`series\` (\`account_id\`,\`title\`);`,
        `CREATE TABLE \`series_categories\` (
	\`account_id\` text NOT NULL,
	\`series_id\` text NOT NULL,
	\`category_id\` integer NOT NULL,
	\`position\` integer DEFAULT 0 NOT NULL,
	\`_version\` integer DEFAULT 0 NOT NULL,
	PRIMARY KEY(\`account_id\`, \`series_id\`, \`category_id\`),
	FOREIGN KEY (\`account_id\`) REFERENCES \`accounts\`(\`id\`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (\`account_id\`,\`series_id\`) REFERENCES \`series\`(\`account_id\`,\`id\`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (\`account_id\`,\`category_id\`) REFERENCES \`categories\`(\`account_id\`,\`id\`) ON UPDATE no action ON DELETE cascade
);`,
        `CREATE INDEX \`series_categories_of_category\` ON \`series_categories\` (\`account_id\`,\`category_id\`);`,
        `CREATE TABLE \`devices\` (
	\`id\` integer PRIMARY KEY NOT NULL,
	\`hub_id\` integer,
	\`serial\` integer NOT NULL,
	\`name\` text NOT NULL,
	\`_version\` integer DEFAULT 0 NOT NULL
);`,
        `CREATE TABLE \`readings\` (
	\`device_id\` integer NOT NULL,
	\`taken_at\` integer NOT NULL,
	\`celsius\` real NOT NULL,
	\`_version\` integer DEFAULT 0 NOT NULL,
	PRIMARY KEY(\`device_id\`, \`taken_at\`),
	FOREIGN KEY (\`device_id\`) REFERENCES \`devices\`(\`id\`) ON UPDATE restrict ON DELETE cascade
);`,
        `CREATE TABLE \`documents\` (
	\`hash\` blob PRIMARY KEY NOT NULL,
	\`content\` text NOT NULL,
	\`_version\` integer DEFAULT 0 NOT NULL
);`,
      ],
    },
  ],
};
