import { runtime } from "@pulumi/pulumi";

/** A resource that a program under test asked for. */
export interface Recorded {
  type: string;
  name: string;
  /** The inputs, resolved. */
  inputs: Record<string, any>;
  /** Set when an existing object is read, not created. */
  id?: string;
  protect: boolean;
  deleteBeforeReplace: boolean;
  deleteTimeout?: string;
  dependencies: string[];
  parent?: string;
}

export interface RecordingOptions {
  stack?: string;
  preview?: boolean;
  /** Configuration of the project by full key, such as `storefleet:settings`. */
  config?: Record<string, string>;
  /** Generated values do not exist yet, as in the preview of a new stack. */
  undrawn?: boolean;
  /** Outputs of other stacks, by a StackReference's name. */
  outputs?: Record<string, object>;
  /** Called before a resource counts as created; what it returns is awaited. */
  creating?: (resource: Recorded) => void | Promise<void>;
}

interface RegisterRequest {
  getProtect(): boolean;
  getDeletebeforereplace(): boolean;
  getDependenciesList(): string[];
  getParent(): string;
  getCustomtimeouts(): { getDelete(): string } | undefined;
}

/** What a component registered as its outputs. */
export interface RegisteredOutputs {
  urn: string;
  outputs: Record<string, any>;
}

interface OutputsRequest {
  getUrn(): string;
  getOutputs(): { toJavaScript(): Record<string, any> } | undefined;
}

interface Monitor {
  registerResource(request: RegisterRequest, callback: unknown): unknown;
  registerResourceOutputs(request: OutputsRequest, callback: unknown): unknown;
}

/** What a RandomPassword of that name and length holds here. */
export const mockedPassword = (name: string, length: number) => name.padEnd(length, "x").slice(0, length);

/** Of every namespace. */
export const mockedUid = "0a1b2c3d-0000-4000-8000-000000000000";

/** What a provider adds to the inputs, as far as programs here read it. */
function computed({ type, name, inputs }: runtime.MockResourceArgs, undrawn = false): Record<string, unknown> {
  if (type === "kubernetes:helm.sh/v3:Release") return { status: { status: "deployed" } };
  if (type === "random:index/randomPassword:RandomPassword" && !undrawn) return { result: mockedPassword(name, inputs.length) };
  if (type === "kubernetes:core/v1:Namespace") return { metadata: { uid: mockedUid, ...inputs.metadata } };
  return {};
}

/** Runs `program` against a Pulumi engine that only takes notes, until every resource is registered. */
export async function record<T>(
  program: () => T | Promise<T>,
  options: RecordingOptions = {},
): Promise<{ resources: Recorded[]; registered: RegisteredOutputs[]; result: T }> {
  const resources: Recorded[] = [];
  const registered: RegisteredOutputs[] = [];
  let request: RegisterRequest | undefined;
  const register = async (args: runtime.MockResourceArgs) => {
    const resource: Recorded = {
      type: args.type,
      name: args.name,
      inputs: args.inputs,
      id: args.id || undefined,
      protect: request?.getProtect() ?? false,
      deleteBeforeReplace: request?.getDeletebeforereplace() ?? false,
      deleteTimeout: request?.getCustomtimeouts()?.getDelete() || undefined,
      dependencies: request?.getDependenciesList() ?? [],
      parent: request?.getParent() || undefined,
    };
    resources.push(resource);
    await options.creating?.(resource);
    return { id: args.id || `${args.name}-id`, state: { ...args.inputs, ...computed(args, options.undrawn), ...(args.type === "pulumi:pulumi:StackReference" && { outputs: options.outputs?.[args.name] ?? {} }) } };
  };
  await runtime.setMocks(
    { newResource: register, call: async (args) => args.inputs },
    "storefleet",
    options.stack ?? "local",
    options.preview ?? false,
    "organization",
  );
  // Mocks are not told a resource's options; the request that the mocked monitor gets holds them.
  const monitor = runtime.getMonitor() as unknown as Monitor;
  const registerResource = monitor.registerResource.bind(monitor);
  monitor.registerResource = (it, callback) => {
    request = it;
    const answered = registerResource(it, callback);
    request = undefined;
    return answered;
  };
  const registerOutputs = monitor.registerResourceOutputs.bind(monitor);
  monitor.registerResourceOutputs = (it, callback) => {
    registered.push({ urn: it.getUrn(), outputs: it.getOutputs()?.toJavaScript() ?? {} });
    return registerOutputs(it, callback);
  };
  runtime.setAllConfig(options.config ?? {}, []);
  try {
    const result = await program();
    return { resources, registered, result };
  } finally {
    await runtime.disconnect();
  }
}

/** The only resource of that type, and of that name if one is given. */
export function only(resources: Recorded[], type: string, name?: string): Recorded {
  const found = resources.filter((it) => it.type.endsWith(type) && (name === undefined || it.name === name));
  const [first] = found;
  if (!first || found.length > 1) {
    const all = resources.map((it) => `${it.type} ${it.name}`).join("\n  ");
    throw new Error(`${found.length} resources are "${type}"${name ? ` named ${name}` : ""}, of:\n  ${all}`);
  }
  return first;
}
