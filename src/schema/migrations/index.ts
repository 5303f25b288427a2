// Made by `npm run db:generate` from the SQL files beside it. Do not edit.
import type { MigrationBundle } from '../../model/types.ts';

export const bundle: MigrationBundle = {
  physicalHash: 'e48efb5e8472b4ce',
  migrations: [
    {
      tag: '0000_init',
      hash: '11d4e09a18f5515d8978ba52e3277f520a9cd7d2c0b80ff9b31709ab8b1d07b3',
      statements: [
        `CREATE TABLE \`tenants\` (
	\`id\` text PRIMARY KEY NOT NULL,
	\`name\` text NOT NULL,
	\`plan\` text NOT NULL,
	\`settings\` text NOT NULL,
	\`created_at\` text NOT NULL,
	\`_version\` integer DEFAULT 0 NOT NULL
);`,
        `CREATE TABLE \`customers\` (
	\`id\` text NOT NULL,
	\`tenant_id\` text NOT NULL,
	\`name\` text NOT NULL,
	\`email\` text NOT NULL,
	\`phone\` text,
	\`attributes\` text NOT NULL,
	\`created_at\` text NOT NULL,
	\`_version\` integer DEFAULT 0 NOT NULL,
	PRIMARY KEY(\`tenant_id\`, \`id\`),
	FOREIGN KEY (\`tenant_id\`) REFERENCES \`tenants\`(\`id\`) ON UPDATE no action ON DELETE no action
);`,
        `CREATE INDEX \`customers_newest\` ON \`customers\` (\`tenant_id\`,\`created_at\`);`,
        `CREATE INDEX \`customers_by_name\` ON \`customers\` (\`tenant_id\`,\`name\`);`,
        `CREATE UNIQUE INDEX \`customers_tenant_id_email_unique\` ON \`customers\` (\`tenant_id\`,\`email\`);`,
        `CREATE TABLE \`products\` (
	\`id\` text NOT NULL,
	\`tenant_id\` text NOT NULL,
	\`sku\` text NOT NULL,
	\`name\` text NOT NULL,
	\`price_cents\` integer NOT NULL,
	\`description\` text,
	\`created_at\` text NOT NULL,
	\`_version\` integer DEFAULT 0 NOT NULL,
	PRIMARY KEY(\`tenant_id\`, \`id\`),
	FOREIGN KEY (\`tenant_id\`) REFERENCES \`tenants\`(\`id\`) ON UPDATE no action ON DELETE no action
);`,
        `CREATE INDEX \`products_newest\` ON \`products\` (\`tenant_id\`,\`created_at\`);`,
        `CREATE INDEX \`products_by_name\` ON \`products\` (\`tenant_id\`,\`name\`);`,
        `CREATE UNIQUE INDEX \`products_tenant_id_sku_unique\` ON \`products\` (\`tenant_id\`,\`sku\`);`,
        `CREATE TABLE \`orders\` (
	\`id\` text NOT NULL,
	\`tenant_id\` text NOT NULL,
	\`customer_id\` text NOT NULL,
	\`status\` text DEFAULT 'pending' NOT NULL,
	\`total_cents\` integer NOT NULL,
	\`note\` text,
	\`shipping\` text NOT NULL,
	\`created_at\` text NOT NULL,
	\`_version\` integer DEFAULT 0 NOT NULL,
	PRIMARY KEY(\`tenant_id\`, \`id\`),
	FOREIGN KEY (\`tenant_id\`) REFERENCES \`tenants\`(\`id\`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (\`tenant_id\`,\`customer_id\`) REFERENCES \`customers\`(\`tenant_id\`,\`id\`) ON UPDATE no action ON DELETE no action
);`,
        `CREATE INDEX \`orders_of_customer\` ON \`orders\` (\`tenant_id\`,\`customer_id\`,\`created_at\`);`,
        `CREATE INDEX \`orders_newest\` ON \`orders\` (\`tenant_id\`,\`created_at\`);`,
        `CREATE INDEX \`orders_by_status\` ON \`orders\` (\`tenant_id\`,\`status\`,\`created_at\`);`,
        `CREATE TABLE \`order_items\` (
	\`id\` text NOT NULL,
	\`tenant_id\` text NOT NULL,
	\`order_id\` text NOT NULL,
	\`product_id\` text NOT NULL,
	\`quantity\` integer NOT NULL,
	\`unit_price_cents\` integer NOT NULL,
	\`_version\` integer DEFAULT 0 NOT NULL,
	PRIMARY KEY(\`tenant_id\`, \`id\`),
	FOREIGN KEY (\`tenant_id\`) REFERENCES \`tenants\`(\`id\`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (\`tenant_id\`,\`order_id\`) REFERENCES \`orders\`(\`tenant_id\`,\`id\`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (\`tenant_id\`,\`product_id\`) REFERENCES \`products\`(\`tenant_id\`,\`id\`) ON UPDATE no action ON DELETE no action
);`,
        `CREATE INDEX \`order_items_of_order\` ON \`order_items\` (\`tenant_id\`,\`order_id\`);`,
        `CREATE INDEX \`order_items_of_product\` ON \`order_items\` (\`tenant_id\`,\`product_id\`);`,
        `CREATE TABLE \`reviews\` (
	\`id\` text NOT NULL,
	\`tenant_id\` text NOT NULL,
	\`product_id\` text NOT NULL,
	\`customer_id\` text NOT NULL,
	\`rating\` integer NOT NULL,
	\`title\` text,
	\`body\` text NOT NULL,
	\`created_at\` text NOT NULL,
	\`_version\` integer DEFAULT 0 NOT NULL,
	PRIMARY KEY(\`tenant_id\`, \`id\`),
	FOREIGN KEY (\`tenant_id\`) REFERENCES \`tenants\`(\`id\`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (\`tenant_id\`,\`product_id\`) REFERENCES \`products\`(\`tenant_id\`,\`id\`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (\`tenant_id\`,\`customer_id\`) REFERENCES \`customers\`(\`tenant_id\`,\`id\`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "reviews_rating_range" CHECK("reviews"."rating" between 1 and 5)
);`,
        `CREATE INDEX \`reviews_of_product\` ON \`reviews\` (\`tenant_id\`,\`product_id\`,\`created_at\`);`,
        `CREATE INDEX \`reviews_of_customer\` ON \`reviews\` (\`tenant_id\`,\`customer_id\`,\`created_at\`);`,
        `CREATE INDEX \`reviews_newest\` ON \`reviews\` (\`tenant_id\`,\`created_at\`);`,
      ],
    },
  ],
};
