import assert from "node:assert/strict";
import { compare } from "bcryptjs";
import { isSecret, isUnknown, plain, secret, unknown, type Values } from "../../plugins/shared/values";
import { generate } from "../../plugins/random/generate";
import { randomProvider } from "../../plugins/random/provider";

const provider = randomProvider("1.2.3");
const subject = (type: string) => ({ urn: "urn", type, name: "it" });
const password = subject("random:index/randomPassword:RandomPassword");
const id = subject("random:index/randomId:RandomId");
const operation = (of: typeof password, preview = false) => ({ ...of, preview, timeout: 0 });

async function replaced(of: typeof password, before: Values, after: Values): Promise<string[]> {
  const { outputs } = await provider.create(operation(of, true), before);
  const { changes } = await provider.diff(of, outputs, after, []);
  assert.ok([...changes.values()].every(({ replace }) => replace));
  return [...changes.keys()];
}

describe("stand-in random provider", () => {
  const composition = {
    length: 12, lower: true, upper: true, numeric: true, special: true,
    minLower: 2, minUpper: 2, minNumeric: 2, minSpecial: 2, overrideSpecial: "",
  };

  it("makes texts of the asked length and classes", () => {
    for (let i = 0; i < 200; i++) {
      const text = generate(composition);
      assert.equal(text.length, 12);
      for (const [characters, least] of [[/[a-z]/g, 2], [/[A-Z]/g, 2], [/[0-9]/g, 2], [/[!@#$%&*()\-_=+[\]{}<>:?]/g, 2]] as const) {
        assert.ok((text.match(characters)?.length ?? 0) >= least, text);
      }
    }
    const none = { ...composition, minLower: 0, minUpper: 0, minNumeric: 0, minSpecial: 0 };
    assert.match(generate({ ...none, lower: false, upper: false, special: false }), /^[0-9]{12}$/);
    assert.match(generate({ ...none, lower: false, upper: false, numeric: false, overrideSpecial: "._" }), /^[._]{12}$/);
  });

  it("favours no character and no place", () => {
    const counts = new Map<string, number>();
    const firsts = new Map<string, number>();
    const onlyDigits = { ...composition, lower: false, upper: false, special: false, minLower: 0, minUpper: 0, minSpecial: 0, minNumeric: 0 };
    for (let i = 0; i < 4000; i++) {
      const text = generate({ ...onlyDigits, length: 10 });
      for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1);
      firsts.set(text.charAt(0), (firsts.get(text.charAt(0)) ?? 0) + 1);
    }
    // Ten standard deviations: chance alone does not get there.
    for (const [expected, found] of [[4000, counts], [400, firsts]] as const) {
      assert.equal(found.size, 10);
      for (const count of found.values()) assert.ok(Math.abs(count - expected) < 10 * Math.sqrt(expected), String(count));
    }
  });

  it("makes a password that is secret, with its hash", async () => {
    const { id: madeId, outputs } = await provider.create(operation(password), { length: 16, special: false, keepers: { a: "b" } });
    assert.equal(madeId, "none");
    assert.ok(isSecret(outputs.result) && isSecret(outputs.bcryptHash));
    const result = String(plain(outputs.result));
    assert.match(result, /^[A-Za-z0-9]{16}$/);
    assert.ok(await compare(result, String(plain(outputs.bcryptHash))));
    assert.equal(outputs.upper, true);
    assert.deepEqual(outputs.keepers, { a: "b" });
  });

  it("makes an id in every notation of the same bytes", async () => {
    const { id: madeId, outputs } = await provider.create(operation(id), { byteLength: 8, prefix: "p-" });
    const bytes = Buffer.from(madeId, "base64url");
    assert.equal(bytes.length, 8);
    assert.deepEqual(
      [outputs.hex, outputs.b64Url, outputs.b64Std, outputs.dec],
      [`p-${bytes.toString("hex")}`, `p-${madeId}`, `p-${bytes.toString("base64")}`, `p-${BigInt(`0x${bytes.toString("hex")}`)}`],
    );
  });

  it("knows in a preview what it knows, and no more", async () => {
    const { id: madeId, outputs } = await provider.create(operation(password, true), { length: unknown });
    assert.equal(madeId, "");
    assert.ok(isUnknown(plain(outputs.result!)) && isUnknown(outputs.length));
    assert.equal(outputs.special, true);
  });

  it("replaces when an input changes, and only then", async () => {
    assert.deepEqual(await replaced(password, { length: 8 }, { length: 9 }), ["length"]);
    assert.deepEqual(await replaced(password, { length: 8, keepers: { a: "1" } }, { length: 8, keepers: { a: "2" } }), ["keepers"]);
    assert.deepEqual(await replaced(password, { length: 8 }, { length: 8, keepers: { a: unknown } }), ["keepers"]);
    assert.deepEqual(await replaced(id, { byteLength: 4 }, { byteLength: 4, prefix: "x" }), ["prefix"]);
    assert.deepEqual(await replaced(password, { length: 8 }, { length: 8, special: true, minLower: 0 }), []);
    assert.deepEqual(await replaced(password, { length: 8 }, { length: 8, keepers: {} }), []);
    assert.deepEqual(await replaced(password, { length: 8, keepers: { a: "1" } }, { length: 8, keepers: secret({ a: "1", b: null }) }), []);
    assert.deepEqual(await replaced(password, { length: 8, number: false }, { length: 8, numeric: false }), []);
  });

  it("keeps a secret keeper secret", async () => {
    const { outputs } = await provider.create(operation(id), { byteLength: 2, keepers: { password: secret("p") } });
    assert.ok(isSecret((outputs.keepers as Values).password));
  });

  it("refuses inputs that no text can satisfy, and types that it does not know", async () => {
    const complaint = async (inputs: Values) => (await provider.check(password, {}, inputs, new Uint8Array())).failures?.[0]?.property;
    assert.equal(await complaint({ length: 0 }), "length");
    assert.equal(await complaint({ length: 3, minLower: 2, minUpper: 2 }), "length");
    assert.equal(await complaint({ length: 3, lower: false, upper: false, numeric: false, special: false }), "special");
    assert.equal(await complaint({ length: unknown }), undefined);
    assert.equal(await complaint({ length: 3 }), undefined);
    await assert.rejects(provider.check(subject("random:index/randomPet:RandomPet"), {}, {}, new Uint8Array()), /randomPet:RandomPet is not part of/);
  });
});
