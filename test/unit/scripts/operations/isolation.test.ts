import assert from "node:assert/strict";
import type { EnvironmentSettings } from "../../../../config/environment";
import type { Session } from "../../../../scripts/engine/session";
import type { Decision } from "../../../../scripts/fleet/classify";
import type { EnvironmentReceipt } from "../../../../scripts/fleet/environment";
import { readIsolation, writeIsolation, type Isolation } from "../../../../scripts/fleet/isolation";
import { findOutIsolation, isolationState, requireIsolation } from "../../../../scripts/operations/isolation";
import { KubeError } from "../../../../kube";
import { FakeKube } from "../../helpers/fake-kube";

const never = new AbortController().signal;
const receipt = (isolation?: "required" | "trust") => ({ settings: { isolation }, cluster: "here" }) as EnvironmentReceipt;
const session = (kube: FakeKube, env = "prod") => ({ env, kube: kube.asKube, cluster: {} }) as Session;
const decided = (...actions: Decision["action"][]) => actions.map((action) => ({ name: "acme", action }) as Decision);
async function found(isolation?: Isolation, cluster = "here"): Promise<FakeKube> {
  const kube = new FakeKube();
  if (isolation) await writeIsolation(kube.asKube, cluster, isolation);
  return kube;
}

describe("isolation", () => {
  const refused: [string, Isolation | undefined, RegExp, RegExp][] = [
    ["was not tried", undefined, /^it was not tried yet .*; nothing was done$/, /^To try it: .*cluster up --env prod$/],
    ["is open", { enforcement: "open", reason: "" }, /^the cluster does not enforce network policies/, /^Install a network plugin .*isolation: trust in Pulumi\.prod\.yaml, then .*cluster up --env prod$/],
    ["is unknown", { enforcement: "unknown", reason: "no image" }, /could not be tried .*: no image; nothing was done$/, /^Try again: /],
  ];
  for (const [how, isolation, message, hint] of refused) {
    it(`where it ${how}, no store is made or changed`, async () => {
      const kube = await found(isolation);
      for (const action of ["create", "update", "upgrade"] as const) {
        await assert.rejects(requireIsolation(session(kube), receipt(), decided("unchanged", action)), (error: { message: string; hint: string; code: string }) => {
          assert.match(error.message, message);
          assert.match(error.hint, hint);
          return error.code === "not-isolated";
        });
      }
      const { isolationProblem } = await isolationState(kube.asKube, "prod", receipt());
      assert.match(isolationProblem ?? "", /network policies/);
    });

    it(`where it ${how}, deletions go on, and whoever trusts does everything`, async () => {
      const kube = await found(isolation);
      await requireIsolation(session(kube), receipt(), decided("delete", "unchanged"));
      await requireIsolation(session(kube), receipt("trust"), decided("create"));
      await requireIsolation(session(kube, "local"), receipt(), decided("create"));
      assert.deepEqual(await isolationState(kube.asKube, "local", receipt()), { isolation: "trusted", isolationProblem: null });
    });
  }

  it("enforced: everything goes on, and `local` may ask for it, too", async () => {
    const kube = await found({ enforcement: "enforced", reason: "" });
    await requireIsolation(session(kube), receipt(), decided("create"));
    assert.deepEqual(await isolationState(kube.asKube, "local", receipt("required")), { isolation: "enforced", isolationProblem: null });
  });

  it("what was found on another cluster does not count", async () => {
    const kube = await found({ enforcement: "enforced", reason: "" }, "elsewhere");
    await assert.rejects(requireIsolation(session(kube), receipt(), decided("create")), /not tried yet/);
  });

  it("is found out once, and again while the answer is not that it is enforced", async () => {
    const said: string[] = [];
    const settings = {} as EnvironmentSettings;
    const look = (kube: FakeKube, env = "prod") => findOutIsolation(session(kube, env), settings, "here", { say: (line) => said.push(line), signal: never });
    const known = await found({ enforcement: "enforced", reason: "" });
    await look(known);
    await look(await found(), "local");
    assert.deepEqual(said, []);

    const open = (await found({ enforcement: "open", reason: "" })).put("/api/v1/nodes/one", { metadata: { labels: { "storefleet.dev/simulated": "true" } } });
    await look(open);
    assert.match(said.join("\n"), /trying whether.*\n.*pods are simulated here/);
    assert.deepEqual(await readIsolation(open.asKube, "here"), { enforcement: "unknown", reason: "pods are simulated here" });
  });

  it("an account that may not make the probe's pods is told so, and no more fails", async () => {
    const kube = await found();
    kube.before = (path) => {
      if (/storefleet-probe-.*\/pods\//.test(path)) throw new KubeError(403, "may not create pods");
    };
    const said: string[] = [];
    await findOutIsolation(session(kube), { images: { overrides: {} } } as EnvironmentSettings, "here", { say: (line) => said.push(line), signal: never });
    assert.match(said.at(-1)!, /^it could not be tried .*: may not create pods\. Try again: /);
    assert.equal((await readIsolation(kube.asKube, "here"))!.enforcement, "unknown");
  });
});
