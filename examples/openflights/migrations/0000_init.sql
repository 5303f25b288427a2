CREATE TABLE `countries` (
	`name` text PRIMARY KEY NOT NULL,
	`iso_code` text,
	`dafif_code` text,
	`_version` integer DEFAULT 0 NOT NULL
);
--> statement-breakpoint
CREATE TABLE `airports` (
	`id` integer NOT NULL,
	`name` text NOT NULL,
	`city` text,
	`country` text DEFAULT '' NOT NULL,
	`iata` text,
	`icao` text,
	`latitude` real NOT NULL,
	`longitude` real NOT NULL,
	`altitude_feet` integer NOT NULL,
	`utc_offset_hours` real,
	`dst` text,
	`tz_name` text,
	`type` text NOT NULL,
	`source` text NOT NULL,
	`_version` integer DEFAULT 0 NOT NULL,
	PRIMARY KEY(`country`, `id`)
);
--> statement-breakpoint
CREATE INDEX `airports_by_id` ON `airports` (`id`);
--> statement-breakpoint
CREATE INDEX `airports_by_iata` ON `airports` (`iata`);
--> statement-breakpoint
CREATE TABLE `airlines` (
	`id` integer NOT NULL,
	`name` text NOT NULL,
	`alias` text,
	`iata` text,
	`icao` text,
	`callsign` text,
	`country` text DEFAULT '' NOT NULL,
	`active` text NOT NULL,
	`_version` integer DEFAULT 0 NOT NULL,
	PRIMARY KEY(`country`, `id`)
);
--> statement-breakpoint
CREATE INDEX `airlines_by_id` ON `airlines` (`id`);
--> statement-breakpoint
CREATE INDEX `airlines_by_iata` ON `airlines` (`iata`);
--> statement-breakpoint
CREATE TABLE `planes` (
	`name` text PRIMARY KEY NOT NULL,
	`iata` text,
	`icao` text,
	`_version` integer DEFAULT 0 NOT NULL
);
--> statement-breakpoint
CREATE INDEX `planes_by_iata` ON `planes` (`iata`);
--> statement-breakpoint
CREATE TABLE `routes` (
	`id` integer NOT NULL,
	`airline_code` text NOT NULL,
	`airline_id` integer DEFAULT 0 NOT NULL,
	`source_code` text NOT NULL,
	`source_airport_id` integer,
	`destination_code` text NOT NULL,
	`destination_airport_id` integer,
	`codeshare` text,
	`stops` integer NOT NULL,
	`equipment` text,
	`_version` integer DEFAULT 0 NOT NULL,
	PRIMARY KEY(`airline_id`, `id`)
);
--> statement-breakpoint
CREATE INDEX `routes_of_source` ON `routes` (`source_airport_id`);
--> statement-breakpoint
CREATE INDEX `routes_of_destination` ON `routes` (`destination_airport_id`);
--> statement-breakpoint
CREATE TABLE `route_planes` (
	`airline_id` integer DEFAULT 0 NOT NULL,
	`route_id` integer NOT NULL,
	`plane_name` text NOT NULL,
	`_version` integer DEFAULT 0 NOT NULL,
	PRIMARY KEY(`airline_id`, `route_id`, `plane_name`),
	FOREIGN KEY (`airline_id`,`route_id`) REFERENCES `routes`(`airline_id`,`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `route_planes_of_plane` ON `route_planes` (`plane_name`);
