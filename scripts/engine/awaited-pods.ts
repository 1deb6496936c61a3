import { podsInWords } from "../fleet/pods-in-words";
import type { KubeObject } from "../../kube";
import type { Progress } from "./progress";

/** Milliseconds between two looks, and before the first one at a release; more than what a log takes of a store. */
const interval = 6000;

/** Pulumi says that it begins with a release, and nothing more until that is ready or failed. */
const awaited = /^(create|update|replace) Release /;

/**
 * Progress that also says where the pods are of what waits for its release: with one list of pods in six seconds, however many those are.
 * @param podsOf lists the pods that may count, each once
 * @param ownerOf whose a pod is, by the name that `step` is told
 */
export function withAwaitedPods(progress: Progress, podsOf: () => Promise<KubeObject[]>, ownerOf: (pod: KubeObject) => string | undefined): Progress {
  const waiting = new Map<string, { since: number; said: string }>();
  let looking = false;
  const look = async () => {
    const due = [...waiting].filter(([, { since }]) => Date.now() - since >= interval);
    if (looking || due.length === 0) return;
    looking = true;
    // A look that fails is made up for by the next; what is wrong with the cluster, the operation itself tells.
    const pods = await podsOf().catch(() => []);
    looking = false;
    for (const [name, it] of due) {
      const words = podsInWords(pods.filter((pod) => ownerOf(pod) === name));
      if (words === "" || words === it.said || waiting.get(name) !== it) continue;
      it.said = words;
      progress.step(name, `release: ${words}`);
    }
  };
  const timer = setInterval(() => void look(), interval).unref();
  return {
    begin: (total) => progress.begin(total),
    step(name, text) {
      if (awaited.test(text)) waiting.set(name, { since: Date.now(), said: "" });
      else waiting.delete(name);
      progress.step(name, text);
    },
    end(name, text, failed) {
      waiting.delete(name);
      progress.end(name, text, failed);
    },
    close() {
      clearInterval(timer);
      waiting.clear();
      progress.close();
    },
  };
}
