import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readSettings } from "../../../config/environment";
import { ListErrors } from "../../../config/errors";
import { fixed } from "../../../config/fixed";
import { listJsonSchemaText } from "../../../config/json-schema";
import { listFileOf, loadStores } from "../../../config/load";
import { environmentNames } from "../../../config/environments";
import { maxListBytes } from "../../../config/read-file";
import { projectRoot } from "../../../config/root";

describe("stores list: the file", () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "storefleet-list-"));
    chmodSync(folder, 0o755);
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  function write(content: string | Buffer): string {
    const file = join(folder, "list.yaml");
    writeFileSync(file, content);
    return file;
  }
  /** The only problem, without the file's name. */
  function problemOf(file: string): string {
    try {
      loadStores(file);
    } catch (error) {
      assert.ok(error instanceof ListErrors, String(error));
      assert.equal(error.problems.length, 1);
      assert.ok(error.message.startsWith(`${file}:`), error.message);
      return error.message.slice(file.length + 1);
    }
    return assert.fail("the list was accepted");
  }

  it("missing", () => assert.equal(problemOf(join(folder, "gone.yaml")), "1:1: there is no such file — create it, or name another with --file"));

  it("a folder", () => assert.equal(problemOf(folder), "1:1: it is a folder, not a file — name the list inside it"));

  it("below a file", () => {
    const file = write("stores: []\n");
    assert.equal(problemOf(join(file, "x.yaml")), "1:1: there is no such file: a part of its path is not a folder — name another with --file");
  });

  it("a link in a circle", () => {
    const link = join(folder, "circle.yaml");
    symlinkSync(link, link);
    assert.equal(problemOf(link), "1:1: it is a symbolic link that leads in a circle — replace it by the file");
  });

  it("a pipe that nobody writes to", () => {
    const pipe = join(folder, "pipe");
    execFileSync("mkfifo", [pipe]);
    assert.equal(problemOf(pipe), "1:1: it is not a regular file — write the list to a file and name that");
  });

  it("no permission", () => {
    const file = join(folder, "secret.yaml");
    writeFileSync(file, "stores: []\n");
    chmodSync(file, 0o000);
    // Root may read everything: it becomes nobody for this one call.
    const root = process.geteuid?.() === 0;
    if (root) process.seteuid?.(65_534);
    try {
      assert.equal(problemOf(file), "1:1: this user may not read it — give read permission, such as with chmod u+r");
    } finally {
      if (root) process.seteuid?.(0);
    }
  });

  it("10 MB, refused before it is parsed", () => {
    const file = write("- aaaaaaa\n".repeat(1_000_000));
    const started = process.cpuUsage();
    assert.equal(problemOf(file), "1:1: it is too large: 10.0 MB — keep it below 5 MB; is it the right file?");
    assert.ok(process.cpuUsage(started).user < 200_000);
  });

  it("just below the limit is read", () => {
    const comment = `#${"x".repeat(maxListBytes - 14)}\n`;
    assert.deepEqual(loadStores(write(`${comment}stores: []\n`)).stores, []);
  });

  it("empty", () => assert.equal(problemOf(write("")), '1:1: the list is empty — write "stores: []" if no store is to run'));

  it("NUL bytes", () => assert.equal(problemOf(write("stores:\n  - \0\n")), "2:5: a NUL byte: it is not a text file — save the file as plain UTF-8 text"));

  it("UTF-16", () => assert.match(problemOf(write(Buffer.from("\ufeffstores: []\n", "utf16le"))), /^1:1: it is not UTF-8 text — save the file as plain UTF-8 text$/));

  it("Latin-1", () => {
    const file = write(Buffer.from("# plain\nstores:\n  - title: Caf\xe9\n", "latin1"));
    assert.equal(problemOf(file), "3:15: it is not UTF-8 text — save the file as plain UTF-8 text");
  });

  it("a byte order mark and Windows line ends are fine", () => {
    const { stores } = loadStores(write("\ufeffstores:\r\n  - name: acme\r\n    engine: medusa\r\n"));
    assert.deepEqual(stores.map(({ spec, line }) => [spec.name, line]), [["acme", 2]]);
  });

  it("cut off anywhere, it is never a shorter valid list without stores", () => {
    const whole = readFileSync(listFileOf("local"), "utf8");
    mkdirSync(join(folder, "cut"));
    const file = join(folder, "cut", "list.yaml");
    let refused = 0;
    for (let length = 0; length < whole.length; length += 7) {
      writeFileSync(file, whole.slice(0, length));
      try {
        assert.ok(loadStores(file).stores.length > 0, `cut at ${length}`);
      } catch (error) {
        assert.ok(error instanceof ListErrors, String(error));
        refused++;
      }
    }
    assert.ok(refused > 50);
  });
});

describe("the files of this project", () => {
  for (const env of environmentNames()) {
    it(`config/stores.${env}.yaml fits Pulumi.${env}.yaml`, () => {
      const { stores } = loadStores(listFileOf(env), readSettings(env));
      assert.ok(stores.length > 0);
    });
  }

  it("the sample: two WooCommerce stores and one Medusa store", () => {
    const { stores } = loadStores(listFileOf("local"));
    assert.deepEqual(stores.map(({ spec }) => [spec.name, spec.engine]), [["acme", "woocommerce"], ["bloom", "woocommerce"], ["cargo", "medusa"]]);
  });

  it("what can not be changed stands in docs/operations.md as the schema and refusals say it", () => {
    const page = readFileSync(join(projectRoot, "docs/operations.md"), "utf8");
    for (const [key, says] of Object.entries(fixed)) assert.ok(page.includes(`| \`${key}\` | ${says} |`), key);
  });

  it("config/stores.schema.json is what `stores schema` prints", () => {
    assert.equal(readFileSync(join(projectRoot, "config/stores.schema.json"), "utf8"), listJsonSchemaText(), "run: ./scripts/stores schema > config/stores.schema.json");
  });

  it("every key of the JSON Schema is described", () => {
    const undescribed: string[] = [];
    const visit = (schema: Record<string, unknown>, path: string) => {
      for (const [key, value] of Object.entries((schema.properties ?? {}) as Record<string, Record<string, unknown>>)) {
        const inner = ((value.anyOf as Record<string, unknown>[] | undefined)?.[0] ?? value) as Record<string, unknown>;
        if (!value.description && !inner.description) undescribed.push(`${path}${key}`);
        visit(inner, `${path}${key}.`);
        if (inner.items) visit(inner.items as Record<string, unknown>, `${path}${key}[].`);
      }
    };
    const schema = JSON.parse(listJsonSchemaText()) as Record<string, unknown>;
    visit(schema, "");
    assert.deepEqual(undescribed, []);
    assert.deepEqual(Object.keys(schema.properties as object), ["defaults", "rollout", "stores"]);
  });
});
