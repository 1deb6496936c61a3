import assert from "node:assert/strict";

import { smtpOptions, type SmtpOptions } from "../../src/modules/smtp/options";
import { SmtpNotificationProvider } from "../../src/modules/smtp/provider";
import { startSmtpSink } from "../helpers/smtp-sink";

const env = { SMTP_HOST: "mail.example.com", SMTP_PORT: "587", SMTP_FROM: "shop@example.com" };

describe("smtp", () => {
  describe("options", () => {
    it("is none without a host", () => {
      assert.equal(smtpOptions({ ...env, SMTP_HOST: "" }), undefined);
      assert.equal(smtpOptions({}), undefined);
    });

    it("has TLS on 465, demands STARTTLS on 587, takes it where offered elsewhere", () => {
      const tls = (port: string) => {
        const { secure, requireTLS } = smtpOptions({ ...env, SMTP_PORT: port })!;
        return { secure, requireTLS };
      };
      assert.deepEqual(tls("465"), { secure: true, requireTLS: false });
      assert.deepEqual(tls("587"), { secure: false, requireTLS: true });
      assert.deepEqual(tls("1025"), { secure: false, requireTLS: false });
    });

    it("logs in only where there is a user", () => {
      assert.equal(smtpOptions(env)!.auth, undefined);
      assert.deepEqual(smtpOptions({ ...env, SMTP_USERNAME: "u", SMTP_PASSWORD: "p" })!.auth, { user: "u", pass: "p" });
    });

    it("names the variable that is wrong", () => {
      assert.throws(() => smtpOptions({ ...env, SMTP_PORT: "smtp" }), /SMTP_PORT is "smtp"/);
      assert.throws(() => smtpOptions({ ...env, SMTP_FROM: undefined }), /SMTP_FROM is missing/);
    });
  });

  describe("provider", () => {
    const send = (options: Partial<SmtpOptions>, to = "ada@example.com") =>
      new SmtpNotificationProvider({}, { smtp: { ...smtpOptions(env)!, host: "127.0.0.1", secure: false, requireTLS: false, ...options } }).send({
        to,
        channel: "email",
        template: "t",
        from: "Äcme, \"Inc\"\r\nBcc: all@example.com",
        content: { subject: "Your order 7", text: "Hello Ä", html: "<p>Hello Ä</p>" } as never,
      });

    it("sends text and HTML from the shop's name and the environment's address", async () => {
      const sink = await startSmtpSink();
      try {
        const { id } = await send({ port: sink.port });
        const [mail] = sink.mails;
        assert.ok(id);
        assert.equal(mail?.from, "shop@example.com");
        assert.deepEqual(mail?.to, ["ada@example.com"]);
        assert.match(mail!.data, /^From: .*\r\n .* <shop@example\.com>\r$/m);
        assert.match(mail!.data, /^Subject: Your order 7\r?$/m);
        assert.match(mail!.data, /^Content-Type: multipart\/alternative/m);
        assert.doesNotMatch(mail!.data, /^Bcc:/im);
      } finally {
        await sink.close();
      }
    });

    it("sends to one address only, whatever it holds", async () => {
      const sink = await startSmtpSink();
      try {
        await send({ port: sink.port }, "a@example.com, b@example.com").catch(() => undefined);
        assert.ok(sink.mails.every(({ to }) => to.length === 1), JSON.stringify(sink.mails));
      } finally {
        await sink.close();
      }
    });

    it("refuses a server without STARTTLS where it is demanded", async () => {
      const sink = await startSmtpSink();
      try {
        await assert.rejects(send({ port: sink.port, requireTLS: true }));
        assert.deepEqual(sink.mails, []);
      } finally {
        await sink.close();
      }
    });

    it("says so where no server is set", async () => {
      const provider = new SmtpNotificationProvider({}, {});
      await assert.rejects(provider.send({ to: "ada@example.com", channel: "email", template: "t" }), /SMTP_HOST is empty/);
    });

    it("fails where nobody listens", async () => {
      const sink = await startSmtpSink();
      await sink.close();
      await assert.rejects(send({ port: sink.port }), /ECONNREFUSED/);
    });
  });
});
