// Generated from the SQL files beside it. Do not edit.
import type { MigrationBundle } from 'shardql/model';

export const bundle: MigrationBundle = {
  physicalHash: '8fa3f083b859cf48',
  migrations: [
    {
      tag: '0000_init',
      hash: 'bf31dbd8e6c7a251328746a9598ea030a79fd486d8fd56ead777142b1903c650',
      schemaHash: '30aea64fb64f3cca9e6fc4cee5338e7c01484f807db30b9b60be7e5450d8d123',
      renames: [],
      checks: [],
      reverts: null,
      statements: [
        `CREATE TABLE \`countries\` (
	\`name\` text PRIMARY KEY NOT NULL,
	\`iso_code\` text,
	\`dafif_code\` text,
	\`_version\` integer DEFAULT 0 NOT NULL
);`,
        `CREATE TABLE \`airports\` (
	\`id\` integer NOT NULL,
	\`name\` text NOT NULL,
	\`city\` text,
	\`country\` text DEFAULT '' NOT NULL,
	\`iata\` text,
	\`icao\` text,
	\`latitude\` real NOT NULL,
	\`longitude\` real NOT NULL,
	\`altitude_feet\` integer NOT NULL,
	\`utc_offset_hours\` real,
	\`dst\` text,
	\`tz_name\` text,
	\`type\` text NOT NULL,
	\`source\` text NOT NULL,
	\`_version\` integer DEFAULT 0 NOT NULL,
	PRIMARY KEY(\`country\`, \`id\`)
);`,
        `CREATE INDEX \`airports_by_id\` ON \`airports\` (\`id\`);`,
        `CREATE INDEX \`airports_by_iata\` ON \`airports\` (\`iata\`);`,
        `CREATE TABLE \`airlines\` (
	\`id\` integer NOT NULL,
	\`name\` text NOT NULL,
	\`alias\` text,
	\`iata\` text,
	\`icao\` text,
	\`callsign\` text,
	\`country\` text DEFAULT '' NOT NULL,
	\`active\` text NOT NULL,
	\`_version\` integer DEFAULT 0 NOT NULL,
	PRIMARY KEY(\`country\`, \`id\`)
);`,
        `CREATE INDEX \`airlines_by_id\` ON \`airlines\` (\`id\`);`,
        `CREATE INDEX \`airlines_by_iata\` ON \`airlines\` (\`iata\`);`,
        `CREATE TABLE \`planes\` (
	\`name\` text PRIMARY KEY NOT NULL,
	\`iata\` text,
	\`icao\` text,
	\`_version\` integer DEFAULT 0 NOT NULL
);`,
        `CREATE INDEX \`planes_by_iata\` ON \`planes\` (\`iata\`);`,
        `CREATE TABLE \`routes\` (
	\`id\` integer NOT NULL,
	\`airline_code\` text NOT NULL,
	\`airline_id\` integer DEFAULT 0 NOT NULL,
	\`source_code\` text NOT NULL,
	\`source_airport_id\` integer,
	\`destination_code\` text NOT NULL,
	\`destination_airport_id\` integer,
	\`codeshare\` text,
	\`stops\` integer NOT NULL,
	\`equipment\` text,
	\`_version\` integer DEFAULT 0 NOT NULL,
	PRIMARY KEY(\`airline_id\`, \`id\`)
);`,
        `CREATE INDEX \`routes_of_source\` ON \`routes\` (\`source_airport_id\`);`,
        `CREATE INDEX \`routes_of_destination\` ON \`routes\` (\`destination_airport_id\`);`,
        `CREATE TABLE \`route_planes\` (
	\`airline_id\` integer DEFAULT 0 NOT NULL,
	\`route_id\` integer NOT NULL,
	\`plane_name\` text NOT NULL,
	\`_version\` integer DEFAULT 0 NOT NULL,
	PRIMARY KEY(\`airline_id\`, \`route_id\`, \`plane_name\`),
	FOREIGN KEY (\`airline_id\`,\`route_id\`) REFERENCES \`routes\`(\`airline_id\`,\`id\`) ON UPDATE no action ON DELETE cascade
);`,
        `CREATE INDEX \`route_planes_of_plane\` ON \`route_planes\` (\`plane_name\`);`,
      ],
    },
  ],
};
