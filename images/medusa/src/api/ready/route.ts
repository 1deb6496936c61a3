import type { MedusaRequest, MedusaResponse } from "@medusajs/framework/http";
import { ContainerRegistrationKeys } from "@medusajs/framework/utils";
import { Redis } from "ioredis";

/** Each question is given this long; the probe waits twice as long. */
const patience = 1_500;

// A connection of its own that never queues: while Redis is away the answer comes at once.
const redis = new Redis(process.env.REDIS_URL ?? "", {
  enableOfflineQueue: false,
  maxRetriesPerRequest: 0,
  connectTimeout: 1_000,
  socketTimeout: 2 * patience,
});
// It connects again by itself; without a listener each failure would be printed.
redis.on("error", () => undefined);

/** 200 while this server can sell: migrated database and Redis answer. `/health` says only that it runs. */
export async function GET(req: MedusaRequest, res: MedusaResponse): Promise<void> {
  const database = req.scope.resolve(ContainerRegistrationKeys.PG_CONNECTION);
  const [postgres, cache] = await Promise.all([
    answers(async () => database.raw("select 1 from region limit 1")),
    answers(async () => redis.ping()),
  ]);
  res.status(postgres && cache ? 200 : 503).json({ postgres, redis: cache });
}

async function answers(ask: () => Promise<unknown>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<boolean>((resolve) => (timer = setTimeout(() => resolve(false), patience)));
  const asked = ask().then(
    () => true,
    () => false,
  );
  return Promise.race([asked, tooLate]).finally(() => clearTimeout(timer));
}
