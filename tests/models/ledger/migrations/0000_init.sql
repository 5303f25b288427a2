CREATE TABLE `accounts` (
	`id` text PRIMARY KEY NOT NULL,
	`visits` integer DEFAULT 0 NOT NULL,
	`_version` integer DEFAULT 0 NOT NULL
);
--> statement-breakpoint
CREATE TABLE `entries` (
	`account_id` text NOT NULL,
	`amount` numeric NOT NULL,
	`title` text NOT NULL,
	`label` text NOT NULL,
	`_version` integer DEFAULT 0 NOT NULL,
	PRIMARY KEY(`account_id`, `amount`),
	FOREIGN KEY (`account_id`) REFERENCES `accounts`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `entries_account_id_title_unique` ON `entries` (`account_id`,`title`);
