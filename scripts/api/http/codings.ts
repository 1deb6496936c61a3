import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { Lately } from "../../../config/lately";

/** The first of these content codings that a client takes. @param accepted the header Accept-Encoding */
export function takenOf<C extends string>(accepted: string | null | undefined, offered: readonly C[]): C | undefined {
  const taken = (accepted ?? "").split(",").map((it) => it.trim().toLowerCase());
  return offered.find((it) => taken.some((its) => its === it || (its.startsWith(`${it};`) && !/q=0(\.0*)?$/.test(its))));
}

/** Characters below which compressing gains nothing. */
const least = 4096;
/** So many bodies are kept compressed: the fleet now and before, as several see it, and the list. */
const most = 8;
const packed = promisify(gzip);

/** Bodies in the form that a client takes, each compressed once for all who ask for it by its tag. */
export class Codings {
  private readonly made = new Lately<Promise<Uint8Array<ArrayBuffer>>>(most);

  /** @param tag of the body, where it has one @returns with the headers that say how it is sent */
  async of(content: string, tag: string | undefined, accepted: string | null): Promise<{ body: BodyInit; headers: Record<string, string> }> {
    if (content.length < least) return { body: content, headers: {} };
    if (!takenOf(accepted, ["gzip"])) return { body: content, headers: { vary: "accept-encoding" } };
    return { body: await (tag === undefined ? compressed(content) : this.made.of(tag, () => compressed(content))), headers: { vary: "accept-encoding", "content-encoding": "gzip" } };
  }
}

const compressed = async (content: string) => new Uint8Array(await packed(content));
