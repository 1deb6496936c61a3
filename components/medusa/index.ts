import type { ComponentResourceOptions } from "@pulumi/pulumi";

import { Shop } from "../shared/shop";
import type { MedusaArgs } from "./args";
import { chartValues, engine, secretNames } from "./values";

export type { MedusaArgs } from "./args";
export { containerMaxFor, quotaFor } from "./quota";
export type { MedusaSizes } from "./sizes";

/** One Medusa v2 shop: generated secrets, and a Helm release of the chart beside this file. */
export class Medusa extends Shop {
  constructor(name: string, args: MedusaArgs, opts?: ComponentResourceOptions) {
    super("Medusa", name, args, opts);

    const adminPassword = this.createPassword("admin-password", 24);
    const databaseKeys = { password: this.createPassword("database-password", 32), "postgres-password": this.createPassword("postgres-password", 32) };
    const appKeys = { "jwt-secret": this.createPassword("jwt-secret", 48), "cookie-secret": this.createPassword("cookie-secret", 48) };

    this.install({
      engine,
      values: chartValues(args),
      secrets: [
        this.createSecret("admin", secretNames.admin, { username: args.adminEmail, email: args.adminEmail, password: adminPassword }),
        this.createSecret("database", secretNames.database, databaseKeys),
        this.createSecret("redis", secretNames.redis, { password: this.createPassword("redis-password", 32) }),
        this.createSecret("app", secretNames.app, appKeys),
      ],
      adminPath: "/app",
      adminUsername: args.adminEmail,
      adminPassword,
    });
  }
}
