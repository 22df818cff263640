export type { ArtifactStore, ArtifactTarget, ClosedArtifact } from "./artifact-store.ts";
export { storeSink } from "./store-sink.ts";
