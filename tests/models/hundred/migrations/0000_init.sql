CREATE TABLE `owners` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`peer_id` text,
	`_version` integer DEFAULT 0 NOT NULL
);
--> statement-breakpoint
CREATE TABLE `samples` (
	`owner_id` text NOT NULL,
	`id` text NOT NULL,
	`text_value` text NOT NULL,
	`text_or_null` text,
	`level` text DEFAULT 'low' NOT NULL,
	`level_or_null` text,
	`json` text DEFAULT '{"tags":[]}' NOT NULL,
	`json_or_null` text,
	`integer_value` integer DEFAULT 7 NOT NULL,
	`integer_or_null` integer,
	`flag` integer DEFAULT false NOT NULL,
	`flag_or_null` integer,
	`seconds` integer NOT NULL,
	`milliseconds` integer DEFAULT (unixepoch() * 1000) NOT NULL,
	`milliseconds_or_null` integer,
	`real_value` real DEFAULT 0.5 NOT NULL,
	`real_or_null` real,
	`decimal` numeric DEFAULT '1.25' NOT NULL,
	`decimal_or_null` numeric,
	`decimal_number` numeric,
	`decimal_bigint` numeric,
	`bytes` blob NOT NULL,
	`blob_json` blob,
	`blob_bigint` blob,
	`wide` integer NOT NULL,
	`wide_or_null` integer,
	`moment` text NOT NULL,
	`moment_or_null` text,
	`updated_at` text NOT NULL,
	`upper` text GENERATED ALWAYS AS (upper(text_value)) STORED,
	`doubled` integer GENERATED ALWAYS AS (integer_value * 2) VIRTUAL,
	`_version` integer DEFAULT 0 NOT NULL,
	PRIMARY KEY(`owner_id`, `id`),
	FOREIGN KEY (`owner_id`) REFERENCES `owners`(`id`) ON UPDATE no action ON DELETE cascade,
	CONSTRAINT "samples_real_range" CHECK("samples"."real_value" > -1e9)
);
--> statement-breakpoint
CREATE INDEX `samples_by_moment` ON `samples` (`owner_id`,`moment`);
--> statement-breakpoint
CREATE UNIQUE INDEX `samples_owner_id_text_value_unique` ON `samples` (`owner_id`,`text_value`);
--> statement-breakpoint
CREATE TABLE `remarks` (
	`owner_id` text NOT NULL,
	`id` integer NOT NULL,
	`sample_id` text NOT NULL,
	`body` text,
	`_version` integer DEFAULT 0 NOT NULL,
	PRIMARY KEY(`owner_id`, `id`),
	FOREIGN KEY (`owner_id`) REFERENCES `owners`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`owner_id`,`sample_id`) REFERENCES `samples`(`owner_id`,`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `remarks_of_sample` ON `remarks` (`owner_id`,`sample_id`);
--> statement-breakpoint
CREATE TABLE `series` (
	`owner_id` text NOT NULL,
	`id` text NOT NULL,
	`title` text NOT NULL,
	`_version` integer DEFAULT 0 NOT NULL,
	PRIMARY KEY(`owner_id`, `id`),
	FOREIGN KEY (`owner_id`) REFERENCES `owners`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE UNIQUE INDEX `series_owner_id_title_unique` ON `series` (`owner_id`,`title`);
--> statement-breakpoint
CREATE TABLE `categories` (
	`owner_id` text NOT NULL,
	`id` integer NOT NULL,
	`parent_id` integer,
	`name` text NOT NULL,
	`_version` integer DEFAULT 0 NOT NULL,
	PRIMARY KEY(`owner_id`, `id`),
	FOREIGN KEY (`owner_id`) REFERENCES `owners`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`owner_id`,`parent_id`) REFERENCES `categories`(`owner_id`,`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `categories_of_parent` ON `categories` (`owner_id`,`parent_id`);
--> statement-breakpoint
CREATE TABLE `series_categories` (
	`owner_id` text NOT NULL,
	`series_id` text NOT NULL,
	`category_id` integer NOT NULL,
	`position` integer DEFAULT 0 NOT NULL,
	`_version` integer DEFAULT 0 NOT NULL,
	PRIMARY KEY(`owner_id`, `series_id`, `category_id`),
	FOREIGN KEY (`owner_id`) REFERENCES `owners`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`owner_id`,`series_id`) REFERENCES `series`(`owner_id`,`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`owner_id`,`category_id`) REFERENCES `categories`(`owner_id`,`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `series_categories_of_category` ON `series_categories` (`owner_id`,`category_id`);
--> statement-breakpoint
CREATE TABLE `events` (
	`owner_id` text NOT NULL,
	`day` text NOT NULL,
	`hour` integer NOT NULL,
	`kind` text NOT NULL,
	`taken_at` integer NOT NULL,
	`amount` numeric,
	`_version` integer DEFAULT 0 NOT NULL,
	PRIMARY KEY(`owner_id`, `day`, `hour`, `kind`),
	FOREIGN KEY (`owner_id`) REFERENCES `owners`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE UNIQUE INDEX `events_taken` ON `events` (`owner_id`,`taken_at`,`kind`);
--> statement-breakpoint
CREATE TABLE `settings` (
	`owner_id` text PRIMARY KEY NOT NULL,
	`value` text NOT NULL,
	`_version` integer DEFAULT 0 NOT NULL,
	FOREIGN KEY (`owner_id`) REFERENCES `owners`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE TABLE `links` (
	`owner_id` text NOT NULL,
	`peer_id` integer NOT NULL,
	`weight` real,
	`_version` integer DEFAULT 0 NOT NULL,
	PRIMARY KEY(`owner_id`, `peer_id`),
	FOREIGN KEY (`owner_id`) REFERENCES `owners`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `links_of_peer` ON `links` (`peer_id`);
--> statement-breakpoint
CREATE TABLE `select` (
	`owner_id` text NOT NULL,
	`order` integer NOT NULL,
	`group` text NOT NULL,
	`from` text,
	`where` text,
	`first` integer,
	`by` text,
	`data` text,
	`shard key` text,
	`rowid` text,
	`größe` text,
	`total.count` integer,
	`it's` text,
	`_version` integer DEFAULT 0 NOT NULL,
	PRIMARY KEY(`owner_id`, `order`),
	FOREIGN KEY (`owner_id`) REFERENCES `owners`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `index` ON `select` (`from`,`where`);
--> statement-breakpoint
CREATE UNIQUE INDEX `select_owner_id_group_unique` ON `select` (`owner_id`,`group`);
--> statement-breakpoint
CREATE TABLE `owners_2` (
	`id` integer PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`peer_id` integer,
	`_version` integer DEFAULT 0 NOT NULL
);
--> statement-breakpoint
CREATE TABLE `samples_2` (
	`owner_id` integer NOT NULL,
	`id` text NOT NULL,
	`text_value` text NOT NULL,
	`text_or_null` text,
	`level` text DEFAULT 'low' NOT NULL,
	`level_or_null` text,
	`json` text DEFAULT '{"tags":[]}' NOT NULL,
	`json_or_null` text,
	`integer_value` integer DEFAULT 7 NOT NULL,
	`integer_or_null` integer,
	`flag` integer DEFAULT false NOT NULL,
	`flag_or_null` integer,
	`seconds` integer NOT NULL,
	`milliseconds` integer DEFAULT (unixepoch() * 1000) NOT NULL,
	`milliseconds_or_null` integer,
	`real_value` real DEFAULT 0.5 NOT NULL,
	`real_or_null` real,
	`decimal` numeric DEFAULT '1.25' NOT NULL,
	`decimal_or_null` numeric,
	`decimal_number` numeric,
	`decimal_bigint` numeric,
	`bytes` blob NOT NULL,
	`blob_json` blob,
	`blob_bigint` blob,
	`wide` integer NOT NULL,
	`wide_or_null` integer,
	`moment` text NOT NULL,
	`moment_or_null` text,
	`updated_at` text NOT NULL,
	`upper` text GENERATED ALWAYS AS (upper(text_value)) STORED,
	`doubled` integer GENERATED ALWAYS AS (integer_value * 2) VIRTUAL,
	`_version` integer DEFAULT 0 NOT NULL,
	PRIMARY KEY(`owner_id`, `id`),
	FOREIGN KEY (`owner_id`) REFERENCES `owners_2`(`id`) ON UPDATE no action ON DELETE cascade,
	CONSTRAINT "samples_real_range_2" CHECK("samples_2"."real_value" > -1e9)
);
--> statement-breakpoint
CREATE INDEX `samples_by_moment_2` ON `samples_2` (`owner_id`,`moment`);
--> statement-breakpoint
CREATE UNIQUE INDEX `samples_2_owner_id_text_value_unique` ON `samples_2` (`owner_id`,`text_value`);
--> statement-breakpoint
CREATE TABLE `remarks_2` (
	`owner_id` integer NOT NULL,
	`id` integer NOT NULL,
	`sample_id` text NOT NULL,
	`body` text,
	`_version` integer DEFAULT 0 NOT NULL,
	PRIMARY KEY(`owner_id`, `id`),
	FOREIGN KEY (`owner_id`) REFERENCES `owners_2`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`owner_id`,`sample_id`) REFERENCES `samples_2`(`owner_id`,`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `remarks_of_sample_2` ON `remarks_2` (`owner_id`,`sample_id`);
--> statement-breakpoint
CREATE TABLE `series2` (
	`owner_id` integer NOT NULL,
	`id` text NOT NULL,
	`title` text NOT NULL,
	`_version` integer DEFAULT 0 NOT NULL,
	PRIMARY KEY(`owner_id`, `id`),
	FOREIGN KEY (`owner_id`) REFERENCES `owners_2`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE UNIQUE INDEX `series2_owner_id_title_unique` ON `series2` (`owner_id`,`title`);
--> statement-breakpoint
CREATE TABLE `categories_2` (
	`owner_id` integer NOT NULL,
	`id` integer NOT NULL,
	`parent_id` integer,
	`name` text NOT NULL,
	`_version` integer DEFAULT 0 NOT NULL,
	PRIMARY KEY(`owner_id`, `id`),
	FOREIGN KEY (`owner_id`) REFERENCES `owners_2`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`owner_id`,`parent_id`) REFERENCES `categories_2`(`owner_id`,`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `categories_of_parent_2` ON `categories_2` (`owner_id`,`parent_id`);
--> statement-breakpoint
CREATE TABLE `series_categories_2` (
	`owner_id` integer NOT NULL,
	`series_id` text NOT NULL,
	`category_id` integer NOT NULL,
	`position` integer DEFAULT 0 NOT NULL,
	`_version` integer DEFAULT 0 NOT NULL,
	PRIMARY KEY(`owner_id`, `series_id`, `category_id`),
	FOREIGN KEY (`owner_id`) REFERENCES `owners_2`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`owner_id`,`series_id`) REFERENCES `series2`(`owner_id`,`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`owner_id`,`category_id`) REFERENCES `categories_2`(`owner_id`,`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `series_categories_of_category_2` ON `series_categories_2` (`owner_id`,`category_id`);
--> statement-breakpoint
CREATE TABLE `events_2` (
	`owner_id` integer NOT NULL,
	`day` text NOT NULL,
	`hour` integer NOT NULL,
	`kind` text NOT NULL,
	`taken_at` integer NOT NULL,
	`amount` numeric,
	`_version` integer DEFAULT 0 NOT NULL,
	PRIMARY KEY(`owner_id`, `day`, `hour`, `kind`),
	FOREIGN KEY (`owner_id`) REFERENCES `owners_2`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE UNIQUE INDEX `events_taken_2` ON `events_2` (`owner_id`,`taken_at`,`kind`);
--> statement-breakpoint
CREATE TABLE `settings_2` (
	`owner_id` integer PRIMARY KEY NOT NULL,
	`value` text NOT NULL,
	`_version` integer DEFAULT 0 NOT NULL,
	FOREIGN KEY (`owner_id`) REFERENCES `owners_2`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE TABLE `links_2` (
	`owner_id` integer NOT NULL,
	`peer_id` blob NOT NULL,
	`weight` real,
	`_version` integer DEFAULT 0 NOT NULL,
	PRIMARY KEY(`owner_id`, `peer_id`),
	FOREIGN KEY (`owner_id`) REFERENCES `owners_2`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `links_of_peer_2` ON `links_2` (`peer_id`);
--> statement-breakpoint
CREATE TABLE `select_2` (
	`owner_id` integer NOT NULL,
	`order` integer NOT NULL,
	`group` text NOT NULL,
	`from` text,
	`where` text,
	`first` integer,
	`by` text,
	`data` text,
	`shard key` text,
	`rowid` text,
	`größe` text,
	`total.count` integer,
	`it's` text,
	`_version` integer DEFAULT 0 NOT NULL,
	PRIMARY KEY(`owner_id`, `order`),
	FOREIGN KEY (`owner_id`) REFERENCES `owners_2`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `index_2` ON `select_2` (`from`,`where`);
--> statement-breakpoint
CREATE UNIQUE INDEX `select_2_owner_id_group_unique` ON `select_2` (`owner_id`,`group`);
--> statement-breakpoint
CREATE TABLE `owners_3` (
	`id` blob PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`peer_id` blob,
	`_version` integer DEFAULT 0 NOT NULL
);
--> statement-breakpoint
CREATE TABLE `samples_3` (
	`owner_id` blob NOT NULL,
	`id` text NOT NULL,
	`text_value` text NOT NULL,
	`text_or_null` text,
	`level` text DEFAULT 'low' NOT NULL,
	`level_or_null` text,
	`json` text DEFAULT '{"tags":[]}' NOT NULL,
	`json_or_null` text,
	`integer_value` integer DEFAULT 7 NOT NULL,
	`integer_or_null` integer,
	`flag` integer DEFAULT false NOT NULL,
	`flag_or_null` integer,
	`seconds` integer NOT NULL,
	`milliseconds` integer DEFAULT (unixepoch() * 1000) NOT NULL,
	`milliseconds_or_null` integer,
	`real_value` real DEFAULT 0.5 NOT NULL,
	`real_or_null` real,
	`decimal` numeric DEFAULT '1.25' NOT NULL,
	`decimal_or_null` numeric,
	`decimal_number` numeric,
	`decimal_bigint` numeric,
	`bytes` blob NOT NULL,
	`blob_json` blob,
	`blob_bigint` blob,
	`wide` integer NOT NULL,
	`wide_or_null` integer,
	`moment` text NOT NULL,
	`moment_or_null` text,
	`updated_at` text NOT NULL,
	`upper` text GENERATED ALWAYS AS (upper(text_value)) STORED,
	`doubled` integer GENERATED ALWAYS AS (integer_value * 2) VIRTUAL,
	`_version` integer DEFAULT 0 NOT NULL,
	PRIMARY KEY(`owner_id`, `id`),
	FOREIGN KEY (`owner_id`) REFERENCES `owners_3`(`id`) ON UPDATE no action ON DELETE cascade,
	CONSTRAINT "samples_real_range_3" CHECK("samples_3"."real_value" > -1e9)
);
--> statement-breakpoint
CREATE INDEX `samples_by_moment_3` ON `samples_3` (`owner_id`,`moment`);
--> statement-breakpoint
CREATE UNIQUE INDEX `samples_3_owner_id_text_value_unique` ON `samples_3` (`owner_id`,`text_value`);
--> statement-breakpoint
CREATE TABLE `remarks_3` (
	`owner_id` blob NOT NULL,
	`id` integer NOT NULL,
	`sample_id` text NOT NULL,
	`body` text,
	`_version` integer DEFAULT 0 NOT NULL,
	PRIMARY KEY(`owner_id`, `id`),
	FOREIGN KEY (`owner_id`) REFERENCES `owners_3`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`owner_id`,`sample_id`) REFERENCES `samples_3`(`owner_id`,`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `remarks_of_sample_3` ON `remarks_3` (`owner_id`,`sample_id`);
--> statement-breakpoint
CREATE TABLE `series3` (
	`owner_id` blob NOT NULL,
	`id` text NOT NULL,
	`title` text NOT NULL,
	`_version` integer DEFAULT 0 NOT NULL,
	PRIMARY KEY(`owner_id`, `id`),
	FOREIGN KEY (`owner_id`) REFERENCES `owners_3`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE UNIQUE INDEX `series3_owner_id_title_unique` ON `series3` (`owner_id`,`title`);
--> statement-breakpoint
CREATE TABLE `categories_3` (
	`owner_id` blob NOT NULL,
	`id` integer NOT NULL,
	`parent_id` integer,
	`name` text NOT NULL,
	`_version` integer DEFAULT 0 NOT NULL,
	PRIMARY KEY(`owner_id`, `id`),
	FOREIGN KEY (`owner_id`) REFERENCES `owners_3`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`owner_id`,`parent_id`) REFERENCES `categories_3`(`owner_id`,`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `categories_of_parent_3` ON `categories_3` (`owner_id`,`parent_id`);
--> statement-breakpoint
CREATE TABLE `series_categories_3` (
	`owner_id` blob NOT NULL,
	`series_id` text NOT NULL,
	`category_id` integer NOT NULL,
	`position` integer DEFAULT 0 NOT NULL,
	`_version` integer DEFAULT 0 NOT NULL,
	PRIMARY KEY(`owner_id`, `series_id`, `category_id`),
	FOREIGN KEY (`owner_id`) REFERENCES `owners_3`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`owner_id`,`series_id`) REFERENCES `series3`(`owner_id`,`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`owner_id`,`category_id`) REFERENCES `categories_3`(`owner_id`,`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `series_categories_of_category_3` ON `series_categories_3` (`owner_id`,`category_id`);
--> statement-breakpoint
CREATE TABLE `events_3` (
	`owner_id` blob NOT NULL,
	`day` text NOT NULL,
	`hour` integer NOT NULL,
	`kind` text NOT NULL,
	`taken_at` integer NOT NULL,
	`amount` numeric,
	`_version` integer DEFAULT 0 NOT NULL,
	PRIMARY KEY(`owner_id`, `day`, `hour`, `kind`),
	FOREIGN KEY (`owner_id`) REFERENCES `owners_3`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE UNIQUE INDEX `events_taken_3` ON `events_3` (`owner_id`,`taken_at`,`kind`);
--> statement-breakpoint
CREATE TABLE `settings_3` (
	`owner_id` blob PRIMARY KEY NOT NULL,
	`value` text NOT NULL,
	`_version` integer DEFAULT 0 NOT NULL,
	FOREIGN KEY (`owner_id`) REFERENCES `owners_3`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE TABLE `links_3` (
	`owner_id` blob NOT NULL,
	`peer_id` integer NOT NULL,
	`weight` real,
	`_version` integer DEFAULT 0 NOT NULL,
	PRIMARY KEY(`owner_id`, `peer_id`),
	FOREIGN KEY (`owner_id`) REFERENCES `owners_3`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `links_of_peer_3` ON `links_3` (`peer_id`);
--> statement-breakpoint
CREATE TABLE `select_3` (
	`owner_id` blob NOT NULL,
	`order` integer NOT NULL,
	`group` text NOT NULL,
	`from` text,
	`where` text,
	`first` integer,
	`by` text,
	`data` text,
	`shard key` text,
	`rowid` text,
	`größe` text,
	`total.count` integer,
	`it's` text,
	`_version` integer DEFAULT 0 NOT NULL,
	PRIMARY KEY(`owner_id`, `order`),
	FOREIGN KEY (`owner_id`) REFERENCES `owners_3`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `index_3` ON `select_3` (`from`,`where`);
--> statement-breakpoint
CREATE UNIQUE INDEX `select_3_owner_id_group_unique` ON `select_3` (`owner_id`,`group`);
--> statement-breakpoint
CREATE TABLE `owners_4` (
	`id` integer PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`peer_id` integer,
	`_version` integer DEFAULT 0 NOT NULL
);
--> statement-breakpoint
CREATE TABLE `samples_4` (
	`owner_id` integer NOT NULL,
	`id` text NOT NULL,
	`text_value` text NOT NULL,
	`text_or_null` text,
	`level` text DEFAULT 'low' NOT NULL,
	`level_or_null` text,
	`json` text DEFAULT '{"tags":[]}' NOT NULL,
	`json_or_null` text,
	`integer_value` integer DEFAULT 7 NOT NULL,
	`integer_or_null` integer,
	`flag` integer DEFAULT false NOT NULL,
	`flag_or_null` integer,
	`seconds` integer NOT NULL,
	`milliseconds` integer DEFAULT (unixepoch() * 1000) NOT NULL,
	`milliseconds_or_null` integer,
	`real_value` real DEFAULT 0.5 NOT NULL,
	`real_or_null` real,
	`decimal` numeric DEFAULT '1.25' NOT NULL,
	`decimal_or_null` numeric,
	`decimal_number` numeric,
	`decimal_bigint` numeric,
	`bytes` blob NOT NULL,
	`blob_json` blob,
	`blob_bigint` blob,
	`wide` integer NOT NULL,
	`wide_or_null` integer,
	`moment` text NOT NULL,
	`moment_or_null` text,
	`updated_at` text NOT NULL,
	`upper` text GENERATED ALWAYS AS (upper(text_value)) STORED,
	`doubled` integer GENERATED ALWAYS AS (integer_value * 2) VIRTUAL,
	`_version` integer DEFAULT 0 NOT NULL,
	PRIMARY KEY(`owner_id`, `id`),
	FOREIGN KEY (`owner_id`) REFERENCES `owners_4`(`id`) ON UPDATE no action ON DELETE cascade,
	CONSTRAINT "samples_real_range_4" CHECK("samples_4"."real_value" > -1e9)
);
--> statement-breakpoint
CREATE INDEX `samples_by_moment_4` ON `samples_4` (`owner_id`,`moment`);
--> statement-breakpoint
CREATE UNIQUE INDEX `samples_4_owner_id_text_value_unique` ON `samples_4` (`owner_id`,`text_value`);
--> statement-breakpoint
CREATE TABLE `remarks_4` (
	`owner_id` integer NOT NULL,
	`id` integer NOT NULL,
	`sample_id` text NOT NULL,
	`body` text,
	`_version` integer DEFAULT 0 NOT NULL,
	PRIMARY KEY(`owner_id`, `id`),
	FOREIGN KEY (`owner_id`) REFERENCES `owners_4`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`owner_id`,`sample_id`) REFERENCES `samples_4`(`owner_id`,`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `remarks_of_sample_4` ON `remarks_4` (`owner_id`,`sample_id`);
--> statement-breakpoint
CREATE TABLE `series4` (
	`owner_id` integer NOT NULL,
	`id` text NOT NULL,
	`title` text NOT NULL,
	`_version` integer DEFAULT 0 NOT NULL,
	PRIMARY KEY(`owner_id`, `id`),
	FOREIGN KEY (`owner_id`) REFERENCES `owners_4`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE UNIQUE INDEX `series4_owner_id_title_unique` ON `series4` (`owner_id`,`title`);
--> statement-breakpoint
CREATE TABLE `categories_4` (
	`owner_id` integer NOT NULL,
	`id` integer NOT NULL,
	`parent_id` integer,
	`name` text NOT NULL,
	`_version` integer DEFAULT 0 NOT NULL,
	PRIMARY KEY(`owner_id`, `id`),
	FOREIGN KEY (`owner_id`) REFERENCES `owners_4`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`owner_id`,`parent_id`) REFERENCES `categories_4`(`owner_id`,`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `categories_of_parent_4` ON `categories_4` (`owner_id`,`parent_id`);
--> statement-breakpoint
CREATE TABLE `series_categories_4` (
	`owner_id` integer NOT NULL,
	`series_id` text NOT NULL,
	`category_id` integer NOT NULL,
	`position` integer DEFAULT 0 NOT NULL,
	`_version` integer DEFAULT 0 NOT NULL,
	PRIMARY KEY(`owner_id`, `series_id`, `category_id`),
	FOREIGN KEY (`owner_id`) REFERENCES `owners_4`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`owner_id`,`series_id`) REFERENCES `series4`(`owner_id`,`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`owner_id`,`category_id`) REFERENCES `categories_4`(`owner_id`,`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `series_categories_of_category_4` ON `series_categories_4` (`owner_id`,`category_id`);
--> statement-breakpoint
CREATE TABLE `events_4` (
	`owner_id` integer NOT NULL,
	`day` text NOT NULL,
	`hour` integer NOT NULL,
	`kind` text NOT NULL,
	`taken_at` integer NOT NULL,
	`amount` numeric,
	`_version` integer DEFAULT 0 NOT NULL,
	PRIMARY KEY(`owner_id`, `day`, `hour`, `kind`),
	FOREIGN KEY (`owner_id`) REFERENCES `owners_4`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE UNIQUE INDEX `events_taken_4` ON `events_4` (`owner_id`,`taken_at`,`kind`);
--> statement-breakpoint
CREATE TABLE `settings_4` (
	`owner_id` integer PRIMARY KEY NOT NULL,
	`value` text NOT NULL,
	`_version` integer DEFAULT 0 NOT NULL,
	FOREIGN KEY (`owner_id`) REFERENCES `owners_4`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE TABLE `links_4` (
	`owner_id` integer NOT NULL,
	`peer_id` text NOT NULL,
	`weight` real,
	`_version` integer DEFAULT 0 NOT NULL,
	PRIMARY KEY(`owner_id`, `peer_id`),
	FOREIGN KEY (`owner_id`) REFERENCES `owners_4`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `links_of_peer_4` ON `links_4` (`peer_id`);
--> statement-breakpoint
CREATE TABLE `select_4` (
	`owner_id` integer NOT NULL,
	`order` integer NOT NULL,
	`group` text NOT NULL,
	`from` text,
	`where` text,
	`first` integer,
	`by` text,
	`data` text,
	`shard key` text,
	`rowid` text,
	`größe` text,
	`total.count` integer,
	`it's` text,
	`_version` integer DEFAULT 0 NOT NULL,
	PRIMARY KEY(`owner_id`, `order`),
	FOREIGN KEY (`owner_id`) REFERENCES `owners_4`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `index_4` ON `select_4` (`from`,`where`);
--> statement-breakpoint
CREATE UNIQUE INDEX `select_4_owner_id_group_unique` ON `select_4` (`owner_id`,`group`);
--> statement-breakpoint
CREATE TABLE `owners_5` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`peer_id` text,
	`_version` integer DEFAULT 0 NOT NULL
);
--> statement-breakpoint
CREATE TABLE `samples_5` (
	`owner_id` text NOT NULL,
	`id` text NOT NULL,
	`text_value` text NOT NULL,
	`text_or_null` text,
	`level` text DEFAULT 'low' NOT NULL,
	`level_or_null` text,
	`json` text DEFAULT '{"tags":[]}' NOT NULL,
	`json_or_null` text,
	`integer_value` integer DEFAULT 7 NOT NULL,
	`integer_or_null` integer,
	`flag` integer DEFAULT false NOT NULL,
	`flag_or_null` integer,
	`seconds` integer NOT NULL,
	`milliseconds` integer DEFAULT (unixepoch() * 1000) NOT NULL,
	`milliseconds_or_null` integer,
	`real_value` real DEFAULT 0.5 NOT NULL,
	`real_or_null` real,
	`decimal` numeric DEFAULT '1.25' NOT NULL,
	`decimal_or_null` numeric,
	`decimal_number` numeric,
	`decimal_bigint` numeric,
	`bytes` blob NOT NULL,
	`blob_json` blob,
	`blob_bigint` blob,
	`wide` integer NOT NULL,
	`wide_or_null` integer,
	`moment` text NOT NULL,
	`moment_or_null` text,
	`updated_at` text NOT NULL,
	`upper` text GENERATED ALWAYS AS (upper(text_value)) STORED,
	`doubled` integer GENERATED ALWAYS AS (integer_value * 2) VIRTUAL,
	`_version` integer DEFAULT 0 NOT NULL,
	PRIMARY KEY(`owner_id`, `id`),
	FOREIGN KEY (`owner_id`) REFERENCES `owners_5`(`id`) ON UPDATE no action ON DELETE cascade,
	CONSTRAINT "samples_real_range_5" CHECK("samples_5"."real_value" > -1e9)
);
--> statement-breakpoint
CREATE INDEX `samples_by_moment_5` ON `samples_5` (`owner_id`,`moment`);
--> statement-breakpoint
CREATE UNIQUE INDEX `samples_5_owner_id_text_value_unique` ON `samples_5` (`owner_id`,`text_value`);
--> statement-breakpoint
CREATE TABLE `remarks_5` (
	`owner_id` text NOT NULL,
	`id` integer NOT NULL,
	`sample_id` text NOT NULL,
	`body` text,
	`_version` integer DEFAULT 0 NOT NULL,
	PRIMARY KEY(`owner_id`, `id`),
	FOREIGN KEY (`owner_id`) REFERENCES `owners_5`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`owner_id`,`sample_id`) REFERENCES `samples_5`(`owner_id`,`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `remarks_of_sample_5` ON `remarks_5` (`owner_id`,`sample_id`);
--> statement-breakpoint
CREATE TABLE `series5` (
	`owner_id` text NOT NULL,
	`id` text NOT NULL,
	`title` text NOT NULL,
	`_version` integer DEFAULT 0 NOT NULL,
	PRIMARY KEY(`owner_id`, `id`),
	FOREIGN KEY (`owner_id`) REFERENCES `owners_5`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE UNIQUE INDEX `series5_owner_id_title_unique` ON `series5` (`owner_id`,`title`);
--> statement-breakpoint
CREATE TABLE `categories_5` (
	`owner_id` text NOT NULL,
	`id` integer NOT NULL,
	`parent_id` integer,
	`name` text NOT NULL,
	`_version` integer DEFAULT 0 NOT NULL,
	PRIMARY KEY(`owner_id`, `id`),
	FOREIGN KEY (`owner_id`) REFERENCES `owners_5`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`owner_id`,`parent_id`) REFERENCES `categories_5`(`owner_id`,`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `categories_of_parent_5` ON `categories_5` (`owner_id`,`parent_id`);
--> statement-breakpoint
CREATE TABLE `series_categories_5` (
	`owner_id` text NOT NULL,
	`series_id` text NOT NULL,
	`category_id` integer NOT NULL,
	`position` integer DEFAULT 0 NOT NULL,
	`_version` integer DEFAULT 0 NOT NULL,
	PRIMARY KEY(`owner_id`, `series_id`, `category_id`),
	FOREIGN KEY (`owner_id`) REFERENCES `owners_5`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`owner_id`,`series_id`) REFERENCES `series5`(`owner_id`,`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`owner_id`,`category_id`) REFERENCES `categories_5`(`owner_id`,`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `series_categories_of_category_5` ON `series_categories_5` (`owner_id`,`category_id`);
--> statement-breakpoint
CREATE TABLE `events_5` (
	`owner_id` text NOT NULL,
	`day` text NOT NULL,
	`hour` integer NOT NULL,
	`kind` text NOT NULL,
	`taken_at` integer NOT NULL,
	`amount` numeric,
	`_version` integer DEFAULT 0 NOT NULL,
	PRIMARY KEY(`owner_id`, `day`, `hour`, `kind`),
	FOREIGN KEY (`owner_id`) REFERENCES `owners_5`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE UNIQUE INDEX `events_taken_5` ON `events_5` (`owner_id`,`taken_at`,`kind`);
--> statement-breakpoint
CREATE TABLE `settings_5` (
	`owner_id` text PRIMARY KEY NOT NULL,
	`value` text NOT NULL,
	`_version` integer DEFAULT 0 NOT NULL,
	FOREIGN KEY (`owner_id`) REFERENCES `owners_5`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE TABLE `links_5` (
	`owner_id` text NOT NULL,
	`peer_id` integer NOT NULL,
	`weight` real,
	`_version` integer DEFAULT 0 NOT NULL,
	PRIMARY KEY(`owner_id`, `peer_id`),
	FOREIGN KEY (`owner_id`) REFERENCES `owners_5`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `links_of_peer_5` ON `links_5` (`peer_id`);
--> statement-breakpoint
CREATE TABLE `select_5` (
	`owner_id` text NOT NULL,
	`order` integer NOT NULL,
	`group` text NOT NULL,
	`from` text,
	`where` text,
	`first` integer,
	`by` text,
	`data` text,
	`shard key` text,
	`rowid` text,
	`größe` text,
	`total.count` integer,
	`it's` text,
	`_version` integer DEFAULT 0 NOT NULL,
	PRIMARY KEY(`owner_id`, `order`),
	FOREIGN KEY (`owner_id`) REFERENCES `owners_5`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `index_5` ON `select_5` (`from`,`where`);
--> statement-breakpoint
CREATE UNIQUE INDEX `select_5_owner_id_group_unique` ON `select_5` (`owner_id`,`group`);
--> statement-breakpoint
CREATE TABLE `owners_6` (
	`id` integer PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`peer_id` integer,
	`_version` integer DEFAULT 0 NOT NULL
);
--> statement-breakpoint
CREATE TABLE `samples_6` (
	`owner_id` integer NOT NULL,
	`id` text NOT NULL,
	`text_value` text NOT NULL,
	`text_or_null` text,
	`level` text DEFAULT 'low' NOT NULL,
	`level_or_null` text,
	`json` text DEFAULT '{"tags":[]}' NOT NULL,
	`json_or_null` text,
	`integer_value` integer DEFAULT 7 NOT NULL,
	`integer_or_null` integer,
	`flag` integer DEFAULT false NOT NULL,
	`flag_or_null` integer,
	`seconds` integer NOT NULL,
	`milliseconds` integer DEFAULT (unixepoch() * 1000) NOT NULL,
	`milliseconds_or_null` integer,
	`real_value` real DEFAULT 0.5 NOT NULL,
	`real_or_null` real,
	`decimal` numeric DEFAULT '1.25' NOT NULL,
	`decimal_or_null` numeric,
	`decimal_number` numeric,
	`decimal_bigint` numeric,
	`bytes` blob NOT NULL,
	`blob_json` blob,
	`blob_bigint` blob,
	`wide` integer NOT NULL,
	`wide_or_null` integer,
	`moment` text NOT NULL,
	`moment_or_null` text,
	`updated_at` text NOT NULL,
	`upper` text GENERATED ALWAYS AS (upper(text_value)) STORED,
	`doubled` integer GENERATED ALWAYS AS (integer_value * 2) VIRTUAL,
	`_version` integer DEFAULT 0 NOT NULL,
	PRIMARY KEY(`owner_id`, `id`),
	FOREIGN KEY (`owner_id`) REFERENCES `owners_6`(`id`) ON UPDATE no action ON DELETE cascade,
	CONSTRAINT "samples_real_range_6" CHECK("samples_6"."real_value" > -1e9)
);
--> statement-breakpoint
CREATE INDEX `samples_by_moment_6` ON `samples_6` (`owner_id`,`moment`);
--> statement-breakpoint
CREATE UNIQUE INDEX `samples_6_owner_id_text_value_unique` ON `samples_6` (`owner_id`,`text_value`);
--> statement-breakpoint
CREATE TABLE `remarks_6` (
	`owner_id` integer NOT NULL,
	`id` integer NOT NULL,
	`sample_id` text NOT NULL,
	`body` text,
	`_version` integer DEFAULT 0 NOT NULL,
	PRIMARY KEY(`owner_id`, `id`),
	FOREIGN KEY (`owner_id`) REFERENCES `owners_6`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`owner_id`,`sample_id`) REFERENCES `samples_6`(`owner_id`,`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `remarks_of_sample_6` ON `remarks_6` (`owner_id`,`sample_id`);
--> statement-breakpoint
CREATE TABLE `series6` (
	`owner_id` integer NOT NULL,
	`id` text NOT NULL,
	`title` text NOT NULL,
	`_version` integer DEFAULT 0 NOT NULL,
	PRIMARY KEY(`owner_id`, `id`),
	FOREIGN KEY (`owner_id`) REFERENCES `owners_6`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE UNIQUE INDEX `series6_owner_id_title_unique` ON `series6` (`owner_id`,`title`);
--> statement-breakpoint
CREATE TABLE `categories_6` (
	`owner_id` integer NOT NULL,
	`id` integer NOT NULL,
	`parent_id` integer,
	`name` text NOT NULL,
	`_version` integer DEFAULT 0 NOT NULL,
	PRIMARY KEY(`owner_id`, `id`),
	FOREIGN KEY (`owner_id`) REFERENCES `owners_6`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`owner_id`,`parent_id`) REFERENCES `categories_6`(`owner_id`,`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `categories_of_parent_6` ON `categories_6` (`owner_id`,`parent_id`);
--> statement-breakpoint
CREATE TABLE `series_categories_6` (
	`owner_id` integer NOT NULL,
	`series_id` text NOT NULL,
	`category_id` integer NOT NULL,
	`position` integer DEFAULT 0 NOT NULL,
	`_version` integer DEFAULT 0 NOT NULL,
	PRIMARY KEY(`owner_id`, `series_id`, `category_id`),
	FOREIGN KEY (`owner_id`) REFERENCES `owners_6`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`owner_id`,`series_id`) REFERENCES `series6`(`owner_id`,`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`owner_id`,`category_id`) REFERENCES `categories_6`(`owner_id`,`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `series_categories_of_category_6` ON `series_categories_6` (`owner_id`,`category_id`);
--> statement-breakpoint
CREATE TABLE `events_6` (
	`owner_id` integer NOT NULL,
	`day` text NOT NULL,
	`hour` integer NOT NULL,
	`kind` text NOT NULL,
	`taken_at` integer NOT NULL,
	`amount` numeric,
	`_version` integer DEFAULT 0 NOT NULL,
	PRIMARY KEY(`owner_id`, `day`, `hour`, `kind`),
	FOREIGN KEY (`owner_id`) REFERENCES `owners_6`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE UNIQUE INDEX `events_taken_6` ON `events_6` (`owner_id`,`taken_at`,`kind`);
--> statement-breakpoint
CREATE TABLE `settings_6` (
	`owner_id` integer PRIMARY KEY NOT NULL,
	`value` text NOT NULL,
	`_version` integer DEFAULT 0 NOT NULL,
	FOREIGN KEY (`owner_id`) REFERENCES `owners_6`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE TABLE `links_6` (
	`owner_id` integer NOT NULL,
	`peer_id` blob NOT NULL,
	`weight` real,
	`_version` integer DEFAULT 0 NOT NULL,
	PRIMARY KEY(`owner_id`, `peer_id`),
	FOREIGN KEY (`owner_id`) REFERENCES `owners_6`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `links_of_peer_6` ON `links_6` (`peer_id`);
--> statement-breakpoint
CREATE TABLE `select_6` (
	`owner_id` integer NOT NULL,
	`order` integer NOT NULL,
	`group` text NOT NULL,
	`from` text,
	`where` text,
	`first` integer,
	`by` text,
	`data` text,
	`shard key` text,
	`rowid` text,
	`größe` text,
	`total.count` integer,
	`it's` text,
	`_version` integer DEFAULT 0 NOT NULL,
	PRIMARY KEY(`owner_id`, `order`),
	FOREIGN KEY (`owner_id`) REFERENCES `owners_6`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `index_6` ON `select_6` (`from`,`where`);
--> statement-breakpoint
CREATE UNIQUE INDEX `select_6_owner_id_group_unique` ON `select_6` (`owner_id`,`group`);
--> statement-breakpoint
CREATE TABLE `owners_7` (
	`id` blob PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`peer_id` blob,
	`_version` integer DEFAULT 0 NOT NULL
);
--> statement-breakpoint
CREATE TABLE `samples_7` (
	`owner_id` blob NOT NULL,
	`id` text NOT NULL,
	`text_value` text NOT NULL,
	`text_or_null` text,
	`level` text DEFAULT 'low' NOT NULL,
	`level_or_null` text,
	`json` text DEFAULT '{"tags":[]}' NOT NULL,
	`json_or_null` text,
	`integer_value` integer DEFAULT 7 NOT NULL,
	`integer_or_null` integer,
	`flag` integer DEFAULT false NOT NULL,
	`flag_or_null` integer,
	`seconds` integer NOT NULL,
	`milliseconds` integer DEFAULT (unixepoch() * 1000) NOT NULL,
	`milliseconds_or_null` integer,
	`real_value` real DEFAULT 0.5 NOT NULL,
	`real_or_null` real,
	`decimal` numeric DEFAULT '1.25' NOT NULL,
	`decimal_or_null` numeric,
	`decimal_number` numeric,
	`decimal_bigint` numeric,
	`bytes` blob NOT NULL,
	`blob_json` blob,
	`blob_bigint` blob,
	`wide` integer NOT NULL,
	`wide_or_null` integer,
	`moment` text NOT NULL,
	`moment_or_null` text,
	`updated_at` text NOT NULL,
	`upper` text GENERATED ALWAYS AS (upper(text_value)) STORED,
	`doubled` integer GENERATED ALWAYS AS (integer_value * 2) VIRTUAL,
	`_version` integer DEFAULT 0 NOT NULL,
	PRIMARY KEY(`owner_id`, `id`),
	FOREIGN KEY (`owner_id`) REFERENCES `owners_7`(`id`) ON UPDATE no action ON DELETE cascade,
	CONSTRAINT "samples_real_range_7" CHECK("samples_7"."real_value" > -1e9)
);
--> statement-breakpoint
CREATE INDEX `samples_by_moment_7` ON `samples_7` (`owner_id`,`moment`);
--> statement-breakpoint
CREATE UNIQUE INDEX `samples_7_owner_id_text_value_unique` ON `samples_7` (`owner_id`,`text_value`);
--> statement-breakpoint
CREATE TABLE `remarks_7` (
	`owner_id` blob NOT NULL,
	`id` integer NOT NULL,
	`sample_id` text NOT NULL,
	`body` text,
	`_version` integer DEFAULT 0 NOT NULL,
	PRIMARY KEY(`owner_id`, `id`),
	FOREIGN KEY (`owner_id`) REFERENCES `owners_7`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`owner_id`,`sample_id`) REFERENCES `samples_7`(`owner_id`,`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `remarks_of_sample_7` ON `remarks_7` (`owner_id`,`sample_id`);
--> statement-breakpoint
CREATE TABLE `series7` (
	`owner_id` blob NOT NULL,
	`id` text NOT NULL,
	`title` text NOT NULL,
	`_version` integer DEFAULT 0 NOT NULL,
	PRIMARY KEY(`owner_id`, `id`),
	FOREIGN KEY (`owner_id`) REFERENCES `owners_7`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE UNIQUE INDEX `series7_owner_id_title_unique` ON `series7` (`owner_id`,`title`);
--> statement-breakpoint
CREATE TABLE `categories_7` (
	`owner_id` blob NOT NULL,
	`id` integer NOT NULL,
	`parent_id` integer,
	`name` text NOT NULL,
	`_version` integer DEFAULT 0 NOT NULL,
	PRIMARY KEY(`owner_id`, `id`),
	FOREIGN KEY (`owner_id`) REFERENCES `owners_7`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`owner_id`,`parent_id`) REFERENCES `categories_7`(`owner_id`,`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `categories_of_parent_7` ON `categories_7` (`owner_id`,`parent_id`);
--> statement-breakpoint
CREATE TABLE `series_categories_7` (
	`owner_id` blob NOT NULL,
	`series_id` text NOT NULL,
	`category_id` integer NOT NULL,
	`position` integer DEFAULT 0 NOT NULL,
	`_version` integer DEFAULT 0 NOT NULL,
	PRIMARY KEY(`owner_id`, `series_id`, `category_id`),
	FOREIGN KEY (`owner_id`) REFERENCES `owners_7`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`owner_id`,`series_id`) REFERENCES `series7`(`owner_id`,`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`owner_id`,`category_id`) REFERENCES `categories_7`(`owner_id`,`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `series_categories_of_category_7` ON `series_categories_7` (`owner_id`,`category_id`);
--> statement-breakpoint
CREATE TABLE `events_7` (
	`owner_id` blob NOT NULL,
	`day` text NOT NULL,
	`hour` integer NOT NULL,
	`kind` text NOT NULL,
	`taken_at` integer NOT NULL,
	`amount` numeric,
	`_version` integer DEFAULT 0 NOT NULL,
	PRIMARY KEY(`owner_id`, `day`, `hour`, `kind`),
	FOREIGN KEY (`owner_id`) REFERENCES `owners_7`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE UNIQUE INDEX `events_taken_7` ON `events_7` (`owner_id`,`taken_at`,`kind`);
--> statement-breakpoint
CREATE TABLE `settings_7` (
	`owner_id` blob PRIMARY KEY NOT NULL,
	`value` text NOT NULL,
	`_version` integer DEFAULT 0 NOT NULL,
	FOREIGN KEY (`owner_id`) REFERENCES `owners_7`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE TABLE `links_7` (
	`owner_id` blob NOT NULL,
	`peer_id` integer NOT NULL,
	`weight` real,
	`_version` integer DEFAULT 0 NOT NULL,
	PRIMARY KEY(`owner_id`, `peer_id`),
	FOREIGN KEY (`owner_id`) REFERENCES `owners_7`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `links_of_peer_7` ON `links_7` (`peer_id`);
--> statement-breakpoint
CREATE TABLE `select_7` (
	`owner_id` blob NOT NULL,
	`order` integer NOT NULL,
	`group` text NOT NULL,
	`from` text,
	`where` text,
	`first` integer,
	`by` text,
	`data` text,
	`shard key` text,
	`rowid` text,
	`größe` text,
	`total.count` integer,
	`it's` text,
	`_version` integer DEFAULT 0 NOT NULL,
	PRIMARY KEY(`owner_id`, `order`),
	FOREIGN KEY (`owner_id`) REFERENCES `owners_7`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `index_7` ON `select_7` (`from`,`where`);
--> statement-breakpoint
CREATE UNIQUE INDEX `select_7_owner_id_group_unique` ON `select_7` (`owner_id`,`group`);
--> statement-breakpoint
CREATE TABLE `owners_8` (
	`id` integer PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`peer_id` integer,
	`_version` integer DEFAULT 0 NOT NULL
);
--> statement-breakpoint
CREATE TABLE `samples_8` (
	`owner_id` integer NOT NULL,
	`id` text NOT NULL,
	`text_value` text NOT NULL,
	`text_or_null` text,
	`level` text DEFAULT 'low' NOT NULL,
	`level_or_null` text,
	`json` text DEFAULT '{"tags":[]}' NOT NULL,
	`json_or_null` text,
	`integer_value` integer DEFAULT 7 NOT NULL,
	`integer_or_null` integer,
	`flag` integer DEFAULT false NOT NULL,
	`flag_or_null` integer,
	`seconds` integer NOT NULL,
	`milliseconds` integer DEFAULT (unixepoch() * 1000) NOT NULL,
	`milliseconds_or_null` integer,
	`real_value` real DEFAULT 0.5 NOT NULL,
	`real_or_null` real,
	`decimal` numeric DEFAULT '1.25' NOT NULL,
	`decimal_or_null` numeric,
	`decimal_number` numeric,
	`decimal_bigint` numeric,
	`bytes` blob NOT NULL,
	`blob_json` blob,
	`blob_bigint` blob,
	`wide` integer NOT NULL,
	`wide_or_null` integer,
	`moment` text NOT NULL,
	`moment_or_null` text,
	`updated_at` text NOT NULL,
	`upper` text GENERATED ALWAYS AS (upper(text_value)) STORED,
	`doubled` integer GENERATED ALWAYS AS (integer_value * 2) VIRTUAL,
	`_version` integer DEFAULT 0 NOT NULL,
	PRIMARY KEY(`owner_id`, `id`),
	FOREIGN KEY (`owner_id`) REFERENCES `owners_8`(`id`) ON UPDATE no action ON DELETE cascade,
	CONSTRAINT "samples_real_range_8" CHECK("samples_8"."real_value" > -1e9)
);
--> statement-breakpoint
CREATE INDEX `samples_by_moment_8` ON `samples_8` (`owner_id`,`moment`);
--> statement-breakpoint
CREATE UNIQUE INDEX `samples_8_owner_id_text_value_unique` ON `samples_8` (`owner_id`,`text_value`);
--> statement-breakpoint
CREATE TABLE `remarks_8` (
	`owner_id` integer NOT NULL,
	`id` integer NOT NULL,
	`sample_id` text NOT NULL,
	`body` text,
	`_version` integer DEFAULT 0 NOT NULL,
	PRIMARY KEY(`owner_id`, `id`),
	FOREIGN KEY (`owner_id`) REFERENCES `owners_8`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`owner_id`,`sample_id`) REFERENCES `samples_8`(`owner_id`,`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `remarks_of_sample_8` ON `remarks_8` (`owner_id`,`sample_id`);
--> statement-breakpoint
CREATE TABLE `series8` (
	`owner_id` integer NOT NULL,
	`id` text NOT NULL,
	`title` text NOT NULL,
	`_version` integer DEFAULT 0 NOT NULL,
	PRIMARY KEY(`owner_id`, `id`),
	FOREIGN KEY (`owner_id`) REFERENCES `owners_8`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE UNIQUE INDEX `series8_owner_id_title_unique` ON `series8` (`owner_id`,`title`);
--> statement-breakpoint
CREATE TABLE `categories_8` (
	`owner_id` integer NOT NULL,
	`id` integer NOT NULL,
	`parent_id` integer,
	`name` text NOT NULL,
	`_version` integer DEFAULT 0 NOT NULL,
	PRIMARY KEY(`owner_id`, `id`),
	FOREIGN KEY (`owner_id`) REFERENCES `owners_8`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`owner_id`,`parent_id`) REFERENCES `categories_8`(`owner_id`,`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `categories_of_parent_8` ON `categories_8` (`owner_id`,`parent_id`);
--> statement-breakpoint
CREATE TABLE `series_categories_8` (
	`owner_id` integer NOT NULL,
	`series_id` text NOT NULL,
	`category_id` integer NOT NULL,
	`position` integer DEFAULT 0 NOT NULL,
	`_version` integer DEFAULT 0 NOT NULL,
	PRIMARY KEY(`owner_id`, `series_id`, `category_id`),
	FOREIGN KEY (`owner_id`) REFERENCES `owners_8`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`owner_id`,`series_id`) REFERENCES `series8`(`owner_id`,`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`owner_id`,`category_id`) REFERENCES `categories_8`(`owner_id`,`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `series_categories_of_category_8` ON `series_categories_8` (`owner_id`,`category_id`);
--> statement-breakpoint
CREATE TABLE `events_8` (
	`owner_id` integer NOT NULL,
	`day` text NOT NULL,
	`hour` integer NOT NULL,
	`kind` text NOT NULL,
	`taken_at` integer NOT NULL,
	`amount` numeric,
	`_version` integer DEFAULT 0 NOT NULL,
	PRIMARY KEY(`owner_id`, `day`, `hour`, `kind`),
	FOREIGN KEY (`owner_id`) REFERENCES `owners_8`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE UNIQUE INDEX `events_taken_8` ON `events_8` (`owner_id`,`taken_at`,`kind`);
--> statement-breakpoint
CREATE TABLE `settings_8` (
	`owner_id` integer PRIMARY KEY NOT NULL,
	`value` text NOT NULL,
	`_version` integer DEFAULT 0 NOT NULL,
	FOREIGN KEY (`owner_id`) REFERENCES `owners_8`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE TABLE `links_8` (
	`owner_id` integer NOT NULL,
	`peer_id` text NOT NULL,
	`weight` real,
	`_version` integer DEFAULT 0 NOT NULL,
	PRIMARY KEY(`owner_id`, `peer_id`),
	FOREIGN KEY (`owner_id`) REFERENCES `owners_8`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `links_of_peer_8` ON `links_8` (`peer_id`);
--> statement-breakpoint
CREATE TABLE `select_8` (
	`owner_id` integer NOT NULL,
	`order` integer NOT NULL,
	`group` text NOT NULL,
	`from` text,
	`where` text,
	`first` integer,
	`by` text,
	`data` text,
	`shard key` text,
	`rowid` text,
	`größe` text,
	`total.count` integer,
	`it's` text,
	`_version` integer DEFAULT 0 NOT NULL,
	PRIMARY KEY(`owner_id`, `order`),
	FOREIGN KEY (`owner_id`) REFERENCES `owners_8`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `index_8` ON `select_8` (`from`,`where`);
--> statement-breakpoint
CREATE UNIQUE INDEX `select_8_owner_id_group_unique` ON `select_8` (`owner_id`,`group`);
--> statement-breakpoint
CREATE TABLE `owners_9` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`peer_id` text,
	`_version` integer DEFAULT 0 NOT NULL
);
--> statement-breakpoint
CREATE TABLE `samples_9` (
	`owner_id` text NOT NULL,
	`id` text NOT NULL,
	`text_value` text NOT NULL,
	`text_or_null` text,
	`level` text DEFAULT 'low' NOT NULL,
	`level_or_null` text,
	`json` text DEFAULT '{"tags":[]}' NOT NULL,
	`json_or_null` text,
	`integer_value` integer DEFAULT 7 NOT NULL,
	`integer_or_null` integer,
	`flag` integer DEFAULT false NOT NULL,
	`flag_or_null` integer,
	`seconds` integer NOT NULL,
	`milliseconds` integer DEFAULT (unixepoch() * 1000) NOT NULL,
	`milliseconds_or_null` integer,
	`real_value` real DEFAULT 0.5 NOT NULL,
	`real_or_null` real,
	`decimal` numeric DEFAULT '1.25' NOT NULL,
	`decimal_or_null` numeric,
	`decimal_number` numeric,
	`decimal_bigint` numeric,
	`bytes` blob NOT NULL,
	`blob_json` blob,
	`blob_bigint` blob,
	`wide` integer NOT NULL,
	`wide_or_null` integer,
	`moment` text NOT NULL,
	`moment_or_null` text,
	`updated_at` text NOT NULL,
	`upper` text GENERATED ALWAYS AS (upper(text_value)) STORED,
	`doubled` integer GENERATED ALWAYS AS (integer_value * 2) VIRTUAL,
	`_version` integer DEFAULT 0 NOT NULL,
	PRIMARY KEY(`owner_id`, `id`),
	FOREIGN KEY (`owner_id`) REFERENCES `owners_9`(`id`) ON UPDATE no action ON DELETE cascade,
	CONSTRAINT "samples_real_range_9" CHECK("samples_9"."real_value" > -1e9)
);
--> statement-breakpoint
CREATE INDEX `samples_by_moment_9` ON `samples_9` (`owner_id`,`moment`);
--> statement-breakpoint
CREATE UNIQUE INDEX `samples_9_owner_id_text_value_unique` ON `samples_9` (`owner_id`,`text_value`);
--> statement-breakpoint
CREATE TABLE `remarks_9` (
	`owner_id` text NOT NULL,
	`id` integer NOT NULL,
	`sample_id` text NOT NULL,
	`body` text,
	`_version` integer DEFAULT 0 NOT NULL,
	PRIMARY KEY(`owner_id`, `id`),
	FOREIGN KEY (`owner_id`) REFERENCES `owners_9`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`owner_id`,`sample_id`) REFERENCES `samples_9`(`owner_id`,`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `remarks_of_sample_9` ON `remarks_9` (`owner_id`,`sample_id`);
--> statement-breakpoint
CREATE TABLE `series9` (
	`owner_id` text NOT NULL,
	`id` text NOT NULL,
	`title` text NOT NULL,
	`_version` integer DEFAULT 0 NOT NULL,
	PRIMARY KEY(`owner_id`, `id`),
	FOREIGN KEY (`owner_id`) REFERENCES `owners_9`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE UNIQUE INDEX `series9_owner_id_title_unique` ON `series9` (`owner_id`,`title`);
--> statement-breakpoint
CREATE TABLE `categories_9` (
	`owner_id` text NOT NULL,
	`id` integer NOT NULL,
	`parent_id` integer,
	`name` text NOT NULL,
	`_version` integer DEFAULT 0 NOT NULL,
	PRIMARY KEY(`owner_id`, `id`),
	FOREIGN KEY (`owner_id`) REFERENCES `owners_9`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`owner_id`,`parent_id`) REFERENCES `categories_9`(`owner_id`,`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `categories_of_parent_9` ON `categories_9` (`owner_id`,`parent_id`);
--> statement-breakpoint
CREATE TABLE `series_categories_9` (
	`owner_id` text NOT NULL,
	`series_id` text NOT NULL,
	`category_id` integer NOT NULL,
	`position` integer DEFAULT 0 NOT NULL,
	`_version` integer DEFAULT 0 NOT NULL,
	PRIMARY KEY(`owner_id`, `series_id`, `category_id`),
	FOREIGN KEY (`owner_id`) REFERENCES `owners_9`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`owner_id`,`series_id`) REFERENCES `series9`(`owner_id`,`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`owner_id`,`category_id`) REFERENCES `categories_9`(`owner_id`,`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `series_categories_of_category_9` ON `series_categories_9` (`owner_id`,`category_id`);
--> statement-breakpoint
CREATE TABLE `events_9` (
	`owner_id` text NOT NULL,
	`day` text NOT NULL,
	`hour` integer NOT NULL,
	`kind` text NOT NULL,
	`taken_at` integer NOT NULL,
	`amount` numeric,
	`_version` integer DEFAULT 0 NOT NULL,
	PRIMARY KEY(`owner_id`, `day`, `hour`, `kind`),
	FOREIGN KEY (`owner_id`) REFERENCES `owners_9`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE UNIQUE INDEX `events_taken_9` ON `events_9` (`owner_id`,`taken_at`,`kind`);
--> statement-breakpoint
CREATE TABLE `settings_9` (
	`owner_id` text PRIMARY KEY NOT NULL,
	`value` text NOT NULL,
	`_version` integer DEFAULT 0 NOT NULL,
	FOREIGN KEY (`owner_id`) REFERENCES `owners_9`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE TABLE `links_9` (
	`owner_id` text NOT NULL,
	`peer_id` integer NOT NULL,
	`weight` real,
	`_version` integer DEFAULT 0 NOT NULL,
	PRIMARY KEY(`owner_id`, `peer_id`),
	FOREIGN KEY (`owner_id`) REFERENCES `owners_9`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `links_of_peer_9` ON `links_9` (`peer_id`);
--> statement-breakpoint
CREATE TABLE `select_9` (
	`owner_id` text NOT NULL,
	`order` integer NOT NULL,
	`group` text NOT NULL,
	`from` text,
	`where` text,
	`first` integer,
	`by` text,
	`data` text,
	`shard key` text,
	`rowid` text,
	`größe` text,
	`total.count` integer,
	`it's` text,
	`_version` integer DEFAULT 0 NOT NULL,
	PRIMARY KEY(`owner_id`, `order`),
	FOREIGN KEY (`owner_id`) REFERENCES `owners_9`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `index_9` ON `select_9` (`from`,`where`);
--> statement-breakpoint
CREATE UNIQUE INDEX `select_9_owner_id_group_unique` ON `select_9` (`owner_id`,`group`);
--> statement-breakpoint
CREATE TABLE `owners_10` (
	`id` integer PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`peer_id` integer,
	`_version` integer DEFAULT 0 NOT NULL
);
--> statement-breakpoint
CREATE TABLE `samples_10` (
	`owner_id` integer NOT NULL,
	`id` text NOT NULL,
	`text_value` text NOT NULL,
	`text_or_null` text,
	`level` text DEFAULT 'low' NOT NULL,
	`level_or_null` text,
	`json` text DEFAULT '{"tags":[]}' NOT NULL,
	`json_or_null` text,
	`integer_value` integer DEFAULT 7 NOT NULL,
	`integer_or_null` integer,
	`flag` integer DEFAULT false NOT NULL,
	`flag_or_null` integer,
	`seconds` integer NOT NULL,
	`milliseconds` integer DEFAULT (unixepoch() * 1000) NOT NULL,
	`milliseconds_or_null` integer,
	`real_value` real DEFAULT 0.5 NOT NULL,
	`real_or_null` real,
	`decimal` numeric DEFAULT '1.25' NOT NULL,
	`decimal_or_null` numeric,
	`decimal_number` numeric,
	`decimal_bigint` numeric,
	`bytes` blob NOT NULL,
	`blob_json` blob,
	`blob_bigint` blob,
	`wide` integer NOT NULL,
	`wide_or_null` integer,
	`moment` text NOT NULL,
	`moment_or_null` text,
	`updated_at` text NOT NULL,
	`upper` text GENERATED ALWAYS AS (upper(text_value)) STORED,
	`doubled` integer GENERATED ALWAYS AS (integer_value * 2) VIRTUAL,
	`_version` integer DEFAULT 0 NOT NULL,
	PRIMARY KEY(`owner_id`, `id`),
	FOREIGN KEY (`owner_id`) REFERENCES `owners_10`(`id`) ON UPDATE no action ON DELETE cascade,
	CONSTRAINT "samples_real_range_10" CHECK("samples_10"."real_value" > -1e9)
);
--> statement-breakpoint
CREATE INDEX `samples_by_moment_10` ON `samples_10` (`owner_id`,`moment`);
--> statement-breakpoint
CREATE UNIQUE INDEX `samples_10_owner_id_text_value_unique` ON `samples_10` (`owner_id`,`text_value`);
--> statement-breakpoint
CREATE TABLE `remarks_10` (
	`owner_id` integer NOT NULL,
	`id` integer NOT NULL,
	`sample_id` text NOT NULL,
	`body` text,
	`_version` integer DEFAULT 0 NOT NULL,
	PRIMARY KEY(`owner_id`, `id`),
	FOREIGN KEY (`owner_id`) REFERENCES `owners_10`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`owner_id`,`sample_id`) REFERENCES `samples_10`(`owner_id`,`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `remarks_of_sample_10` ON `remarks_10` (`owner_id`,`sample_id`);
--> statement-breakpoint
CREATE TABLE `series10` (
	`owner_id` integer NOT NULL,
	`id` text NOT NULL,
	`title` text NOT NULL,
	`_version` integer DEFAULT 0 NOT NULL,
	PRIMARY KEY(`owner_id`, `id`),
	FOREIGN KEY (`owner_id`) REFERENCES `owners_10`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE UNIQUE INDEX `series10_owner_id_title_unique` ON `series10` (`owner_id`,`title`);
--> statement-breakpoint
CREATE TABLE `categories_10` (
	`owner_id` integer NOT NULL,
	`id` integer NOT NULL,
	`parent_id` integer,
	`name` text NOT NULL,
	`_version` integer DEFAULT 0 NOT NULL,
	PRIMARY KEY(`owner_id`, `id`),
	FOREIGN KEY (`owner_id`) REFERENCES `owners_10`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`owner_id`,`parent_id`) REFERENCES `categories_10`(`owner_id`,`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `categories_of_parent_10` ON `categories_10` (`owner_id`,`parent_id`);
--> statement-breakpoint
CREATE TABLE `series_categories_10` (
	`owner_id` integer NOT NULL,
	`series_id` text NOT NULL,
	`category_id` integer NOT NULL,
	`position` integer DEFAULT 0 NOT NULL,
	`_version` integer DEFAULT 0 NOT NULL,
	PRIMARY KEY(`owner_id`, `series_id`, `category_id`),
	FOREIGN KEY (`owner_id`) REFERENCES `owners_10`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`owner_id`,`series_id`) REFERENCES `series10`(`owner_id`,`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`owner_id`,`category_id`) REFERENCES `categories_10`(`owner_id`,`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `series_categories_of_category_10` ON `series_categories_10` (`owner_id`,`category_id`);
--> statement-breakpoint
CREATE TABLE `events_10` (
	`owner_id` integer NOT NULL,
	`day` text NOT NULL,
	`hour` integer NOT NULL,
	`kind` text NOT NULL,
	`taken_at` integer NOT NULL,
	`amount` numeric,
	`_version` integer DEFAULT 0 NOT NULL,
	PRIMARY KEY(`owner_id`, `day`, `hour`, `kind`),
	FOREIGN KEY (`owner_id`) REFERENCES `owners_10`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE UNIQUE INDEX `events_taken_10` ON `events_10` (`owner_id`,`taken_at`,`kind`);
--> statement-breakpoint
CREATE TABLE `settings_10` (
	`owner_id` integer PRIMARY KEY NOT NULL,
	`value` text NOT NULL,
	`_version` integer DEFAULT 0 NOT NULL,
	FOREIGN KEY (`owner_id`) REFERENCES `owners_10`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE TABLE `links_10` (
	`owner_id` integer NOT NULL,
	`peer_id` text NOT NULL,
	`weight` real,
	`_version` integer DEFAULT 0 NOT NULL,
	PRIMARY KEY(`owner_id`, `peer_id`),
	FOREIGN KEY (`owner_id`) REFERENCES `owners_10`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `links_of_peer_10` ON `links_10` (`peer_id`);
--> statement-breakpoint
CREATE TABLE `select_10` (
	`owner_id` integer NOT NULL,
	`order` integer NOT NULL,
	`group` text NOT NULL,
	`from` text,
	`where` text,
	`first` integer,
	`by` text,
	`data` text,
	`shard key` text,
	`rowid` text,
	`größe` text,
	`total.count` integer,
	`it's` text,
	`_version` integer DEFAULT 0 NOT NULL,
	PRIMARY KEY(`owner_id`, `order`),
	FOREIGN KEY (`owner_id`) REFERENCES `owners_10`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `index_10` ON `select_10` (`from`,`where`);
--> statement-breakpoint
CREATE UNIQUE INDEX `select_10_owner_id_group_unique` ON `select_10` (`owner_id`,`group`);
