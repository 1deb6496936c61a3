import { engineNames, type Engine } from "../../config/spec";

/** A part of a shop as its chart makes it, for whoever goes in there. */
export interface Part {
  container: string;
  /** The program that one goes in there for; the part goes by that name as well. */
  program: string;
  /** A shell line after which the program needs no word about where and who. Passwords are read from the pod's own files, and never leave it. */
  prepare: string;
  /** What is started where no command is named. */
  prompt: string[];
}

/** The first is where one goes unless another is named. Every other container is one without more about it. */
const parts: Record<Engine, [Part, ...Part[]]> = {
  woocommerce: [
    { container: "wordpress", program: "wp", prepare: "export HOME=/tmp WP_CONFIG_PATH=/usr/src/wordpress/wp-config-docker.php", prompt: ["bash"] },
    {
      container: "mariadb", program: "mariadb",
      prepare: 'MYSQL_PWD="$(cat /run/secrets/database/password)" && export MYSQL_PWD HOME=/tmp MYSQL_HISTFILE=/dev/null',
      prompt: ["mariadb", "--user=wordpress", "wordpress"],
    },
  ],
  medusa: [
    { container: "server", program: "medusa", prepare: "export HOME=/tmp", prompt: ["sh"] },
    // The socket asks for no password.
    { container: "postgres", program: "psql", prepare: "export HOME=/tmp PSQL_HISTORY=/dev/null PGUSER=medusa PGDATABASE=medusa", prompt: ["psql"] },
  ],
};

const engineOf = (name: string) => engineNames.find((known) => known === name);

/** A part by its container's or its program's name, else the one where one goes unless another is named; undefined where nothing more is known of it. */
export function partOf(engine: string, name?: string): Part | undefined {
  const known = engineOf(engine);
  if (!known) return undefined;
  return name === undefined ? parts[known][0] : parts[known].find(({ container, program }) => container === name || program === name);
}

/** The command that does `command` in a part. */
export const prepared = ({ prepare }: Pick<Part, "prepare">, command: string[]): string[] => ["sh", "-c", `${prepare} && exec "$@"`, "sh", ...command];

/** A question to a shop's database whose answer is one number. */
interface Question {
  part: string;
  command: string[];
}

/** Seconds that a database may take over it. */
const patience = 5;

/** Orders are in tables of their own, or among the posts where somebody switched that back, or in both alike. */
export const wooCommerceOrders = `SET STATEMENT max_statement_time=${patience} FOR SELECT GREATEST(
  (SELECT COUNT(*) FROM wp_wc_orders WHERE type = 'shop_order' AND status NOT IN ('auto-draft', 'trash', 'wc-checkout-draft')),
  (SELECT COUNT(*) FROM wp_posts WHERE post_type = 'shop_order' AND post_status NOT IN ('auto-draft', 'trash', 'wc-checkout-draft')))`;
export const medusaOrders = `SELECT COUNT(*) FROM "order" WHERE deleted_at IS NULL AND NOT is_draft_order`;

const orders: Record<Engine, Question> = {
  woocommerce: { part: "mariadb", command: ["mariadb", "--user=wordpress", "--batch", "--skip-column-names", `--connect-timeout=${patience}`, "--execute", wooCommerceOrders, "wordpress"] },
  medusa: { part: "postgres", command: ["env", `PGOPTIONS=-cstatement_timeout=${patience}s`, `PGCONNECT_TIMEOUT=${patience}`, "psql", "--no-psqlrc", "--quiet", "--tuples-only", "--no-align", "--command", medusaOrders] },
};

/** How many orders a shop has, as a question to its database; undefined for an engine that nobody here knows. */
export function ordersQuestion(engine: string): Question | undefined {
  const known = engineOf(engine);
  return known && orders[known];
}
