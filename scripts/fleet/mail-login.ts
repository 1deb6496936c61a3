import { mailCatcher, mailNeedsLogin, type EnvironmentSettings } from "../../config/environment";
import { UserError } from "../../config/errors";
import { storesCommand } from "../../config/stores-command";
import { secretText, type Kube } from "../../kube";

export interface Login {
  username: string;
  password: string;
}

/** Who may read what the mail catcher holds; undefined where whoever reaches it may. */
export async function mailLogin(kube: Kube, settings: EnvironmentSettings): Promise<Login | undefined> {
  if (!mailNeedsLogin(settings)) return undefined;
  const { namespace, loginSecret } = mailCatcher;
  const secret = await kube.get(`/api/v1/namespaces/${namespace}/secrets/${loginSecret}`);
  if (!secret?.data) throw new UserError(`the Secret ${loginSecret} is gone, so nobody can read the mail catcher`, `It comes back with: pulumi refresh, then ${storesCommand("cluster up")}`);
  return { username: secretText(secret, "username"), password: secretText(secret, "password") };
}
