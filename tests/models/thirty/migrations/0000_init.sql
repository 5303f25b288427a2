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
	`peer_id` text NOT NULL,
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
