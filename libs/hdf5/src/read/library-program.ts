/**
 * What the thread runs: calls into HDF5 that block, each a request with its answer.
 *
 * Text, not a module: a worker's file would have to be found from the sources, under jest and inside a bundle, and Node
 * 20 cannot run it as TypeScript.
 */
export const libraryProgram = `
  const { statSync } = require("node:fs");
  const { parentPort, workerData } = require("node:worker_threads");
  const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  let library;
  const names = new Map();

  const started = import(workerData.h5wasm).then(async ({ ready }) => {
    library = await ready;
    // Without it HDF5's errors leave zeros and stale memory behind.
    library.activate_throwing_error_handler();
  });

  function text(bytes) {
    try { return utf8.decode(bytes); } catch { return Buffer.from(bytes).toString("latin1"); }
  }

  // Bytes behind pointers that one request may still copy: many elements of a damaged file may lead to one long text.
  const mostPointedBytes = 256 * 1024 * 1024;
  let pointedBytes = 0;

  function pointedTo(at, size) {
    pointedBytes += size;
    if (pointedBytes > mostPointedBytes) {
      throw new Error("texts and lists of more than " + mostPointedBytes + " bytes at once");
    }
    return library.HEAPU8.slice(at, at + size);
  }

  function textAt(pointer) {
    return pointer === 0 ? "" : text(pointedTo(pointer, library.HEAPU8.indexOf(0, pointer) - pointer));
  }

  function referenceAt(file, at) {
    const bytes = library.HEAPU8.slice(at, at + 8);
    if (bytes.every((byte) => byte === 0)) return null;
    const key = file + ":" + bytes.join();
    if (!names.has(key)) names.set(key, library.get_referenced_name(file, bytes, true));
    return names.get(key);
  }

  // What elements in the heap point to, in the order in which they are decoded.
  function follow(file, at, count, { itemBytes, texts, references, sequences }) {
    const found = { texts: [], references: [], sequences: [] };
    for (let item = 0; item < count; item++) {
      const start = at + item * itemBytes;
      const word = (offset) => new DataView(library.HEAPU8.buffer).getUint32(start + offset, true);
      for (const offset of texts) found.texts.push(textAt(word(offset)));
      for (const offset of references) found.references.push(referenceAt(file, start + offset));
      for (const { offset, element } of sequences) {
        const bytes = pointedTo(word(offset + 4), word(offset) * element.itemBytes);
        found.sequences.push({ bytes, ...follow(file, word(offset + 4), word(offset), element) });
      }
    }
    return found;
  }

  // Elements in memory of the library's own, given back however reading ends.
  function elements(file, path, attribute, count, pointers, read) {
    const size = count * pointers.itemBytes;
    const at = library._malloc(size);
    if (at === 0) throw new Error(size + " bytes are more than there is memory for");
    try {
      library.HEAPU8.fill(0, at, at + size);
      read(BigInt(at));
      pointedBytes = 0;
      const result = { bytes: library.HEAPU8.slice(at, at + size), ...follow(file, at, count, pointers) };
      if (pointers.texts.length + pointers.sequences.length > 0) {
        if (attribute === "") library.reclaim_vlen_memory_count(file, path, "", BigInt(at), [BigInt(count)]);
        else library.reclaim_vlen_memory(file, path, attribute, BigInt(at));
      }
      return result;
    } finally {
      library._free(at);
    }
  }

  const attempted = (work) => {
    try { return { value: work() }; } catch (error) {
      if (error instanceof WebAssembly.RuntimeError) throw error;
      return { error: error.message };
    }
  };

  // HDF5's errors leave h5wasm's identifiers open, and with them the file: to the next one in its place on the disk the
  // library would give what it knows of this one.
  let spent = false;

  const attemptedOnce = (work) => {
    const outcome = attempted(work);
    spent ||= outcome.error !== undefined;
    return outcome;
  };

  const kindNames = ["group", "dataset", "datatype", "soft-link", "external-link"];
  const mostLinks = 64;

  // HDF5 tells an external link as what it leads to while the other file is there.
  function externalTarget(file, path) {
    const { filename, obj_path } = attempted(() => library.get_external_link(file, path)).value ?? {};
    return filename === undefined ? undefined : filename + ":" + obj_path;
  }

  // Places that are no links, by file and path: every path below begins with them.
  const places = new Set();
  const mostPlaces = 100_000;

  // Where a path leads inside the file, soft links followed one by one: HDF5 itself would go on into other files.
  function resolve(file, path) {
    const parts = path.split("/").filter(Boolean);
    let place = "";
    for (let links = 0; parts.length > 0; ) {
      const at = place + "/" + parts.shift();
      const key = file + at;
      if (!places.has(key)) {
        const { value: target, error } = attempted(() => library.get_symbolic_link(file, at));
        if (error !== undefined) return undefined;
        if (target) {
          if (++links > mostLinks) return undefined;
          if (target.startsWith("/")) place = "";
          parts.unshift(...target.split("/").filter((name) => name !== "" && name !== "."));
          continue;
        }
        if (externalTarget(file, at) !== undefined) return undefined;
        if (places.size >= mostPlaces) places.clear();
        places.add(key);
      }
      place = at;
    }
    return place || "/";
  }

  function kindAt(file, path) {
    const place = resolve(file, path);
    return place === undefined ? undefined : kindNames[attempted(() => library.get_type(file, place)).value];
  }

  function entry(file, path) {
    const target = attempted(() => library.get_symbolic_link(file, path)).value ?? undefined;
    if (target !== undefined) {
      const leadsTo = kindAt(file, path);
      return { kind: "soft-link", target, ...(leadsTo && { leadsTo }) };
    }
    const outside = externalTarget(file, path);
    if (outside !== undefined) return { kind: "external-link", target: outside };
    return { kind: kindNames[attempted(() => library.get_type(file, path)).value] ?? "unknown" };
  }

  const calls = {
    open: ({ path }) => {
      const file = library.open(path, library.H5F_ACC_RDONLY, false, -1, -1);
      return { file, size: statSync(path, { throwIfNoEntry: false })?.size ?? 0 };
    },
    close: ({ file }) => {
      names.clear();
      places.clear();
      library.close_file(file);
    },
    kind: ({ file, path }) => kindAt(file, path),
    children: ({ file, path }) =>
      library.get_names(file, path, false).map((name) => ({
        name,
        ...entry(file, (path === "/" ? "" : path) + "/" + name),
      })),
    dataset: ({ file, path }) => ({
      metadata: library.get_dataset_metadata(file, path),
      filters: library.get_dataset_filters(file, path).map(({ id, name, cd_values }) => ({
        id, name, values: [...cd_values],
      })),
    }),
    address: ({ file, path }) => {
      const { buffer } = Uint8Array.from(library.create_object_reference(file, path));
      return Number(new DataView(buffer).getBigUint64(0, true));
    },
    attributes: ({ file, path }) =>
      library.get_attribute_names(file, path).map((name) => {
        const { value, error } = attemptedOnce(() => library.get_attribute_metadata(file, path, name));
        return { name, metadata: value, error };
      }),
    attributeValues: ({ file, path, wanted }) =>
      wanted.map(({ name, count, pointers }) =>
        attemptedOnce(() => elements(file, path, name, count, pointers, (at) =>
          library.get_attribute_data(file, path, name, at)))),
    read: ({ file, path, count, offset, shape, pointers }) => {
      const [lengths, starts, strides] =
        shape.length === 0 ? [null, null, null] : [shape.map(BigInt), offset.map(BigInt), shape.map(() => 1n)];
      return elements(file, path, "", count, pointers, (at) =>
        library.get_dataset_data(file, path, lengths, starts, strides, at));
    },
  };

  parentPort.on("message", async (request) => {
    try {
      await started;
      const value = calls[request.call](request);
      parentPort.postMessage({ number: request.number, value, spent }, value?.bytes ? [value.bytes.buffer] : []);
    } catch (error) {
      // A trap leaves the library in no state to be used again.
      const broken = !library || error instanceof WebAssembly.RuntimeError;
      parentPort.postMessage({ number: request.number, error: String(error?.message ?? error), broken, spent: true });
    }
  });
`;
