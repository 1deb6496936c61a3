import type { ComponentResourceOptions } from "@pulumi/pulumi";

import { Shop } from "../shared/shop";
import type { WooCommerceArgs } from "./args";
import { chartValues, engine, secretNames } from "./values";

export type { WooCommerceArgs } from "./args";
export { containerMaxFor, quotaFor } from "./quota";
export type { WooCommerceSizes } from "./sizes";

const saltNames = ["auth", "secure-auth", "logged-in", "nonce"].flatMap((use) => [`${use}-key`, `${use}-salt`]);
const saltLength = 64;

/** One WooCommerce shop: generated secrets, and a Helm release of the chart beside this file. */
export class WooCommerce extends Shop {
  constructor(name: string, args: WooCommerceArgs, opts?: ComponentResourceOptions) {
    super("WooCommerce", name, args, opts);

    const adminUsername = "admin";
    const adminPassword = this.createPassword("admin-password", 24);
    const databaseKeys = { password: this.createPassword("database-password", 32), "root-password": this.createPassword("root-password", 32) };
    // One draw, cut into eight.
    const salts = this.createPassword("salts", saltNames.length * saltLength).apply(eightSalts);

    this.install({
      engine,
      values: chartValues(args),
      secrets: [
        this.createSecret("admin", secretNames.admin, { username: adminUsername, password: adminPassword, email: args.adminEmail }),
        this.createSecret("database", secretNames.database, databaseKeys),
        this.createSecret("salts", secretNames.salts, salts),
      ],
      adminPath: "/wp-admin/",
      adminUsername,
      adminPassword,
    });
  }
}

function eightSalts(random: string): Record<string, string> {
  return Object.fromEntries(saltNames.map((key, index) => [key, random.slice(index * saltLength, (index + 1) * saltLength)]));
}
