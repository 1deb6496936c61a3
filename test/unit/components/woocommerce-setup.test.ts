import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { projectRoot } from "../../../config/root";

describe("the set-up script of the WooCommerce chart", () => {
  let folder: string;
  let log: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "setup-"));
    log = join(folder, "log");
    mkdirSync(join(folder, "wp-content/plugins/woocommerce"), { recursive: true });
    writeFileSync(join(folder, "wp-content/plugins/woocommerce/woocommerce.php"), "");
    for (const file of ["username", "email", "password"]) writeFileSync(join(folder, file), `the ${file}`);
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  /** Runs it with stand-ins for the programs; `wp` is a shell's `case` on its arguments. */
  function run(wp: string, { php = "exit 2", existing = "", withWp = true } = {}) {
    const source = readFileSync(join(projectRoot, "components/woocommerce/chart/files/setup.sh"), "utf8");
    const bin = join(folder, "bin");
    mkdirSync(bin);
    const program = (name: string, body: string) => {
      writeFileSync(join(bin, name), `#!/bin/sh\n${body}\n`);
      chmodSync(join(bin, name), 0o755);
    };
    program("php", `case "$*" in */existing.php) ${existing || ":"};; *) ${php};; esac`);
    if (withWp) program("wp", `echo "$*" >>${log}\ncase "$*" in\n${wp}\nesac`);
    for (const name of ["sh", "cat", "date", "sleep"]) program(name, `exec ${execFileSync("sh", ["-c", `command -v ${name}`], { encoding: "utf8" }).trim()} "$@"`);
    const script = source.replaceAll("/run/secrets/admin", folder);
    const { status, stdout, stderr } = spawnSync("/bin/sh", ["-c", script], {
      cwd: folder, encoding: "utf8", env: { PATH: bin, SHOP_SCHEME: "http", SHOP_HOSTS: "shop.example.org store.example.com" },
    });
    let calls: string[] = [];
    try {
      calls = readFileSync(log, "utf8").trim().split("\n");
    } catch {
      // Nothing was called.
    }
    return { status, stdout, stderr, calls };
  }

  const notYet = '"core is-installed") exit 1;; "plugin is-active woocommerce") exit 1;;';
  const install =
    "core install --url=http://shop.example.org --title=Shop --skip-email --admin_user=the username --admin_email=the email --prompt=admin_password";

  const unlock = `eval delete_option( "wc_installing" ); delete_transient( "wc_installing" ); --skip-plugins --skip-themes`;

  it("installs an empty shop, with the password by standard input only", () => {
    const { status, stdout, calls } = run(`${notYet} "core install"*) cat >${join(folder, "stdin")}; echo given: ;;`);
    assert.equal(status, 0);
    assert.deepEqual(calls, [
      "core is-installed", install, "plugin is-active woocommerce", unlock,
      "plugin activate woocommerce", "wc update", "eval-file /etc/storefleet/configure.php",
    ]);
    assert.equal(readFileSync(join(folder, "stdin"), "utf8"), "the password");
    assert.doesNotMatch(stdout, /given:|the password/);
  });

  it("repeats on a shop that is there without installing it again", () => {
    const { status, calls } = run("");
    assert.equal(status, 0);
    assert.deepEqual(calls.slice(0, 4), ["core is-installed", "core update-db", "plugin is-active woocommerce", "wc update"]);
    assert.ok(!calls.some((call) => /^(core install|plugin activate|eval )/.test(call)));
  });

  it("says what was done about the tables that were there, and ends where they are damaged before WordPress is asked", () => {
    const { status, stdout, calls } = run(notYet, { existing: "echo removing what was interrupted" });
    assert.deepEqual([status, calls.slice(0, 2)], [0, ["core is-installed", install]]);
    assert.match(stdout, /setup: removing what was interrupted\n/);
    rmSync(join(folder, "bin"), { recursive: true });
    rmSync(log);
    const damaged = run("", { existing: "echo the table wp_users can not be read; exit 1" });
    assert.deepEqual([damaged.status, damaged.calls], [1, []]);
    assert.match(damaged.stderr, /setup FAILED: the table wp_users can not be read/);
  });

  for (const step of ["core install", "plugin activate", "wc update", "eval-file"]) {
    it(`ends at a failing "${step}"`, () => {
      const { status, stdout, stderr, calls } = run(`"${step}"*) echo "Error: it broke" >&2; exit 3;; ${notYet}`);
      assert.equal(status, 3);
      assert.match(stderr, /it broke/);
      assert.ok(calls.at(-1)!.startsWith(step), "went on");
      assert.doesNotMatch(stdout, /done/);
    });
  }

  it("says what is missing in the image", () => {
    const { status, stderr } = run("", { withWp: false });
    assert.equal(status, 1);
    assert.match(stderr, /setup FAILED: the image has no WP-CLI/);
    rmSync(join(folder, "bin"), { recursive: true });
    rmSync(join(folder, "wp-content"), { recursive: true });
    assert.match(run("").stderr, /setup FAILED: the image has no WooCommerce/);
  });

  it("waits for a database that answers later", () => {
    const counter = join(folder, "counter");
    const { status, calls } = run("", { php: `echo x >>${counter}; [ "$(cat ${counter})" = "x\nx\nx" ] && exit 0; echo "database: refused"; exit 1` });
    assert.equal(status, 0);
    assert.equal(calls[0], "core is-installed");
    assert.equal(readFileSync(counter, "utf8"), "x\nx\nx\n");
  });
});
