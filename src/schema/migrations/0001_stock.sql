PRAGMA foreign_keys=OFF;
--> statement-breakpoint
CREATE TABLE `__new_products` (
	`id` text NOT NULL,
	`tenant_id` text NOT NULL,
	`sku` text NOT NULL,
	`name` text NOT NULL,
	`price_cents` integer NOT NULL,
	`description` text,
	`stock` integer DEFAULT 0 NOT NULL,
	`created_at` text NOT NULL,
	`_version` integer DEFAULT 0 NOT NULL,
	PRIMARY KEY(`tenant_id`, `id`),
	FOREIGN KEY (`tenant_id`) REFERENCES `tenants`(`id`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "products_stock_not_negative" CHECK(`__new_products`."stock" >= 0)
);
--> statement-breakpoint
INSERT INTO `__new_products`(`id`, `tenant_id`, `sku`, `name`, `price_cents`, `description`, `created_at`, `_version`) SELECT `id`, `tenant_id`, `sku`, `name`, `price_cents`, `description`, `created_at`, `_version` FROM `products`;
--> statement-breakpoint
DROP TABLE `products`;
--> statement-breakpoint
ALTER TABLE `__new_products` RENAME TO `products`;
--> statement-breakpoint
CREATE UNIQUE INDEX `products_tenant_id_sku_unique` ON `products` (`tenant_id`,`sku`);
--> statement-breakpoint
CREATE INDEX `products_by_name` ON `products` (`tenant_id`,`name`);
--> statement-breakpoint
CREATE INDEX `products_newest` ON `products` (`tenant_id`,`created_at`);
--> statement-breakpoint
PRAGMA foreign_keys=ON;
