import type { Socket } from "node:net";
import type { LoaderOptions } from "@medusajs/framework/types";
import { ContainerRegistrationKeys } from "@medusajs/framework/utils";

/** A connection in use that is silent for these milliseconds has lost its Postgres. No query of a shop takes as long. */
const patience = 60_000;

/**
 * A Postgres that went away without a word, as one on a lost node does, is noticed by probes while a connection is idle. On one
 * with a question under way TCP repeats it for a quarter of an hour, and ten of those are the whole pool.
 */
export async function watchPool({ container }: LoaderOptions): Promise<void> {
  const { pool } = container.resolve(ContainerRegistrationKeys.PG_CONNECTION).client;
  const watched = new WeakSet<Socket>();
  pool.on("acquireSuccess", (_event: unknown, client: Client) => {
    const { stream } = client.connection;
    stream.setTimeout(patience);
    if (watched.has(stream)) return;
    watched.add(stream);
    // The query fails, and the pool makes a new connection.
    stream.on("timeout", () => stream.destroy(new Error(`Postgres has not answered for ${patience / 1_000} s`)));
  });
  pool.on("release", (client: Client) => client.connection.stream.setTimeout(0));
}

/** The part of a `pg` client that this needs. */
interface Client {
  connection: { stream: Socket };
}
