import * as grpc from "@grpc/grpc-js";
import { Any } from "google-protobuf/google/protobuf/any_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { Struct, type JavaScriptValue } from "google-protobuf/google/protobuf/struct_pb";
import { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import * as messages from "@pulumi/pulumi/proto/provider_pb";
import { Status } from "@pulumi/pulumi/proto/status_pb";
import { ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb";
import { endWithParent } from "./lifetime";
import { engineLog } from "./log";
import { PartialFailure, type CheckResult, type DiffResult, type Operation, type Provider, type Subject } from "./provider";
import type { Values } from "./values";

// Not `main` of @pulumi/pulumi/provider: that one hands a provider neither its configuration nor preview, time
// limits and detailed diffs, and loads the whole SDK. The protocol itself is the SDK's, as generated there.

type Handler<Request, Response> = (request: Request) => Promise<Response>;

const unary = <Request, Response>(handler: Handler<Request, Response>): grpc.handleUnaryCall<Request, Response> =>
  (call, callback) => {
    handler(call.request).then((response) => callback(null, response), (error) => callback(statusOf(error), null));
  };

const toValues = (struct: Struct | undefined) => (struct?.toJavaScript() ?? {}) as Values;
const toStruct = (values: Values) => Struct.fromJavaScript(values as { [key: string]: JavaScriptValue });

function subjectOf(request: { getUrn(): string }): Subject {
  const urn = request.getUrn();
  const [, , types = "", ...name] = urn.split("::");
  return { urn, type: types.split("$").pop() ?? "", name: name.join("::") };
}

function operationOf(request: { getUrn(): string; getTimeout(): number; getPreview?(): boolean }): Operation {
  return { ...subjectOf(request), preview: request.getPreview?.() ?? false, timeout: request.getTimeout() };
}

function checkResponse({ inputs, failures = [] }: CheckResult) {
  const response = new messages.CheckResponse();
  response.setInputs(toStruct(inputs));
  response.setFailuresList(failures.map(({ property, reason }) => {
    const failure = new messages.CheckFailure();
    failure.setProperty(property);
    failure.setReason(reason);
    return failure;
  }));
  return response;
}

function diffResponse({ changes, changed, deleteBeforeReplace = false }: DiffResult) {
  const { DiffChanges } = messages.DiffResponse;
  const { Kind } = messages.PropertyDiff;
  const response = new messages.DiffResponse();
  response.setChanges(changed || changes.size > 0 ? DiffChanges.DIFF_SOME : DiffChanges.DIFF_NONE);
  response.setDeletebeforereplace(deleteBeforeReplace);
  response.setHasdetaileddiff(changes.size > 0);
  for (const [path, { change, replace }] of changes) {
    const kinds = {
      add: replace ? Kind.ADD_REPLACE : Kind.ADD,
      update: replace ? Kind.UPDATE_REPLACE : Kind.UPDATE,
      delete: replace ? Kind.DELETE_REPLACE : Kind.DELETE,
    };
    const property = new messages.PropertyDiff();
    property.setKind(kinds[change]);
    property.setInputdiff(change === "delete");
    response.getDetaileddiffMap().set(path, property);
    response.addDiffs(path);
    if (replace) response.addReplaces(path);
  }
  return response;
}

/** An error as gRPC carries it; of a partial failure the resource's state travels along. */
function statusOf(error: unknown): Partial<grpc.StatusObject> {
  const message = error instanceof Error ? error.message : String(error);
  const metadata = new grpc.Metadata();
  if (error instanceof PartialFailure) {
    const detail = new messages.ErrorResourceInitFailed();
    detail.setId(error.id);
    detail.setProperties(toStruct(error.outputs));
    detail.setReasonsList([message, ...error.reasons]);
    const any = new Any();
    any.pack(detail.serializeBinary(), "pulumirpc.ErrorResourceInitFailed");
    const status = new Status();
    status.setCode(grpc.status.UNKNOWN);
    status.setMessage(message);
    status.addDetails(any);
    metadata.add("grpc-status-details-bin", Buffer.from(status.serializeBinary()));
  }
  return { code: grpc.status.UNKNOWN, details: message, metadata };
}

/** Starts the plugin: serves the provider on a free port of this machine and prints that port for the engine. */
export function serve(provider: Provider): void {
  const engine = process.argv[2];
  if (!engine) throw new Error("a Pulumi provider plugin: started by the Pulumi engine, with its address as argument");
  const log = engineLog(engine);

  const methods: grpc.UntypedServiceImplementation = {
    attach: unary(async () => new Empty()),
    getPluginInfo: unary(async () => {
      const response = new PluginInfo();
      response.setVersion(provider.version);
      return response;
    }),
    checkConfig: unary(async (request: messages.CheckRequest) => checkResponse({ inputs: toValues(request.getNews()) })),
    diffConfig: unary(async (request: messages.DiffRequest) => diffResponse(
      (await provider.diffConfig?.(toValues(request.getOlds()), toValues(request.getNews()))) ?? { changes: new Map() },
    )),
    configure: unary(async (request: messages.ConfigureRequest) => {
      const prefix = /^[^:]+:config:/;
      const variables = request.getVariablesMap().toArray() as [string, string][];
      await provider.configure(new Map(variables.map(([key, value]) => [key.replace(prefix, ""), value])), log);
      const response = new messages.ConfigureResponse();
      response.setAcceptsecrets(true);
      response.setSupportspreview(true);
      return response;
    }),
    check: unary(async (request: messages.CheckRequest) => checkResponse(await provider.check(
      subjectOf(request), toValues(request.getOlds()), toValues(request.getNews()), request.getRandomseed_asU8(),
    ))),
    diff: unary(async (request: messages.DiffRequest) => diffResponse(await provider.diff(
      subjectOf(request), toValues(request.getOlds()), toValues(request.getNews()), request.getIgnorechangesList(),
    ))),
    create: unary(async (request: messages.CreateRequest) => {
      const { id, outputs } = await provider.create(operationOf(request), toValues(request.getProperties()));
      const response = new messages.CreateResponse();
      response.setId(id);
      response.setProperties(toStruct(outputs));
      return response;
    }),
    read: unary(async (request: messages.ReadRequest) => {
      const response = new messages.ReadResponse();
      const found = await provider.read(
        subjectOf(request), request.getId(), toValues(request.getProperties()), toValues(request.getInputs()),
      );
      if (!found) return response;
      response.setId(request.getId());
      response.setInputs(toStruct(found.inputs));
      response.setProperties(toStruct(found.outputs));
      return response;
    }),
    update: unary(async (request: messages.UpdateRequest) => {
      const response = new messages.UpdateResponse();
      response.setProperties(toStruct(await provider.update(
        operationOf(request), request.getId(), toValues(request.getOlds()), toValues(request.getNews()),
        request.getIgnorechangesList(),
      )));
      return response;
    }),
    delete: unary(async (request: messages.DeleteRequest) => {
      await provider.delete(operationOf(request), request.getId(), toValues(request.getProperties()));
      return new Empty();
    }),
    cancel: unary(async () => {
      void provider.cancel();
      return new Empty();
    }),
    invoke: unary(async (request: messages.InvokeRequest) => {
      throw new Error(`function ${request.getTok()} is not part of Storefleet's stand-in provider; use the real plugin`);
    }),
  };

  // Charts and secrets may be larger than gRPC's default of 4 MB.
  const server = new grpc.Server({ "grpc.max_receive_message_length": -1 });
  server.addService(ResourceProviderService as unknown as grpc.ServiceDefinition, methods);
  server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) => {
    if (error) throw error;
    process.stdout.write(`${port}\n`);
  });
  endWithParent(provider);
}
