import type { ZodType } from "zod";
import { UserError } from "../../../config/errors";
import { storesCommand } from "../../../config/stores-command";
import { unexpected, type Content, type Site } from "./site";

/** WooCommerce's REST API, with an administrator's session as a browser has it. */
export class WordPressAdmin {
  private constructor(
    private readonly site: Site,
    private readonly headers: Record<string, string>,
  ) {}

  static async login(site: Site, { username, password }: { username: string; password: string }): Promise<WordPressAdmin> {
    const answer = await site.send("POST", "/wp-login.php", { form: { log: username, pwd: password } });
    const cookies = [answer.headers["set-cookie"] ?? []].flat().map((cookie) => cookie.split(";", 1)[0] ?? "");
    if (answer.status === 200) {
      throw new UserError(`${answer.request} did not let ${username} in`, `Was the password changed in the shop? The one used is that of ${storesCommand("credentials NAME")}`);
    }
    if (!cookies.some((cookie) => cookie.startsWith("wordpress_logged_in_"))) throw unexpected(answer);
    const cookie = cookies.join("; ");
    const nonce = await site.send("GET", "/wp-admin/admin-ajax.php?action=rest-nonce", { headers: { cookie } });
    if (nonce.status !== 200 || !/^\w{5,40}$/.test(nonce.text)) throw unexpected(nonce);
    return new WordPressAdmin(site, { cookie, "x-wp-nonce": nonce.text });
  }

  json<T>(shape: ZodType<T>, method: "GET" | "PUT" | "DELETE", path: string, content: Content = {}): Promise<T> {
    return this.site.json(shape, 200, method, `/wp-json/wc/v3/${path}`, { ...content, headers: this.headers });
  }
}
