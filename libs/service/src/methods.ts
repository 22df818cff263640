/** True for the methods of grpc.health.v1.Health. */
export function isHealthMethod(path: string): boolean {
  return path.startsWith("/grpc.health.v1.Health/");
}

/** True for the methods of server reflection, v1 and v1alpha. */
export function isReflectionMethod(path: string): boolean {
  return path.startsWith("/grpc.reflection.");
}
