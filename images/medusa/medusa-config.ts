import { defineConfig } from "@medusajs/framework/utils";

import { backoffStrategy, jobOptions } from "./src/mail/retries";
import { smtpOptions } from "./src/modules/smtp/options";

// Everything comes from the environment; README.md lists it. `medusa build` runs this file too, without any of it.
const required = (name: string): string => {
  const value = process.env[name];
  if (value || process.argv[2] === "build") return value ?? "";
  throw new Error(`the variable ${name} is missing: set it, README.md says what to`);
};

const redisUrl = required("REDIS_URL");
/**
 * A Redis that went away without a word, as one on a lost node does, is noticed in 20 s, by probes while nothing is asked and by
 * the missing answer else. BullMQ waits up to 10 s for work.
 */
const redisOptions = { keepAlive: 10_000, socketTimeout: 15_000 };
const redis = { redisUrl, redisOptions };

export default defineConfig({
  projectConfig: {
    databaseUrl: required("DATABASE_URL"),
    ...redis,
    // Medusa's other commands set it to "server" themselves, so that no Job takes an order's mail from the queue and ends.
    workerMode: (process.env.MEDUSA_WORKER_MODE ?? "shared") as "shared" | "server" | "worker",
    // The default cookie is for https only.
    cookieOptions: process.env.COOKIE_INSECURE === "true" ? { secure: false, sameSite: "lax" } : undefined,
    http: {
      storeCors: process.env.STORE_CORS ?? "",
      adminCors: process.env.ADMIN_CORS ?? "",
      authCors: process.env.AUTH_CORS ?? "",
      jwtSecret: required("JWT_SECRET"),
      cookieSecret: required("COOKIE_SECRET"),
    },
  },
  // Its API is on the address that it was loaded from, whatever that is: one image for every shop.
  admin: { disable: process.env.DISABLE_ADMIN === "true" },
  modules: [
    // Migrations may take their time.
    ...(process.argv[2] === "start" ? [{ resolve: "./src/modules/postgres-watch" }, { resolve: "./src/modules/only-https" }] : []),
    {
      resolve: "@medusajs/medusa/event-bus-redis",
      options: { ...redis, jobOptions, workerOptions: { settings: { backoffStrategy } } },
    },
    { resolve: "@medusajs/medusa/workflow-engine-redis", options: { redis } },
    {
      resolve: "@medusajs/medusa/caching",
      options: { providers: [{ resolve: "@medusajs/caching-redis", id: "caching-redis", is_default: true, options: redis }] },
    },
    {
      resolve: "@medusajs/medusa/locking",
      options: { providers: [{ resolve: "@medusajs/medusa/locking-redis", id: "locking-redis", is_default: true, options: redis }] },
    },
    {
      resolve: "@medusajs/medusa/notification",
      options: {
        providers: [
          { resolve: "@medusajs/medusa/notification-local", id: "local", options: { channels: ["feed"] } },
          // Without a mail server too: Medusa disables, for all processes, what the one that started last does not list.
          { resolve: "./src/modules/smtp", id: "smtp", options: { channels: ["email"], smtp: smtpOptions(process.env) } },
        ],
      },
    },
  ],
});
