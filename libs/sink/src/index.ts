export { checkArtifactPath } from "./artifact-path.ts";
export type { ArtifactStore, ArtifactTarget, ClosedArtifact, OpenedArtifact } from "./artifact-store.ts";
export { type DirectorySinkOptions, openDirectorySink } from "./directory-sink.ts";
export { namingFaults } from "./file-problem.ts";
export { type ArtifactEvent, inlineSink } from "./inline-sink.ts";
export { downloadObject } from "./object-store/download.ts";
export {
  isBelow,
  isS3Url,
  type ObjectLocation,
  parseS3Root,
  parseS3Url,
  requirePlainPrefix,
  s3Url,
} from "./object-store/location.ts";
export { ObjectStore, type ObjectStoreSettings } from "./object-store/object-store.ts";
export { type ObjectStoreSinkOptions, objectStoreSink } from "./object-store/object-store-sink.ts";
export { type ArtifactReceiver, receiveArtifacts } from "./receive-artifacts.ts";
export { openSpool, type Spool, type SpoolOptions } from "./spool.ts";
export { SpooledPart } from "./spooled-part.ts";
export { storeSink } from "./store-sink.ts";
