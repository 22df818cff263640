import type { Server } from "@grpc/grpc-js";
import { ReflectionService } from "@grpc/reflection";
import { fileDescriptors } from "@sluice/proto/descriptor";
import { service as healthService } from "grpc-health-check";

/**
 * Answers server reflection (v1 and v1alpha) for these services.
 *
 * The library asks for a package definition of proto-loader, of which it reads the descriptors alone: they are given as
 * buf made them, with the names of the files and all comments.
 */
export function addReflection(server: Server, services: readonly string[]): void {
  const descriptors = {
    format: "Protocol Buffer 3 DescriptorProto",
    type: {},
    fileDescriptorProtos: fileDescriptors().map((file) => Buffer.from(file)),
  };
  const definitions = { sluice: descriptors, "grpc.health.v1.Health": healthService };
  new ReflectionService(
    { sluice: descriptors, ...definitions } as ConstructorParameters<typeof ReflectionService>[0],
    { services: [...services] },
  ).addToServer(server);
}
