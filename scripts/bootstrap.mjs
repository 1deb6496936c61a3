// What `npm run quickstart`, `npm test` and `npm run bench` start with. Uses nothing but Node's own modules: on a new
// machine nothing else is there yet. Installs the npm packages, compiles, then runs the task with the rest of the
// arguments.
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { availableParallelism, constants, tmpdir } from "node:os";
import { dirname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const require = createRequire(import.meta.url);
const readJson = (...path) => JSON.parse(readFileSync(join(root, ...path), "utf8"));
const say = (line) => console.error(line);

/** An expected failure: its message is for people. */
class Stop extends Error {}

/** Stops on a Node that is older than package.json allows. */
function checkNode() {
  const needed = readJson("package.json").engines.node.replace(/^\D+/, "");
  const [major, minor] = process.versions.node.split(".").map(Number);
  const [neededMajor, neededMinor] = needed.split(".").map(Number);
  if (major > neededMajor || (major === neededMajor && minor >= neededMinor)) return;
  throw new Stop(`Node ${process.versions.node} is too old: ${needed} or newer is needed (https://nodejs.org).`);
}

/**
 * Runs a program and returns its exit code. Ctrl-C in a terminal reaches it without us, so that it can end its own
 * way; a signal sent to this process alone is passed on. With `quietly`, which says what is being done, or `silently` its
 * output is returned and not shown.
 */
function run(program, args, { quietly, silently } = {}) {
  const started = Date.now();
  const child = spawn(program, args, { cwd: root, stdio: quietly || silently ? ["ignore", "pipe", "pipe"] : "inherit" });
  const saying = quietly && setInterval(() => say(`${quietly}, ${Math.round((Date.now() - started) / 1000)} s so far`), process.stderr.isTTY ? 5_000 : 20_000);
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream?.setEncoding("utf8").on("data", (text) => (output += text));
  const pass = (signal) => {
    if (signal !== "SIGINT" || !process.stdin.isTTY) child.kill(signal);
  };
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"];
  for (const signal of signals) process.on(signal, pass);
  return new Promise((done, fail) => {
    child.on("error", fail);
    child.on("close", (code, signal) => {
      clearInterval(saying);
      for (const each of signals) process.off(each, pass);
      done({ code: code ?? 128 + constants.signals[signal], output });
    });
  });
}

/**
 * Whether node_modules holds what package-lock.json says, by the list that npm writes there last of all. Optional
 * packages of other platforms may be missing.
 */
function packagesMatch() {
  if (!existsSync(join(root, "node_modules", ".package-lock.json"))) return false;
  const wanted = readJson("package-lock.json").packages;
  const present = readJson("node_modules", ".package-lock.json").packages;
  return Object.entries(wanted).every(([path, { version, integrity, optional, devOptional }]) => {
    if (path === "") return true;
    const found = present[path];
    if (!found) return Boolean(optional || devOptional);
    return found.version === version && found.integrity === integrity;
  });
}

async function installPackages() {
  if (packagesMatch()) return;
  const quietly = "installing the npm packages";
  say(quietly);
  const npm = (...args) => run("npm", [...args, "--no-audit", "--no-fund"], { quietly });
  const clean = await npm("ci");
  if (clean.code === 0) return;
  if (clean.code > 128) process.exit(clean.code);
  // Some registries lag behind with packages of other platforms, and `npm ci` then refuses a sound lock. This
  // installs by the same lock and does not write it.
  say("`npm ci` refused, trying `npm install` with the same lock");
  const plain = await npm("install", "--no-save");
  if (plain.code > 128) process.exit(plain.code);
  if (plain.code !== 0) throw new Stop(`The npm packages could not be installed:\n${plain.output.trim()}`);
}

/** What Mocha is started with: the test files and folders among the arguments, as compiled; everything else is for Mocha. */
function mochaOptions(args) {
  const isTest = (arg) => /^(\.\/)?(dist\/)?test\//.test(arg);
  const compiled = (arg) => {
    const path = normalize(arg).replace(/^dist\//, "").replace(/\.ts$/, ".js");
    return path.endsWith(".js") ? join("dist", path) : join("dist", path, "**", "*.test.js");
  };
  const options = args.filter((arg) => !isTest(arg));
  const named = args.filter(isTest);
  if (named.length > 0) return [...options, ...named.map(compiled)];
  // A file more at once than there are processors was tried: what waits for clusters then runs out of time. The short files
  // come last: they fill what the last long ones leave.
  return ["--parallel", "--jobs", String(Math.min(6, Math.max(2, availableParallelism()))), ...options, ...["test/images", "test/e2e", "test/unit"].map(compiled)];
}

/** Whether the types hold; what is wrong is said at once. */
async function typesFail() {
  for (const project of [".", "dashboard"]) {
    const { code, output } = await run(process.execPath, ["node_modules/typescript/bin/tsc", "--noEmit", "--project", project], { silently: true });
    if (code !== 0) {
      say(output);
      return [`types, by tsc --noEmit --project ${project}`];
    }
  }
  return [];
}

async function test(args) {
  // Whatever happens, the last lines tell what failed, and the counts.
  let sum = { passed: 0, failures: ["the tests did not begin"], seconds: {} };
  const results = join(mkdtempSync(join(tmpdir(), "storefleet-test-")), "results.json");
  process.on("exit", () => process.stdout.write([...longest(sum.seconds), ...sum.failures.map((each) => `failed: ${each}`), `${sum.passed} passed, ${sum.failures.length} failed`, ""].join("\n")));
  try {
    // Beside all that follows: it takes one processor for a while.
    const types = typesFail();
    const { ensureTools, operationTools, embeddedClusterTools } = require(join(root, "dist", "scripts", "machine", "tools"));
    await ensureTools([...operationTools, ...embeddedClusterTools, "kube-score", "actionlint"], say);

    const reporter = ["--reporter", "scripts/dev/test-reporter.cjs", "--reporter-option", `results=${results}`];
    const { code } = await run(process.execPath, ["node_modules/mocha/bin/mocha.js", ...reporter, ...mochaOptions(args)]);
    const { passed, failures, seconds } = existsSync(results) ? JSON.parse(readFileSync(results, "utf8")) : { passed: 0, failures: [], seconds: {} };
    if (code !== 0 && failures.length === 0) failures.push(`Mocha ended with ${code}`);
    sum = { passed, failures, seconds };
    if (code > 128) return code;
    failures.push(...(await types));
    return failures.length > 0 ? Math.max(code, 1) : code;
  } finally {
    rmSync(dirname(results), { recursive: true, force: true });
  }
}

/** The files that took longest, for whoever looks where the time went. */
function longest(seconds) {
  const files = Object.entries(seconds).filter(([, it]) => it >= 60).sort(([, one], [, other]) => other - one).slice(0, 12);
  return files.length > 0 ? [`longest: ${files.map(([file, it]) => `${file} ${Math.round(it)} s`).join(", ")}`] : [];
}

const script = (name) => async (args) => (await run(process.execPath, [join("dist", "scripts", name), ...args])).code;
const tasks = { quickstart: script("cli/quickstart.js"), test, bench: script("dev/bench.js") };

try {
  const [name, ...args] = process.argv.slice(2);
  const task = tasks[name];
  if (!task) throw new Stop(`usage: node scripts/bootstrap.mjs ${Object.keys(tasks).join("|")} [arguments]`);
  checkNode();
  await installPackages();
  require("./build.cjs").ensureBuilt();
  process.exitCode = await task(args);
} catch (error) {
  const expected = error instanceof Stop || error.name === "UserError";
  say(expected ? [error.message, error.hint].filter(Boolean).join("\n") : error.stack);
  process.exitCode = 1;
}
