import { removeUserAccountWorkflow } from "@medusajs/medusa/core-flows";
import { Modules } from "@medusajs/framework/utils";

import { mark } from "./plan";
import type { Seed } from "./seed";

const provider = "emailpass";

/**
 * The admin user, who logs in with $ADMIN_PASSWORD. One who can log in already is left alone, changed password or not; one whom an
 * earlier list named goes, since the password is the same. Users whom the owner has invited stay.
 */
export async function followAdmin(seed: Seed, password: string | undefined): Promise<void> {
  const { container, list, log } = seed;
  const users = container.resolve(Modules.USER);
  const user = await ensureAdmin(seed, password);
  if (!user.metadata?.[mark]) await users.updateUsers({ id: user.id, metadata: { ...user.metadata, [mark]: "admin" } });

  const all = await users.listUsers({}, { select: ["id", "email", "metadata"], take: null as never });
  for (const { id, email, metadata } of all) {
    if (id === user.id || !metadata?.[mark]) continue;
    log(`removing the login of ${email}, which the list named before ${list.adminEmail}`);
    await removeUserAccountWorkflow(container).run({ input: { userId: id } });
  }
}

/** In code, because `medusa user` takes the password as an argument, which everybody on the machine can read. */
async function ensureAdmin({ container, list, log }: Seed, password: string | undefined) {
  const users = container.resolve(Modules.USER);
  const auth = container.resolve(Modules.AUTH);
  const email = list.adminEmail;

  let [user] = await users.listUsers({ email });
  const [login] = await auth.listProviderIdentities({ entity_id: email, provider }, { relations: ["auth_identity"] });
  const identity = login?.auth_identity;
  if (user && identity?.app_metadata?.user_id === user.id) return user;

  if (!password) throw new Error("the variable ADMIN_PASSWORD is missing: set it to the password of the admin user");
  const { user_id: userId, ...others } = (identity?.app_metadata ?? {}) as Record<string, string | null>;
  const [someone] = userId ? await users.listUsers({ id: userId }) : [];
  if (someone || Object.values(others).some(Boolean)) {
    throw new Error(`${email} is the login of somebody else in this shop, such as a customer: choose another adminEmail`);
  }
  if (identity) {
    // Left by a run that was killed or by a deleted user, or registered by a stranger, who must not become admin by it.
    log("removing a login that nobody uses");
    await auth.deleteAuthIdentities([identity.id]);
  }
  log("admin user");
  user ??= await users.createUsers({ email });
  const { success, error, authIdentity } = await auth.register(provider, { body: { email, password } });
  if (!success || !authIdentity) throw new Error(`the admin user's login can not be made: ${error}`);
  await auth.updateAuthIdentities({ id: authIdentity.id, app_metadata: { user_id: user.id } });
  return user;
}
