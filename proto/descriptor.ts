// Descriptors of the .proto files themselves, for server reflection.
import { readFileSync } from "node:fs";
import { BinaryReader } from "@bufbuild/protobuf/wire";

/** Every .proto file of Sluice, and those that they import, as an encoded google.protobuf.FileDescriptorProto. */
export function fileDescriptors(): Uint8Array[] {
  const set = new BinaryReader(readFileSync(new URL("gen/descriptor.binpb", import.meta.url)));
  const files: Uint8Array[] = [];
  while (set.pos < set.len) {
    const [field, wireType] = set.tag();
    // FileDescriptorSet has one field: repeated FileDescriptorProto file = 1.
    if (field === 1) files.push(set.bytes());
    else set.skip(wireType);
  }
  return files;
}
