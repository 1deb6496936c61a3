import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { createAdaptorServer, type HttpBindings } from "@hono/node-server";
import { UserError } from "../../config/errors";
import { openMetrics } from "../operations/metrics";
import { openAt } from "../operations/asked";
import { runQueue } from "../operations/runner";
import { tokensOfCluster } from "../operations/tokens";
import type { Scope } from "../operations/scope";
import { openStatus } from "../operations/status";
import type { Api } from "./api";
import { fleetApi } from "./fleet-api";
import { door } from "./http/door";
import { Limit } from "./http/limits";
import { Place } from "./http/place";
import { presets } from "../operations/token-scopes";
import { Sessions } from "./http/sessions";
import { anyOf, newToken, tokensInMemory } from "./http/tokens";
import { Look } from "./live/look";
import { Streams } from "./live/streams";
import { routes } from "./routes";

/** Where and how a server answers. */
export interface Serving {
  host: string;
  port: number;
  /** Other names that lead here. */
  hostNames?: string[];
}

/** Milliseconds: a token of a run ends with the run. */
const aYear = 365 * 24 * 3600_000;

/**
 * Answers the REST API until `signal` is aborted, on this machine alone.
 * @param onListening told the address and a token with every right, as soon as it answers
 * @throws UserError when the address is not this machine's alone or is taken, or the environment has no cluster
 */
export async function serve(scope: Scope, { host, port, hostNames }: Serving, signal: AbortSignal, onListening: (address: string, token: string) => void, report: (text: string) => void): Promise<void> {
  if (!["127.0.0.1", "::1", "localhost"].includes(host)) throw new UserError(`--listen names ${host}: from there others could reach this`, "Listen on 127.0.0.1; behind a proxy on this machine that speaks TLS, name its host besides: --host-name NAME", "usage");
  const look = new Look(await openStatus(scope), () => fleet.operations());
  const at = await openAt(scope);
  const fleet = fleetApi(at, await openMetrics(scope));
  // Who starts it is told at once what is wrong; later it is in the answers.
  await look.stores();
  const { token, text } = newToken("this run", presets.admin, aYear);
  const tokens = anyOf(tokensInMemory([token]), tokensOfCluster(at.session, report));
  const streams = new Streams(look, tokens, report);
  const limits = { logins: new Limit(10, "failed logins"), writes: new Limit(60, "changes"), credentials: new Limit(30, "readings of credentials") };
  const api: Api = { env: scope.env, fleet, look, streams, tokens, sessions: new Sessions(tokens), limits, now: Date.now, report };

  let answer: ReturnType<typeof door> | undefined;
  const fetch = async (request: Request, { incoming }: HttpBindings) => answer?.(request, { url: incoming.url ?? "", address: incoming.socket.remoteAddress ?? "" });
  const server = createAdaptorServer({ fetch: fetch as never, overrideGlobalObjects: false });
  server.listen(port, host);
  try {
    await once(server, "listening");
  } catch (error) {
    throw new UserError(`nothing can be served at ${host}:${port}: ${(error as Error).message}`, "Name another one: --listen 127.0.0.1:PORT", "usage");
  }
  const { port: its } = server.address() as AddressInfo;
  answer = door(routes, api, new Place(its, hostNames));
  onListening(`http://${host.includes(":") ? `[${host}]` : host}:${its}`, text);
  const queue = runQueue(at, { signal, say: report });
  if (!signal.aborted) await once(signal, "abort");
  streams.close();
  server.close();
  if ("closeAllConnections" in server) server.closeAllConnections();
  // What is under way is cancelled cleanly.
  await queue;
}
