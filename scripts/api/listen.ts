import { once } from "node:events";
import { isIP, type AddressInfo } from "node:net";
import { createAdaptorServer, type HttpBindings } from "@hono/node-server";
import { UserError } from "../../config/errors";
import type { Api } from "./api";
import { door } from "./http/door";
import { Place } from "./http/place";
import { routes } from "./routes";

/** Where and how a server answers. */
export interface Serving {
  host: string;
  port: number;
  /** Where browsers ask a proxy, which alone reaches this, such as `https://fleet.example.com`. */
  behind?: string[];
}

/** Who asks: a proxy adds to the end of what it was told. */
function addressOf({ socket, headers }: HttpBindings["incoming"], isBehind: boolean): string {
  const told = isBehind ? String(headers["x-forwarded-for"] ?? "").split(",").at(-1)!.trim() : "";
  return isIP(told) ? told : (socket.remoteAddress ?? "");
}

/**
 * Answers what comes to an address by HTTP.
 * @returns the address, and what ends it with all its connections
 * @throws UserError when the address is taken
 */
export async function listen(api: Api, { host, port, behind }: Serving): Promise<{ address: string; close: () => void }> {
  let answer: ReturnType<typeof door> | undefined;
  const fetch = async (request: Request, { incoming }: HttpBindings) => answer?.(request, { url: incoming.url ?? "", address: addressOf(incoming, behind !== undefined) });
  const server = createAdaptorServer({ fetch: fetch as never, overrideGlobalObjects: false });
  server.listen(port, host);
  try {
    await once(server, "listening");
  } catch (error) {
    throw new UserError(`nothing can be served at ${host}:${port}: ${(error as Error).message}`, "Name another one: --listen 127.0.0.1:PORT", "usage");
  }
  const { port: its } = server.address() as AddressInfo;
  answer = door(routes, api, new Place(its, behind));
  const close = () => {
    api.streams.close();
    server.close();
    if ("closeAllConnections" in server) server.closeAllConnections();
  };
  return { address: `http://${host.includes(":") ? `[${host}]` : host}:${its}`, close };
}
