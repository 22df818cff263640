"""Writes an HDF5 file of each kind and version into a folder that a JSON file, the argument, names; lists them as JSON."""

import json
import pathlib
import sys

import h5py
import numpy

folder = pathlib.Path(json.loads(pathlib.Path(sys.argv[1]).read_text("utf-8")))
text = h5py.string_dtype()
stack = numpy.arange(7 * 30 * 40, dtype="u2").reshape(7, 30, 40)


def attributes(file):
    file.attrs["float"], file.attrs["text"], file.attrs["flags"] = 2.5, "µm", numpy.array([True, False])
    file.attrs["reference"], file.attrs["none"] = file.ref, h5py.Empty("f4")
    file.attrs["texts"] = numpy.array(["a", "", "é"], dtype=text)
    file.attrs["color"] = numpy.array([1, 2], h5py.enum_dtype({"RED": 1, "BLUE": 2}, "i1"))
    file.attrs["raw"] = numpy.void(b"ab\x00c")


def datasets(file):
    file["contiguous"], file["scalar"], file["nothing"] = stack, 7, h5py.Empty("f8")
    layout = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
    layout.set_layout(h5py.h5d.COMPACT)
    compact = h5py.h5d.create(file.id, b"compact", h5py.h5t.STD_I32LE, h5py.h5s.create_simple((5,)), layout)
    compact.write(h5py.h5s.ALL, h5py.h5s.ALL, numpy.arange(5, dtype="i4"))
    file.create_dataset("unwritten", (3, 4), "f4", fillvalue=2.5)
    file.create_dataset("texts unwritten", (2,), text)


def chunked(file):
    packed = {"shuffle": True, "compression": "gzip"}
    file.create_dataset("fixed", data=stack, chunks=(2, 20, 30), **packed)
    file.create_dataset("growing", data=stack, chunks=(2, 30, 40), maxshape=(None, 30, 40), **packed)
    file.create_dataset("one chunk", data=stack, chunks=stack.shape)
    file.create_dataset("texts", data=["q" * place for place in range(50)], dtype=text, chunks=(7,), **packed)
    sparse = file.create_dataset("sparse", (200, 8), "i4", chunks=(1, 8), maxshape=(None, 8), fillvalue=-3, **packed)
    sparse[150], sparse[9] = 1, 2


def tables(file):
    kind = [("count", "i4"), ("text", text), ("object", h5py.ref_dtype), ("pair", "f4", (2,)), ("texts", text, (2,))]
    table = numpy.zeros(2, kind)
    table["text"], table["object"], table["texts"] = ["x", "yµ"], [file.ref, file.ref], [["a", ""], ["b", "c"]]
    file["table"], file["texts"] = table, ["a", "bé", "", "c" * 5000]
    lists = file.create_dataset("lists", (2,), h5py.vlen_dtype("f4"))
    lists[0] = [1, 2]
    file["references"] = numpy.array([file["table"].ref, file.ref, h5py.Reference()], h5py.ref_dtype)
    file["complex"], file["truth"], file["half"] = numpy.array([1 + 2j]), [True, False], numpy.float16([1.5])


def links(file):
    group = file.create_group("group")
    group["up"], group["round"], group["relative"] = file["/"], h5py.SoftLink("round"), h5py.SoftLink("up/group")
    file["outside"], file["nowhere"] = h5py.ExternalLink("other.h5", "/x"), h5py.SoftLink("/no")
    file["named"] = numpy.dtype("f8")


def many(file):
    for place in range(120):
        file.create_group(f"group {place:03}").attrs["place"] = place
    for place in range(0, 120, 3):
        del file[f"group {place:03}"]
    for place in range(40):
        file.attrs[f"attribute {place}"] = place


def rare(file):
    file.create_dataset("checksums", data=stack, chunks=(2, 20, 30), fletcher32=True)
    file.create_dataset("scaled", data=stack, chunks=(2, 20, 30), scaleoffset=0)
    file["big"], file["long"] = numpy.arange(9, dtype=">i4"), numpy.longdouble(1)
    file.create_dataset("of a named type", (3,), dtype=file.create_dataset("x", (1,), "i4").dtype)


kinds = [attributes, datasets, chunked, tables, links, many, rare]
versions = {name: {"libver": (name, "latest")} for name in ("earliest", "v108", "v110", "v112", "v114")}
versions |= {"latest": {"libver": "latest"}, "ordered": {"track_order": True}, "user-block": {"userblock_size": 512}}
written = []
for version, options in versions.items():
    for kind in kinds:
        path = folder / f"{version}-{kind.__name__}.h5"
        with h5py.File(path, "w", **options) as file:
            kind(file)
        written.append({"version": version, "kind": kind.__name__, "path": str(path)})
print(json.dumps(written))
