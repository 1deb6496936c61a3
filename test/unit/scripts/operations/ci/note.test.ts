import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { closeIssue, keepComment, keepIssue, planMarker } from "../../../../../scripts/operations/ci/note";
import { keepEnvironment } from "../../../helpers/keep-environment";
import { StubForge } from "../../../helpers/stub-forge";

const marker = planMarker("prod");

for (const kind of ["github", "gitlab"] as const) {
  describe(`notes of a pipeline on ${kind}`, () => {
    keepEnvironment();
    let folder: string;
    let forge: StubForge;
    let said: string[];
    let waited: number[];
    const telling = { say: (text: string) => void said.push(text), pause: async (milliseconds: number) => void waited.push(milliseconds / 1000) };
    const file = (text = `${marker}\n\n### prod: 1 create\n`) => {
      const path = join(folder, "plan.md");
      writeFileSync(path, text);
      return path;
    };
    const comment = (path = file()) => keepComment("prod", path, telling);

    before(() => (folder = mkdtempSync(join(tmpdir(), "storefleet-note-"))));
    after(() => rmSync(folder, { recursive: true }));
    beforeEach(async () => {
      [said, waited] = [[], []];
      forge = await StubForge.start(kind);
      const event = join(folder, "event.json");
      writeFileSync(event, JSON.stringify({ pull_request: { number: 7, head: { sha: "c".repeat(40) } } }));
      for (const name of Object.keys(process.env)) if (/^(GITHUB_|GITLAB_|CI_)/.test(name)) delete process.env[name];
      Object.assign(process.env, forge.variables(event));
    });
    afterEach(() => forge.close());

    it("are one on a pull request, written anew, with commit and job", async () => {
      assert.deepEqual(await comment(), { result: "created", url: "https://git.example.com/1000" });
      assert.match(forge.notes[0]!.text, /^<!-- storefleet-plan prod -->\n\n### prod: 1 create\n\nCommit c{12}, \[the job\]\(https:\/\/git\.example\.com\/\S*5\)\n$/);
      assert.equal((await comment(file(`${marker}\n\n### prod: 2 creates\n`))).result, "updated");
      assert.deepEqual(forge.notes.map(({ text }) => /### prod: (.*)/.exec(text)![1]), ["2 creates"]);
    });

    it("are found behind pages of others', and what others wrote is left alone, whatever it begins with", async () => {
      forge.add(forge.notes, `${marker}\nnot ours`, { own: false });
      forge.add(forge.notes, planMarker("staging"));
      for (let count = 0; count < 250; count += 1) forge.add(forge.notes, `said ${marker}`);
      const ours = forge.add(forge.notes, `${marker}\nold`);
      assert.equal((await comment()).result, "updated");
      assert.match(ours.text, /1 create/);
      assert.deepEqual([forge.notes.length, forge.notes[0]!.text], [253, `${marker}\nnot ours`]);
    });

    it("say that there is no plan where none could be made, so that none of an earlier commit stays", async () => {
      await comment();
      assert.equal((await comment(join(folder, "missing.md"))).result, "updated");
      assert.match(forge.notes[0]!.text, /^<!-- storefleet-plan prod -->\n\n### prod: no plan\n\nNone could be made; what the job printed says why\.\n\nCommit/);
      assert.match(said.join(), /missing\.md is not there/);
    });

    it("are not made of a file that is no plan of this environment", async () => {
      await assert.rejects(async () => comment(file(`${planMarker("staging")}\n`)), { code: "plan-invalid" });
      await assert.rejects(async () => comment(folder), /can not be read: EISDIR/);
      assert.deepEqual(forge.api.asked, []);
    });

    it("are one open issue about a fleet that is not as listed, which is closed once it is", async () => {
      forge.add(forge.issues, `${marker}\na pull request`, { pullRequest: kind === "github", own: kind === "github" });
      assert.deepEqual(await closeIssue("prod", telling), { result: "none", url: null });
      assert.equal((await keepIssue("prod", file(), telling)).result, "created");
      assert.equal((await keepIssue("prod", file(`${marker}\nmore`), telling)).result, "updated");
      assert.deepEqual(forge.issues.slice(1).map(({ text, closed }) => [text.split("\n")[1], closed]), [["more", undefined]]);
      assert.deepEqual(await closeIssue("prod", telling), { result: "closed", url: "https://git.example.com/1001" });
      assert.deepEqual(forge.issues.map(({ closed }) => closed), [undefined, true]);
      assert.equal((await keepIssue("prod", file(), telling)).result, "created", "a closed one is not opened again");
    });

    it("wait for a busy API as long as it asks, and tell what it says", async () => {
      forge.refusals = [{ status: 503 }, { status: 429, headers: { "retry-after": "7" } }, { status: 403, headers: { "x-ratelimit-remaining": "0" }, body: '{"message":"slow down"}' }];
      assert.equal((await comment()).result, "created");
      assert.deepEqual([waited, forge.notes.length], [[2, 7, 8], 1]);
      assert.match(said[0]!, /^Git(Hub|Lab) answers 503 to GET \/\S+: no; again in 2 s$/);
      assert.match(said[2]!, /answers 403 to GET \S+: slow down; again in 8 s$/);
    });

    it("give up after four tries, and at once where it asks for more than a minute", async () => {
      forge.refusals = Array.from({ length: 4 }, () => ({ status: 502, body: "<html>\nBad gateway" }));
      await assert.rejects(comment(), { name: "UserError", message: /answers 502 to GET \S+: <html>$/, hint: "It was tried 4 times." });
      forge.refusals = [{ status: 429, headers: { "retry-after": "3600" } }];
      await assert.rejects(comment(), { hint: "It asks to come back in 3600 s, which is not waited for." });
      forge.api.hangUp();
      forge.close();
      await assert.rejects(comment(), { message: /^Git(Hub|Lab) can not be reached at http:\/\/127\.0\.0\.1:\d+: .*ECONNREFUSED/ });
      forge = await StubForge.start(kind);
    });

    it("are not made twice where an answer was lost after it was done", async () => {
      [forge.hearsAndFails, forge.refusals] = [true, [{ status: 504 }]];
      assert.equal((await comment()).result, "updated");
      assert.equal(forge.notes.length, 1);
    });

    it("tell a refusal with what the token needs, at once, and never the token", async () => {
      for (const status of [401, 403, 404, 422]) {
        forge.refusals = [{ status, body: '{"message":"Resource not accessible by integration"}' }];
        await assert.rejects(comment(), ({ name, message, hint = "" }: Error & { hint?: string }) => {
          assert.equal(name, "UserError");
          assert.match(message, new RegExp(`answers ${status} to GET \\S+: Resource not accessible by integration$`));
          assert.match(hint, status === 422 ? /^$/ : status === 404 ? /not there, or the token may not see it/ : /must be allowed it: .*(write|Reporter)/);
          return !`${message}${hint}`.includes(forge.token);
        });
      }
      assert.deepEqual(waited, []);
      assert.ok(!said.join().includes(forge.token));
    });

    it("tell where it is no API that answers", async () => {
      forge.api.answer = (_, response) => void response.end("<html>sign in</html>");
      await assert.rejects(comment(), { message: /with something else than JSON: <html>sign in/, hint: /^Is http:\S+ its API\?$/ });
    });

    it("are refused outside of a job about a pull request, and without a token", async () => {
      const missing = async (names: string[], message: RegExp) => {
        const before = { ...process.env };
        for (const name of names) delete process.env[name];
        await assert.rejects(async () => comment(), { code: "usage", message });
        Object.assign(process.env, before);
      };
      await missing(["GITHUB_ACTIONS", "GITLAB_CI"], /^this is no job of GitHub Actions or GitLab CI$/);
      await missing(["GITHUB_TOKEN", "GITLAB_TOKEN"], /^GIT(HUB|LAB)_TOKEN is not set$/);
      await missing(["GITHUB_EVENT_PATH", "CI_MERGE_REQUEST_IID"], /^(GITHUB_EVENT_PATH|CI_MERGE_REQUEST_IID) is not set$/);
      if (kind === "gitlab") return;
      const event = process.env.GITHUB_EVENT_PATH!;
      for (const [content, message] of [["{}", /not about a pull request/], ["{", /GITHUB_EVENT_PATH can not be read/]] as const) {
        writeFileSync(event, content);
        await assert.rejects(async () => comment(), { code: "usage", message });
      }
    });
  });
}
