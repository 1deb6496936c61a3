import { createServer, type Server, type Socket } from "node:net";
import type { AddressInfo } from "node:net";

export interface SmtpSink {
  port: number;
  /** What came in, as it was sent: headers, empty line, body. */
  mails: { from: string; to: string[]; data: string }[];
  close: () => Promise<void>;
}

/** An SMTP server that takes every mail and keeps it. No TLS, no login. */
export async function startSmtpSink(port = 0): Promise<SmtpSink> {
  const mails: SmtpSink["mails"] = [];
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    socket.on("error", () => undefined);
    converse(socket, (mail) => mails.push(mail));
  });
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      for (const socket of sockets) socket.destroy();
    });
  return { port: (server.address() as AddressInfo).port, mails, close };
}

function converse(socket: Socket, received: (mail: SmtpSink["mails"][number]) => void): void {
  let buffer = "";
  let mail = { from: "", to: [] as string[], data: "" };
  let inData = false;
  const say = (line: string) => socket.write(`${line}\r\n`);
  const command = (line: string) => {
    const address = /<([^>]*)>/.exec(line)?.[1] ?? "";
    const verb = line.split(/[ :]/, 1)[0]!.toUpperCase();
    if (verb === "QUIT") return void socket.end("221 bye\r\n");
    if (verb === "MAIL") mail = { from: address, to: [], data: "" };
    if (verb === "RCPT") mail.to.push(address);
    if (verb === "DATA") inData = true;
    say(inData ? "354 go on" : ["EHLO", "HELO", "MAIL", "RCPT", "RSET"].includes(verb) ? "250 ok" : "502 what?");
  };
  say("220 sink");
  socket.setEncoding("utf8").on("data", (chunk: string) => {
    buffer += chunk;
    for (;;) {
      const end = inData ? "\r\n.\r\n" : "\r\n";
      const index = buffer.indexOf(end);
      if (index < 0) return;
      const part = buffer.slice(0, index);
      buffer = buffer.slice(index + end.length);
      if (!inData) command(part);
      else {
        inData = false;
        received({ ...mail, data: part.replace(/^\.\./gm, ".") });
        say("250 taken");
      }
    }
  });
}
