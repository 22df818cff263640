export { checkArtifactPath } from "./artifact-path.ts";
export type { ArtifactStore, ArtifactTarget, ClosedArtifact, OpenedArtifact } from "./artifact-store.ts";
export { type DirectorySinkOptions, openDirectorySink } from "./directory-sink.ts";
export { type ArtifactEvent, inlineSink } from "./inline-sink.ts";
export { type ArtifactReceiver, receiveArtifacts } from "./receive-artifacts.ts";
export { openSpool, type Spool, type SpoolOptions } from "./spool.ts";
export { storeSink } from "./store-sink.ts";
