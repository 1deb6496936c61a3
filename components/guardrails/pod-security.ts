/**
 * The release whose definition of `restricted` applies, so that an upgraded cluster refuses nothing that ran
 * before. An older cluster applies the newest definition that it knows. Raise it with the charts tested again.
 */
const version = "v1.36";

const modes = ["enforce", "audit", "warn"] as const;

/** Labels with which a namespace admits only pods under Pod Security `restricted`. */
export const podSecurityLabels: Record<string, string> = Object.fromEntries(
  modes.flatMap((mode) => [
    [`pod-security.kubernetes.io/${mode}`, "restricted"],
    [`pod-security.kubernetes.io/${mode}-version`, version],
  ]),
);
