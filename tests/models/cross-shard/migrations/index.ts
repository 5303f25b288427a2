// Generated from the SQL files beside it. Do not edit.
import type { MigrationBundle } from 'shardql/model';

export const bundle: MigrationBundle = {
  physicalHash: '2372555bacb6d0a2',
  migrations: [
    {
      tag: '0000_init',
      hash: '0e76fc2d943c501d0efa39ba836fb32ef948b9a9e516b53af2a6d9f555e0a6bf',
      schemaHash: '5d3aa417fc5ee1fad4b2049fab5d19b438e696c15f34ae59b5590cb15f334a2a',
      renames: [],
      checks: [],
      reverts: null,
      statements: [
        `CREATE TABLE \`airlines\` (
	\`id\` integer PRIMARY KEY NOT NULL,
	\`parent_id\` integer,
	\`name\` text NOT NULL,
	\`active\` integer DEFAULT true NOT NULL,
	\`_version\` integer DEFAULT 0 NOT NULL
);`,
        `CREATE TABLE \`airports\` (
	\`country\` text NOT NULL,
	\`id\` integer NOT NULL,
	\`iata\` text,
	\`name\` text NOT NULL,
	\`latitude\` real NOT NULL,
	\`longitude\` real NOT NULL,
	\`_version\` integer DEFAULT 0 NOT NULL,
	PRIMARY KEY(\`country\`, \`id\`)
);`,
        `CREATE INDEX \`airports_id\` ON \`airports\` (\`id\`);`,
        `CREATE UNIQUE INDEX \`airports_country_iata_unique\` ON \`airports\` (\`country\`,\`iata\`);`,
        `CREATE TABLE \`planes\` (
	\`code\` text PRIMARY KEY NOT NULL,
	\`name\` text NOT NULL,
	\`_version\` integer DEFAULT 0 NOT NULL
);`,
        `CREATE TABLE \`routes\` (
	\`airline_id\` integer NOT NULL,
	\`id\` integer NOT NULL,
	\`source_airport_id\` integer NOT NULL,
	\`destination_airport_id\` integer,
	\`stops\` integer NOT NULL,
	\`_version\` integer DEFAULT 0 NOT NULL,
	PRIMARY KEY(\`airline_id\`, \`id\`),
	FOREIGN KEY (\`airline_id\`) REFERENCES \`airlines\`(\`id\`) ON UPDATE no action ON DELETE no action
);`,
        `CREATE INDEX \`routes_of_source\` ON \`routes\` (\`source_airport_id\`);`,
        `CREATE INDEX \`routes_of_destination\` ON \`routes\` (\`destination_airport_id\`);`,
        `CREATE TABLE \`route_planes\` (
	\`airline_id\` integer NOT NULL,
	\`route_id\` integer NOT NULL,
	\`plane_code\` text NOT NULL,
	\`_version\` integer DEFAULT 0 NOT NULL,
	PRIMARY KEY(\`airline_id\`, \`route_id\`, \`plane_code\`)
);`,
        `CREATE INDEX \`route_planes_of_plane\` ON \`route_planes\` (\`plane_code\`);`,
      ],
    },
  ],
};
