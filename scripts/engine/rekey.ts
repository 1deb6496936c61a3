import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { UserError } from "../../config/errors";
import { projectRoot } from "../../config/root";
import { byHand } from "../../config/stores-command";
import { keyInWords, recordedStack, type CliPlace, type StackKey } from "./recorded-stacks";
import { runCli } from "./run-cli";

/** A folder with the project's name and nothing else of it, for a command of the CLI whose files must not meet those of other runs. */
export async function inProject<T>(name: string, body: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), "storefleet-state-"));
  try {
    writeFileSync(join(folder, "Pulumi.yaml"), `name: ${name}\nruntime: nodejs\n`);
    return await body(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export const projectName = () => /^name: (\S+)$/m.exec(readFileSync(join(projectRoot, "Pulumi.yaml"), "utf8"))![1]!;

const namesUrl = /^secretsprovider: \S+:\/\//m;

/**
 * How a stack's file names its key. Without it the CLI would take a change to a passphrase for one from passphrase to passphrase, and read the
 * new one from standard input: an empty one, since nobody is there.
 */
export function keyLines(key: StackKey | undefined): string {
  const { salt, url, encryptedkey } = key?.state ?? {};
  if (url !== undefined) return `secretsprovider: ${JSON.stringify(url)}\nencryptedkey: ${encryptedkey ?? ""}\n`;
  return salt === undefined ? "" : `encryptionsalt: ${salt}\n`;
}

/**
 * Has a stack's secrets encrypted by another key, in the state and in its file. Whoever calls has seen that nobody works on
 * the stack: what is saved between the CLI's reading and writing would be lost, and while it is worked on the CLI finds the lock.
 * @param file the stack's file before
 * @returns the file after
 */
export async function rekey(place: CliPlace, stack: string, secretsProvider: string, file: string): Promise<string> {
  if (secretsProvider === "passphrase" && !namesUrl.test(file)) {
    throw new UserError(`stack ${stack} has no key's URL to be taken from to a passphrase`, `On a terminal, which asks for the passphrase: ${byHand(`pulumi stack change-secrets-provider passphrase --stack ${stack}`)}`);
  }
  const before = await recordedStack(place, stack);
  return inProject(projectName(), async (folder) => {
    const path = join(folder, `Pulumi.${stack}.yaml`);
    writeFileSync(path, file, { mode: 0o600 });
    // Without the signal: what is begun is brought to its end.
    const here = { session: place.session, workFolder: folder };
    await runCli(here, ["stack", "change-secrets-provider", secretsProvider, "--stack", stack], `the key of stack ${stack} can not be changed`);
    const after = await recordedStack(here, stack);
    if (keyInWords(after.key) !== secretsProvider || after.urns.join() !== before.urns.join()) {
      throw new UserError(`stack ${stack} is not as expected after its key was changed: ${keyInWords(after.key)}, ${after.urns.length} resources of ${before.urns.length}`);
    }
    await runCli(here, ["stack", "output", "--json", "--stack", stack], `stack ${stack} can not be opened by its new key`);
    return readFileSync(path, "utf8");
  });
}
