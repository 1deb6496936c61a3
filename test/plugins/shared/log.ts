import * as grpc from "@grpc/grpc-js";
import { EngineClient } from "@pulumi/pulumi/proto/engine_grpc_pb";
import { LogRequest, LogSeverity } from "@pulumi/pulumi/proto/engine_pb";
import type { Log } from "./provider";

/** Messages to the user, through the engine. Losing one must not fail an operation. */
export function engineLog(address: string): Log {
  let client: EngineClient | undefined;
  return (severity, urn, message, status = false) => {
    client ??= new EngineClient(address, grpc.credentials.createInsecure());
    const request = new LogRequest();
    request.setSeverity(severity === "warning" ? LogSeverity.WARNING : LogSeverity.INFO);
    request.setUrn(urn);
    request.setMessage(message);
    request.setEphemeral(status);
    client.log(request, () => undefined);
  };
}
