CREATE TABLE `notes` (
	`owner_id` text NOT NULL,
	`id` text NOT NULL,
	`parent_id` text,
	`status` text DEFAULT 'open' NOT NULL,
	`kind` text,
	`title` text,
	`email` text,
	`flag` integer,
	`count` integer,
	`seconds` integer,
	`milliseconds` integer,
	`at` text,
	`ratio` real,
	`price` numeric,
	`wide` integer,
	`bytes` blob,
	`big_blob` blob,
	`json` text,
	`json_blob` blob,
	`_version` integer DEFAULT 0 NOT NULL,
	PRIMARY KEY(`owner_id`, `id`)
);
--> statement-breakpoint
CREATE UNIQUE INDEX `notes_open_email` ON `notes` (`owner_id`,`email`) WHERE status = 'open';
--> statement-breakpoint
CREATE UNIQUE INDEX `notes_title` ON `notes` (`owner_id`,lower(title));
--> statement-breakpoint
CREATE INDEX `notes_of_parent` ON `notes` (`owner_id`,`parent_id`);
--> statement-breakpoint
CREATE TABLE `gauges` (
	`owner_id` text NOT NULL,
	`id` text NOT NULL,
	`body` text,
	`level` text GENERATED ALWAYS AS (iif(body = 'level', 'middle', 'low')) STORED,
	`millions` integer GENERATED ALWAYS AS (iif(body = 'millions', 2148, 1) * 1000000) STORED,
	`is_set` integer GENERATED ALWAYS AS (iif(body = 'isSet', 5, 0)) VIRTUAL,
	`since` text GENERATED ALWAYS AS (iif(body = 'since', 'soon', '2026-01-01T00:00:00.000Z')) VIRTUAL,
	`huge` real GENERATED ALWAYS AS (iif(body = 'huge', 1e308, 1) * 10) VIRTUAL,
	`exact` numeric GENERATED ALWAYS AS (1000000000000000 + (body = 'exact')) VIRTUAL,
	`wide` integer GENERATED ALWAYS AS (4611686018427387904 * iif(body = 'wide', 2, 1)) VIRTUAL,
	`doc` text GENERATED ALWAYS AS (iif(body = 'doc', '{', '{}')) VIRTUAL,
	`bytes` blob GENERATED ALWAYS AS (iif(body = 'bytes', 'text', x'00')) VIRTUAL,
	`changed_ms` integer DEFAULT (unixepoch() * 1000) NOT NULL,
	`_version` integer DEFAULT 0 NOT NULL,
	PRIMARY KEY(`owner_id`, `id`)
);
--> statement-breakpoint
CREATE TABLE `stamps` (
	`owner_id` text NOT NULL,
	`id` text NOT NULL,
	`name` text,
	`at` integer DEFAULT (unixepoch() * 1000) NOT NULL,
	`_version` integer DEFAULT 0 NOT NULL,
	PRIMARY KEY(`owner_id`, `id`)
);
--> statement-breakpoint
CREATE TABLE `trials` (
	`owner_id` text NOT NULL,
	`id` text NOT NULL,
	`body` text,
	`number` integer,
	`starts` text,
	`pattern` text,
	`word` text,
	`tag` text GENERATED ALWAYS AS (json_extract(body, '$.tag')) STORED,
	`virtual_tag` text GENERATED ALWAYS AS (json_extract(body, '$.tag')) VIRTUAL,
	`_version` integer DEFAULT 0 NOT NULL,
	PRIMARY KEY(`owner_id`, `id`),
	CONSTRAINT "trials_starts" CHECK(starts IS NULL OR starts < datetime('now')),
	CONSTRAINT "trials_number" CHECK(number IS NULL OR abs(number) >= 0),
	CONSTRAINT "trials_pattern" CHECK(pattern IS NULL OR 'x' NOT LIKE pattern)
);
--> statement-breakpoint
CREATE INDEX `trials_word` ON `trials` (`owner_id`,json(word));
