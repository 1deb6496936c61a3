import { connect, createServer, type Server } from "node:net";

const loopback = "127.0.0.1";

/** Binds a port of the loopback address; `undefined` when somebody else has it or we may not. */
function bind(port: number): Promise<{ server: Server; port: number } | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(undefined));
    server.listen({ host: loopback, port, exclusive: true }, () => {
      const address = server.address();
      resolve({ server, port: typeof address === "object" && address ? address.port : port });
    });
  });
}

/**
 * One free loopback port for each wish: the wished one where it is free, else any. All are held until the last is
 * found, so that they differ. Between here and their use another process may take one: callers try again.
 */
export async function freePorts(wishes: (number | undefined)[]): Promise<number[]> {
  const held: { server: Server; port: number }[] = [];
  try {
    for (const wish of wishes) {
      const found = (wish ? await bind(wish) : undefined) ?? (await bind(0));
      if (!found) throw new Error("no free port on 127.0.0.1");
      held.push(found);
    }
    return held.map(({ port }) => port);
  } finally {
    await Promise.all(held.map(({ server }) => new Promise((resolve) => server.close(resolve))));
  }
}

/** Whether something accepts connections on a loopback port. */
export function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: loopback, port });
    const done = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.once("connect", () => done(true));
    socket.once("error", () => done(false));
    socket.setTimeout(1000, () => done(false));
  });
}
