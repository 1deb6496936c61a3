import { once } from "node:events";
import { UserError } from "../../config/errors";
import { builtDashboard } from "../operations/dashboard";
import { LiveOperations } from "../operations/live-operations";
import { openMetrics } from "../operations/metrics";
import { onBehalf, openAt } from "../operations/asked";
import { noteDown } from "../operations/records/of-stores";
import { runQueue } from "../operations/runner";
import { tokensOfCluster } from "../operations/tokens";
import type { Scope } from "../operations/scope";
import { openStatus } from "../operations/status";
import type { Api } from "./api";
import { askerOf, fleetApi } from "./fleet-api";
import { Denials, type Note } from "./http/denials";
import { Limit } from "./http/limits";
import { presets } from "../operations/token-scopes";
import { readSite } from "./http/site";
import { Sessions } from "./http/sessions";
import { anyOf, newToken, tokensInMemory } from "./http/tokens";
import { Look } from "./live/look";
import { Streams } from "./live/streams";
import { listen, type Serving } from "./listen";

/** Milliseconds: a token of a run ends with the run. */
const aYear = 365 * 24 * 3600_000;
const aMinute = 60_000;

/** How the API is served. */
export interface Serve extends Serving {
  /** api: what is asked for is carried out by another process. queue: so does this one, and answers nobody. @default both */
  only?: "api" | "queue";
  /** What signs the cookies of all processes behind one address. @default a key of this run */
  sessionKey?: Buffer;
}

/**
 * Answers the REST API until `signal` is aborted, and carries out what it is asked for.
 * @param onListening told the address, and a token with every right where it is this machine's alone, as soon as it answers
 * @throws UserError when others could reach it without a proxy, the address is taken, or the environment has no cluster
 */
export async function serve(scope: Scope, { only, sessionKey, ...serving }: Serve, signal: AbortSignal, onListening: (address: string, token: string | null) => void, report: (text: string) => void): Promise<void> {
  if (only === "queue") return runQueue(await openAt(scope), { signal, say: report });
  const isOwn = ["127.0.0.1", "::1", "localhost"].includes(serving.host);
  if (!isOwn && !serving.behind) throw new UserError(`--listen names ${serving.host}: from there others could reach this`, "Listen on 127.0.0.1; or say where browsers ask the proxy that alone can reach it: --behind https://NAME", "usage");
  const at = await openAt(scope);
  const records = new LiveOperations(at.session.kube, scope.env);
  const look = new Look(await openStatus(scope), records);
  const fleet = fleetApi(at, await openMetrics(scope));
  // Who starts it is told at once what is wrong; later it is in the answers.
  await look.stores();
  const site = readSite(await builtDashboard(report));
  // Where others run it, and read what it prints, nobody gets a token from it.
  const own = isOwn ? newToken("this run", presets.admin, aYear) : undefined;
  const tokens = anyOf(tokensInMemory(own ? [own.token] : []), tokensOfCluster(at.session, report));
  const note: Note = (fields, caller) => noteDown(onBehalf(at, askerOf(caller)).session, fields);
  const denials = new Denials(note, report);
  const streams = new Streams(look, tokens, report);
  const limits = { logins: new Limit(10, "failed logins"), writes: new Limit(60, "changes"), trials: new Limit(300, "dry runs"), credentials: new Limit(30, "readings of credentials") };
  const api: Api = { env: scope.env, fleet, look, streams, tokens, sessions: new Sessions(tokens, Date.now, sessionKey), limits, denials, note, site, now: Date.now, report };

  const { address, close } = await listen(api, serving);
  onListening(address, own?.text ?? null);
  const queue = only === "api" ? undefined : runQueue(at, { signal, say: report });
  const telling = setInterval(() => void denials.flush(), aMinute);
  if (!signal.aborted) await once(signal, "abort");
  clearInterval(telling);
  close();
  // What is under way is cancelled cleanly.
  records.close();
  await Promise.all([queue, denials.flush(true)]);
}
