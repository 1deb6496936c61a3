import { existsSync } from "node:fs";
import { run } from "../../scripts/machine/os/run";
import { ensurePackages } from "../e2e/helpers/debian-packages";

/** Where Debian and its like keep Postgres, which is not on PATH there. */
const debianPostgres = "/usr/lib/postgresql";

const answers = async (command: string) => (await run(command, ["--version"])).code === 0;

/** Postgres and Redis for the application's tests, which run them themselves: this machine's, else Debian's packages. */
export const ensureDataStores = () => ensurePackages(["postgresql", "redis-server"], async () => existsSync(debianPostgres) && (await answers("redis-server")));

/** The same of what WordPress runs on. */
export const ensureMariadbAndPhp = () =>
  ensurePackages(["mariadb-server", "php-cli", "php-mysql"], async () => (await answers("mariadbd")) && (await run("php", ["-r", "exit(class_exists('mysqli') ? 0 : 1);"])).code === 0);
