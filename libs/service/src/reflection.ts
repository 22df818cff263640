import type { Server } from "@grpc/grpc-js";
import { ReflectionService } from "@grpc/reflection";
import { fileDescriptors } from "@sluice/proto/descriptor";
import { service as healthService } from "grpc-health-check";

type PackageDefinition = ConstructorParameters<typeof ReflectionService>[0];

/**
 * Answers server reflection (v1 and v1alpha) for these services.
 *
 * The library takes a package definition of proto-loader but reads its descriptors alone: they are given as buf made
 * them, with the names of the files and all comments.
 */
export function addReflection(server: Server, services: readonly string[]): void {
  const sluice = { fileDescriptorProtos: fileDescriptors().map((file) => Buffer.from(file)) };
  const definitions = { sluice, health: healthService.Check?.requestType } as unknown as PackageDefinition;
  new ReflectionService(definitions, { services: [...services] }).addToServer(server);
}
