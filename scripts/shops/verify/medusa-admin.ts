import type { ZodType } from "zod";
import { UserError } from "../../../config/errors";
import { storesCommand } from "../../../config/stores-command";
import { token } from "./medusa-answers";
import { jsonOf, type Content, type Site } from "./site";

/** Medusa's admin API, with an administrator's token. */
export class MedusaAdmin {
  private constructor(
    private readonly site: Site,
    private readonly headers: Record<string, string>,
  ) {}

  static async login(site: Site, { username, password }: { username: string; password: string }): Promise<MedusaAdmin> {
    const answer = await site.send("POST", "/auth/user/emailpass", { json: { email: username, password } });
    if (answer.status === 401) {
      throw new UserError(`${answer.request} did not let ${username} in`, `Was the password changed in the shop? The one used is that of ${storesCommand("credentials NAME")}`);
    }
    return new MedusaAdmin(site, { authorization: `Bearer ${jsonOf(token, 200, answer).token}` });
  }

  json<T>(shape: ZodType<T>, method: "GET" | "POST", path: string, content: Content = {}): Promise<T> {
    return this.site.json(shape, 200, method, `/admin/${path}`, { ...content, headers: this.headers });
  }
}
