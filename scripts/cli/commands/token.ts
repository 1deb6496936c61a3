import type { Command } from "commander";
import { UserError } from "../../../config/errors";
import { createToken, listTokens, revokeToken } from "../../operations/tokens";
import { presets, scopes, type ApiScope } from "../../operations/token-scopes";
import { fleetCommand, note, print, printAnswer, secondsOf, type Common } from "../common";
import { secondsOnly, table } from "../ui/table";

const roles = Object.keys(presets).join(", ");

export function tokenCommand(program: Command): void {
  const token = program.command("token").description("who may ask the REST API for what: docs/api.md");

  fleetCommand(token, "create")
    .description("make a token, and print it this once")
    .argument("<name>", "whom or what it is for")
    .option("--allow <what...>", `a role (${roles}) or scopes (${scopes.join(", ")})`, ["viewer"])
    .option("--expires <time>", "how long it lasts, a year at most, such as 12h or 90d", secondsOf("--expires"), 90 * 86400)
    .action(async (name: string, { allow, expires, ...flags }: Common & { allow: string[]; expires: number }) => {
      const made = await createToken(flags, { name, scopes: scopesOf(allow), lifetime: expires });
      if (flags.json) return printAnswer("token create", { ...made, scopes: [...made.scopes] });
      print(made.token);
      note(`Nobody can read it again. "${name}" may ${made.scopes.join(", ")} until ${secondsOnly(made.expiresAt)}.`);
    });
  fleetCommand(token, "list")
    .description("the tokens that there are, without their secrets")
    .action(async (flags: Common) => {
      const tokens = await listTokens(flags);
      if (flags.json) return printAnswer("token list", { env: flags.env, tokens: tokens.map((it) => ({ ...it, scopes: [...it.scopes] })) });
      print(tokens.length === 0 ? "There are none." : table(["TOKEN", "NAME", "MAY", "EXPIRES", "MADE BY"], tokens.map((it) => [it.id, it.name, it.scopes.join(", "), secondsOnly(it.expiresAt), it.createdBy])));
    });
  fleetCommand(token, "revoke")
    .description("take a token away; sessions by it end within seconds")
    .argument("<id>", "a token, as token list has it")
    .action(async (id: string, flags: Common) => {
      const { name } = await revokeToken(flags, id);
      if (flags.json) printAnswer("token revoke", { id, name });
      else print(`Revoked: ${id}, "${name}".`);
    });
}

/** Of roles and scopes, each once. */
function scopesOf(words: string[]): ApiScope[] {
  const named = words.flatMap((word) => word.split(",")).flatMap((word): readonly ApiScope[] => {
    const scope = scopes.find((it) => it === word);
    const role = Object.entries(presets).find(([it]) => it === word)?.[1];
    if (!scope && !role) throw new UserError(`--allow names "${word}": neither a role nor a scope`, `Roles: ${roles}. Scopes: ${scopes.join(", ")}.`, "usage");
    return role ?? [scope as ApiScope];
  });
  return scopes.filter((it) => named.includes(it));
}
