CREATE TABLE `airlines` (
	`id` integer PRIMARY KEY NOT NULL,
	`parent_id` integer,
	`name` text NOT NULL,
	`active` integer DEFAULT true NOT NULL,
	`_version` integer DEFAULT 0 NOT NULL
);
--> statement-breakpoint
CREATE TABLE `airports` (
	`country` text NOT NULL,
	`id` integer NOT NULL,
	`iata` text,
	`name` text NOT NULL,
	`latitude` real NOT NULL,
	`longitude` real NOT NULL,
	`_version` integer DEFAULT 0 NOT NULL,
	PRIMARY KEY(`country`, `id`)
);
--> statement-breakpoint
CREATE INDEX `airports_id` ON `airports` (`id`);
--> statement-breakpoint
CREATE UNIQUE INDEX `airports_country_iata_unique` ON `airports` (`country`,`iata`);
--> statement-breakpoint
CREATE TABLE `planes` (
	`code` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`_version` integer DEFAULT 0 NOT NULL
);
--> statement-breakpoint
CREATE TABLE `routes` (
	`airline_id` integer NOT NULL,
	`id` integer NOT NULL,
	`source_airport_id` integer NOT NULL,
	`destination_airport_id` integer,
	`stops` integer NOT NULL,
	`_version` integer DEFAULT 0 NOT NULL,
	PRIMARY KEY(`airline_id`, `id`),
	FOREIGN KEY (`airline_id`) REFERENCES `airlines`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `routes_of_source` ON `routes` (`source_airport_id`);
--> statement-breakpoint
CREATE INDEX `routes_of_destination` ON `routes` (`destination_airport_id`);
--> statement-breakpoint
CREATE TABLE `route_planes` (
	`airline_id` integer NOT NULL,
	`route_id` integer NOT NULL,
	`plane_code` text NOT NULL,
	`_version` integer DEFAULT 0 NOT NULL,
	PRIMARY KEY(`airline_id`, `route_id`, `plane_code`)
);
--> statement-breakpoint
CREATE INDEX `route_planes_of_plane` ON `route_planes` (`plane_code`);
