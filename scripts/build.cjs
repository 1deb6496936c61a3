// Compiles the TypeScript sources into dist/, only what changed of them. Plain JavaScript, because the
// launchers (scripts/stores, index.js under `pulumi`, bootstrap) need it before anything is compiled.
const fs = require("node:fs");
const path = require("node:path");

const root = path.dirname(__dirname);
const dist = path.join(root, "dist");
const stampFile = path.join(dist, ".stamp");
// Of the dashboard, for the tests of what it decides; the browser gets what Vite makes of it.
const folders = ["config", "kube", "components", "stores", "infra", "scripts", "dashboard/src", "test"];

/** Every .ts file below the source folders, relative to the root, sorted. */
function sources() {
  const found = ["index.ts"];
  const walk = (folder) => {
    for (const entry of fs.readdirSync(path.join(root, folder), { withFileTypes: true })) {
      const file = path.join(folder, entry.name);
      if (entry.isDirectory()) walk(file);
      else if (file.endsWith(".ts") && !file.endsWith(".d.ts")) found.push(file);
    }
  };
  for (const folder of folders) if (fs.existsSync(path.join(root, folder))) walk(folder);
  return found.filter((file) => fs.existsSync(path.join(root, file))).sort();
}

/** Of each file what changes whenever it is edited. A copy that kept its times counts as the same. */
const stampsOf = (files) =>
  Object.fromEntries(files.map((file) => {
    const { mtimeMs, size } = fs.statSync(path.join(root, file), { throwIfNoEntry: false }) ?? {};
    return [file, `${Math.round(mtimeMs)} ${size}`];
  }));

/** By what everything is compiled: nothing is kept when it changes. */
const compilers = ["scripts/build.cjs", "node_modules/.package-lock.json"];

/**
 * What is started often becomes one file each: a worker then needs 0.2 instead of 0.8 CPU seconds to start, and
 * 95 instead of 150 MB. Left out of it are TypeScript and npm's dependency tree, which Pulumi's SDK loads for
 * turning functions into cloud code; no program here does that.
 */
function bundles(files) {
  const unused = path.join(root, "scripts", "empty-module.cjs");
  const plugins = files.filter((file) => /^test\/plugins\/[^/]+\/main\.ts$/.test(file));
  return [
    { entry: "scripts/cli/main.ts", outfile: "bundle/stores.js", external: ["@grpc/grpc-js"] },
    { entry: "scripts/engine/worker.ts", outfile: "bundle/worker.js", alias: { typescript: unused, "@npmcli/arborist": unused } },
    ...plugins.map((entry) => ({ entry, outfile: entry.replace(/\.ts$/, ".js") })),
  ].filter(({ entry }) => files.includes(entry));
}

/** What the last build left in dist/.stamp; undefined if there is nothing that could be kept of it. */
function lastBuild() {
  try {
    return JSON.parse(fs.readFileSync(stampFile, "utf8"));
  } catch {
    return undefined;
  }
}

const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);

/** Compiles into `folder` what is not as it was at the last build, and takes the rest from there; returns what `lastBuild` reads next time. */
function compile(folder, files, by, last) {
  const esbuild = require("esbuild");
  const common = { absWorkingDir: root, platform: "node", target: "node20", format: "cjs", sourcemap: "inline", logLevel: "warning" };
  const kept = same(last?.by, by) ? last : { files: {}, bundles: {} };
  const isKept = (file) => kept.files[file] === files[file];
  const take = (output) => {
    fs.mkdirSync(path.dirname(path.join(folder, output)), { recursive: true });
    fs.copyFileSync(path.join(dist, output), path.join(folder, output));
  };

  const changed = Object.keys(files).filter((file) => !isKept(file));
  for (const file of Object.keys(files).filter(isKept)) take(file.replace(/\.ts$/, ".js"));
  if (changed.length > 0) esbuild.buildSync({ ...common, entryPoints: changed, outbase: ".", outdir: folder, sourcesContent: false });

  // A file that is new may be what an import means from now on; nothing of a test or the dashboard is in a bundle.
  const isNew = Object.keys(files).some((file) => !(file in kept.files) && !/^(dashboard|test\/(?!plugins\/))/.test(file));
  const made = bundles(Object.keys(files)).map(({ entry, outfile, alias, external }) => {
    if (!isNew && kept.bundles[outfile]?.every(isKept)) {
      for (const output of [outfile, `${outfile}.map`]) take(output);
      return [outfile, kept.bundles[outfile]];
    }
    const { metafile } = esbuild.buildSync({ ...common, entryPoints: [entry], outfile: path.join(folder, outfile), alias, external, bundle: true, sourcemap: "linked", metafile: true });
    return [outfile, Object.keys(metafile.inputs).filter((input) => input in files)];
  });
  return { by, files, bundles: Object.fromEntries(made) };
}

/** Brings dist/ up to date; a few milliseconds when it is. Safe to call from several processes at once. */
function ensureBuilt() {
  const [files, by, last] = [stampsOf(sources()), stampsOf(compilers), lastBuild()];
  if (same(last?.by, by) && same(last.files, files)) return;

  const scratch = path.join(root, `dist.${process.pid}`);
  try {
    let build;
    try {
      build = compile(scratch, files, by, last);
    } catch (error) {
      // Another process has just put its own build in place of what was to be kept.
      if (error.code !== "ENOENT") throw error;
      build = compile(scratch, files, by, undefined);
    }
    fs.writeFileSync(path.join(scratch, ".stamp"), JSON.stringify(build));
    const old = path.join(root, `dist.${process.pid}.old`);
    try {
      if (fs.existsSync(dist)) fs.renameSync(dist, old);
      fs.renameSync(scratch, dist);
    } catch (error) {
      // Another process put its own, equal build in place first.
      if (error.code !== "ENOTEMPTY" && error.code !== "ENOENT") throw error;
    }
    fs.rmSync(old, { recursive: true, force: true });
  } finally {
    fs.rmSync(scratch, { recursive: true, force: true });
  }
}

module.exports = { ensureBuilt };
if (require.main === module) ensureBuilt();
