import assert from "node:assert/strict";
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { projectRoot } from "../../config/root";
import { run } from "../../scripts/machine/os/run";
import { wooCommerceOrders } from "../../scripts/shops/inside";
import { until } from "../e2e/helpers/until";
import { ensureMariadbAndPhp } from "./data-stores";

const script = join(projectRoot, "components/woocommerce/chart/files/existing.php");

/** What the set-up makes of the tables that it finds, in a real MariaDB. */
describe("existing.php with a real MariaDB", function () {
  this.timeout(120_000);
  let folder: string;
  let server: ChildProcess | undefined;
  let data: string;
  let socket: string;

  const sql = async (...statements: string[]) => {
    const { code, stdout, stderr } = await run("mariadb", ["--no-defaults", "--socket", socket, "--user", "root", "--batch", "--skip-column-names", "--execute", statements.join(";"), "wordpress"]);
    assert.equal(code, 0, stderr);
    return stdout.trim();
  };
  async function start() {
    const child = spawn("mariadbd", ["--no-defaults", "--user=root", `--datadir=${data}`, `--socket=${socket}`, "--skip-networking", `--pid-file=${folder}/pid`, "--innodb-buffer-pool-size=16M"], { stdio: "ignore" });
    server = child;
    const ping = () => run("mariadb-admin", ["--no-defaults", "--socket", socket, "--user", "root", "ping"]);
    await until("MariaDB answers", async () => (await ping()).code === 0, 60);
  }
  async function end() {
    if (!server || server.exitCode !== null) return;
    const closed = once(server, "exit");
    server.kill("SIGTERM");
    await closed;
  }
  async function existing(): Promise<{ code: number; said: string; tables: string[] }> {
    const env = { WORDPRESS_TABLE_PREFIX: "wp_", WORDPRESS_DB_HOST: "localhost", WORDPRESS_DB_USER: "wordpress", WORDPRESS_DB_NAME: "wordpress", WORDPRESS_DB_PASSWORD_FILE: join(folder, "password") };
    const { code, stdout } = await run("php", ["-d", `mysqli.default_socket=${socket}`, script], { env });
    return { code, said: stdout.trim(), tables: (await sql("SHOW TABLES")).split("\n").filter(Boolean) };
  }

  before(async () => {
    await ensureMariadbAndPhp();
    folder = mkdtempSync(join(tmpdir(), "storefleet-mariadb-"));
    data = join(folder, "data");
    socket = join(folder, "socket");
    mkdirSync(data);
    writeFileSync(join(folder, "password"), "a-password\n");
    const { code, stderr } = await run("mariadb-install-db", ["--no-defaults", "--user=root", `--datadir=${data}`, "--auth-root-authentication-method=normal"]);
    assert.equal(code, 0, stderr);
    await start();
    await run("mariadb-admin", ["--no-defaults", "--socket", socket, "--user", "root", "create", "wordpress"]);
    await sql("CREATE USER wordpress@localhost IDENTIFIED BY 'a-password'", "GRANT ALL ON wordpress.* TO wordpress@localhost");
  });
  after(async () => {
    await end();
    rmSync(folder, { recursive: true, force: true });
  });
  beforeEach(() =>
    sql(
      "DROP DATABASE wordpress", "CREATE DATABASE wordpress", "USE wordpress",
      "CREATE TABLE wp_options (option_name VARCHAR(64)) ENGINE=InnoDB", "INSERT INTO wp_options VALUES ('siteurl')",
      "CREATE TABLE wp_users (id INT PRIMARY KEY) ENGINE=InnoDB", "CREATE TABLE wp_posts (post_type VARCHAR(20)) ENGINE=InnoDB", "CREATE TABLE wp_wc_orders (id INT) ENGINE=InnoDB",
      "CREATE TABLE wp_child (id INT, FOREIGN KEY (id) REFERENCES wp_users (id)) ENGINE=InnoDB",
    ),
  );
  const all = ["wp_child", "wp_options", "wp_posts", "wp_users", "wp_wc_orders"];

  it("an installation that was interrupted is removed; an empty database and a shop are left as they are", async () => {
    assert.deepEqual(await existing(), { code: 0, said: "removing an installation of WordPress that was interrupted", tables: [] });
    assert.deepEqual(await existing(), { code: 0, said: "", tables: [] });
  });

  it("a shop is left as it is, before its first set-up was done and afterwards", async () => {
    await sql("INSERT INTO wp_users VALUES (1)");
    assert.deepEqual(await existing(), { code: 0, said: "", tables: all });
    await sql("INSERT INTO wp_options VALUES ('storefleet_setup')");
    assert.deepEqual(await existing(), { code: 0, said: "", tables: all });
  });

  it("without users nothing is removed where a shop was open or has an order, of either kind", async () => {
    for (const sign of ["wp_options VALUES ('storefleet_setup')", "wp_wc_orders VALUES (1)", "wp_posts VALUES ('shop_order')"]) {
      await sql("DELETE FROM wp_options WHERE option_name = 'storefleet_setup'", "DELETE FROM wp_wc_orders", "DELETE FROM wp_posts", `INSERT INTO ${sign}`);
      const { code, said, tables } = await existing();
      assert.deepEqual([code, tables], [1, all], sign);
      assert.match(said, /^the table wp_users is missing or empty/);
    }
    await sql("SET FOREIGN_KEY_CHECKS=0", "DROP TABLE wp_users");
    assert.match((await existing()).said, /^the table wp_users is missing or empty/);
  });

  it("users without options are a damaged shop too", async () => {
    await sql("INSERT INTO wp_users VALUES (1)", "DROP TABLE wp_options");
    const { code, said } = await existing();
    assert.deepEqual([code, said.slice(0, 23)], [1, "the table wp_options is"]);
  });

  it("orders are counted where they are: among the posts, in tables of their own, or in both; what is none is not", async () => {
    const columns = "(status VARCHAR(20), type VARCHAR(20))";
    await sql("DROP TABLE wp_posts", "DROP TABLE wp_wc_orders", "CREATE TABLE wp_posts (post_status VARCHAR(20), post_type VARCHAR(20))", `CREATE TABLE wp_wc_orders ${columns}`);
    const add = (table: string, ...rows: string[]) => sql(`INSERT INTO ${table} VALUES ${rows.map((row) => `(${row.split(" ").map((word) => `'${word}'`).join(", ")})`).join(", ")}`);
    await add("wp_posts", "publish page", "wc-pending shop_order_placehold", "trash shop_order", "wc-pending shop_order");
    assert.equal(await sql(wooCommerceOrders), "1");
    await add("wp_wc_orders", "wc-pending shop_order", "wc-cancelled shop_order", "wc-checkout-draft shop_order", "wc-completed shop_order_refund");
    assert.equal(await sql(wooCommerceOrders), "2");
  });

  for (const table of ["wp_users", "wp_options", "wp_wc_orders"]) {
    it(`a damaged ${table} ends it with the table's name, and all others stay`, async () => {
      await end();
      rmSync(join(data, "wordpress", `${table}.ibd`));
      await start();
      const { code, said, tables } = await existing();
      assert.deepEqual([code, tables], [1, all]);
      assert.match(said, new RegExp(`^the table ${table} can not be read, and is left as it is: .*Repair it`));
    });
  }

  it("a database that can not be asked is no empty one", async () => {
    writeFileSync(join(folder, "password"), "wrong");
    try {
      const { code, said, tables } = await existing();
      assert.deepEqual([code, tables], [1, all]);
      assert.match(said, /^the database: Access denied/);
    } finally {
      writeFileSync(join(folder, "password"), "a-password\n");
    }
  });
});
