import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { program } from "../unit/helpers/tool-place";

const binary = "/usr/bin/podman";
const nodeImage = "localhost/node:22";

/**
 * Debian's Podman for a machine that no registry is in reach of: it builds on the lab's stand-in for the Node.js image. What it stores lies in
 * a folder of its own. Where it was installed now, `remove` takes it away again, since the product behaves otherwise beside an engine.
 */
export class Podman {
  private readonly installed = !existsSync(binary);
  private readonly environment: Record<string, string>;

  /** @param folder what it stores */
  constructor(private readonly folder: string, private readonly registry: string) {
    mkdirSync(folder, { recursive: true });
    this.environment = {
      BUILDAH_ISOLATION: "chroot",
      REGISTRY_AUTH_FILE: join(folder, "auth.json"),
      CONTAINERS_REGISTRIES_CONF: join(folder, "registries.conf"),
      CONTAINERS_STORAGE_CONF: join(folder, "storage.conf"),
    };
    // Podman wants a file that it was told of.
    writeFileSync(this.environment.REGISTRY_AUTH_FILE!, "{}");
    writeFileSync(this.environment.CONTAINERS_REGISTRIES_CONF!, `[[registry]]\nlocation = "${registry}"\ninsecure = true\n`);
    writeFileSync(this.environment.CONTAINERS_STORAGE_CONF!, `[storage]\ndriver = "overlay"\ngraphroot = "${join(folder, "storage")}"\nrunroot = "${join(folder, "run")}"\n`);
  }

  /** Installs it, and puts a `podman` into `bin` whose builds work here: they find the stand-in, the network and this machine's certificates. */
  prepare(bin: string): void {
    if (this.installed) {
      execFileSync("apt-get", ["update", "-qq"], { stdio: "ignore" });
      execFileSync("apt-get", ["install", "-yqq", "--no-install-recommends", "podman", "buildah"], { stdio: "ignore", env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" } });
    }
    const node = join(process.env.STORE_LAB_CACHE ?? "/var/cache/store-lab", "images/node.tar");
    const loaded = /Loaded image: (\S+)/.exec(this.run("load", "--input", node))?.[1];
    this.run("tag", loaded ?? "", nodeImage);
    const exported = Object.entries(this.environment).map(([name, value]) => `export ${name}='${value}'`).join("\n");
    const certificates = process.env.NODE_EXTRA_CA_CERTS ? `--volume /etc/ssl/certs:/etc/ssl/certs:ro --env NODE_EXTRA_CA_CERTS='${process.env.NODE_EXTRA_CA_CERTS}'` : "";
    program(join(bin, "podman"), `${exported}\n[ "$1" = build ] || exec ${binary} "$@"\nshift\nexec ${binary} build --build-arg NODE_IMAGE=${nodeImage} --network host ${certificates} "$@"`);
  }

  login(user: string, password: string): void {
    this.run("login", "--username", user, "--password", password, this.registry);
  }

  remove(): void {
    if (existsSync(binary)) this.run("system", "reset", "--force");
    rmSync(this.folder, { recursive: true, force: true });
    if (!this.installed) return;
    execFileSync("apt-get", ["remove", "-yqq", "podman", "buildah"], { stdio: "ignore" });
    execFileSync("apt-get", ["autoremove", "-yqq"], { stdio: "ignore" });
  }

  private run = (...args: string[]) => execFileSync(binary, args, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, ...this.environment } });
}
