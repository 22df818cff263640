export { checkArtifactPath } from "./artifact-path.ts";
export type { ArtifactStore, ArtifactTarget, ClosedArtifact, OpenedArtifact } from "./artifact-store.ts";
export { type DirectorySinkOptions, openDirectorySink } from "./directory-sink.ts";
export { storeSink } from "./store-sink.ts";
