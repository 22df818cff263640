"""Writes HDF5 files of many kinds into a folder that a JSON file, the argument, names; says as JSON what they hold."""

import hashlib
import json
import pathlib
import sys

import h5py
import numpy

folder = pathlib.Path(json.loads(pathlib.Path(sys.argv[1]).read_text("utf-8")))
random = numpy.random.default_rng(5)
data_types = ["bool", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "f2", "f4", "f8", "c8", "c16"]
names = {"c8": "complex64", "c16": "complex128"}
gzip = {"compression": "gzip", "compression_opts": 4}


def noise(dtype, *shape):
    kind = numpy.dtype(dtype)
    if kind.kind in "iub":
        return random.integers(0, 2 if kind.kind == "b" else 100, shape).astype(kind)
    return (random.normal(size=shape) * (1 - 2j if kind.kind == "c" else 1)).astype(kind)


def datasets(file):
    """Writes numbers in every way that they can be stored; what a reader is to find."""
    found = []

    def keep(name, data, **options):
        dataset = file.create_dataset(name, data=data, **options)
        found.append(fact(dataset))

    for code in data_types:
        keep(f"types/{code}", noise(code, 3, 4))
        if numpy.dtype(code).itemsize > 1:
            keep(f"types/big_{code}", noise(code, 3, 4).astype(numpy.dtype(code).newbyteorder(">")))
    stack = noise("u2", 7, 150, 130)
    keep("stored/contiguous", stack)
    keep("stored/plain", stack, chunks=(2, 100, 100))
    keep("stored/gzip", stack, chunks=(2, 100, 100), **gzip)
    keep("stored/shuffled", stack, chunks=(1, 150, 130), shuffle=True, **gzip)
    keep("stored/resizable", stack, chunks=(3, 150, 64), maxshape=(None, 150, None), shuffle=True, **gzip)
    keep("stored/growing", stack, chunks=(1, 150, 130), maxshape=(None, 150, 130), shuffle=True, **gzip)
    keep("stored/bounded", stack, chunks=(3, 150, 64), maxshape=(20, 150, 200), **gzip)
    keep("stored/one_chunk", stack, chunks=stack.shape, **gzip)
    keep("stored/checksums", stack, chunks=(2, 100, 100), fletcher32=True, shuffle=True, **gzip)
    keep("stored/scaled", stack, chunks=(2, 100, 100), scaleoffset=0)
    keep("stored/big", stack.astype(">u2"), chunks=(2, 100, 100), shuffle=True, **gzip)
    keep("stored/small_chunks", stack[:, :20, :30], chunks=(1, 7, 11), shuffle=True, **gzip)
    keep("stored/line", noise("f8", 30_000), chunks=(4096,), shuffle=True, **gzip)
    for chunk, name in (((1, 200, 200), "many"), ((2, 128, 128), "edges")):
        sparse = file.create_dataset(f"stored/sparse_{name}", (40, 200, 200), "f4", chunks=chunk, fillvalue=1.5, **gzip)
        sparse[5:7, 100:] = noise("f4", 2, 100, 200)
        sparse[38] = 7
        found.append(fact(sparse))
    for rows, name in ((2100, "pages"), (None, "blocks")):
        shape = (2100, 64, 64)
        sparse = file.create_dataset(f"stored/{name}", shape, "u4", chunks=(1, 64, 64), maxshape=(rows, 64, 64), **gzip)
        sparse[3], sparse[25], sparse[1500], sparse[2099] = 1, 3, noise("u4", 64, 64), 2
        found.append(fact(sparse))
    early = file.create_dataset("stored/shrunk", data=stack, chunks=(2, 100, 100), maxshape=(None, None, None), **gzip)
    early.resize((4, 150, 60))
    found.append(fact(early))
    keep("stored/scalar", numpy.float64(2.5))
    keep("stored/nothing", numpy.zeros((0, 3), "i4"), maxshape=(None, 3))
    return found


def fact(dataset):
    data = numpy.ascontiguousarray(dataset[()])
    kind = data.dtype
    return {
        "path": dataset.name,
        "dataType": names.get(kind.str[1:], kind.name),
        "shape": list(dataset.shape),
        "maxShape": list(dataset.maxshape),
        "chunks": list(dataset.chunks) if dataset.chunks else None,
        "sha256": hashlib.sha256(data.astype(kind.newbyteorder("<")).tobytes()).hexdigest(),
    }


def attributes(group):
    """Writes attributes of every type; what they are as JSON."""
    values = {
        "half": (numpy.float16(1.5), 1.5),
        "big": (numpy.array([1, 258], ">i2"), [1, 258]),
        "complex": (numpy.array([1 + 2j, 3 - 4j]), [{"r": 1, "i": 2}, {"r": 3, "i": -4}]),
        "truth": (numpy.array([True, False]), [True, False]),
        "yes": (True, True),
        "none": (h5py.Empty("f4"), None),
        "text": ("µm", "µm"),
        "bytes": (numpy.bytes_("abc"), "abc"),
        "latin": (numpy.bytes_("µm".encode("latin1")), "µm"),
        "texts": (numpy.array(["a", "bcd", ""], dtype=h5py.string_dtype()), ["a", "bcd", ""]),
        "empty": ("", ""),
        "reference": (group.ref, {"reference": "/rows"}),
        "colour": (numpy.array([1, 2], h5py.enum_dtype({"RED": 1, "BLUE": 2}, "i1")), [1, 2]),
        "large": (2**60, str(2**60)),
        "unsigned": (numpy.uint64(2**63 + 1), str(2**63 + 1)),
        "matrix": (numpy.arange(6).reshape(2, 3), [0, 1, 2, 3, 4, 5]),
        "zero": (numpy.zeros((0,), "f4"), []),
        "nan": (numpy.array([numpy.nan, -numpy.inf]), ["NaN", "-Infinity"]),
        "long": (numpy.longdouble(1), {"unreadable": "floats of 16 bytes are not supported"}),
        "raw": (numpy.void(b"ab\x00c"), {"unreadable": "opaque bytes of 4 bytes are not supported"}),
    }
    for name, (value, _) in values.items():
        group.attrs[name] = value
    group.attrs.create("lists", ragged([1, 2, 3], []), dtype=h5py.vlen_dtype("i4"))
    return {name: expected for name, (_, expected) in values.items()} | {"lists": [[1, 2, 3], []]}


def ragged(*rows):
    lists = numpy.empty(len(rows), object)
    for place, row in enumerate(rows):
        lists[place] = numpy.array(row, "i4")
    return lists


def rows(group):
    """Writes tables and texts; their values as JSON."""
    text = h5py.string_dtype()
    kind = numpy.dtype(
        [
            ("count", ">i4"),
            ("text", text),
            ("code", "S4"),
            ("flag", "?"),
            ("object", h5py.ref_dtype),
            ("pair", "f4", (2,)),
            ("inner", [("x", "u1"), ("names", text, (2,))]),
        ]
    )
    table = numpy.zeros(2, kind)
    table["count"], table["text"], table["code"], table["flag"] = [1, -2], ["x", "yµ"], [b"ab", b"abcd"], [1, 0]
    table["object"], table["pair"] = [group.ref, group.file.ref], [[1, 2], [3, 4]]
    table["inner"]["x"], table["inner"]["names"] = [5, 6], [["a", "b"], ["", "d"]]
    group["table"] = table
    fixed = numpy.array([b"ab ", b"c", "é".encode()], h5py.string_dtype("utf-8", 3))
    big = numpy.array([(1, 2.5)], [("x", ">i2"), ("y", ">f8")])
    group["fixed"], group["texts"], group["big"] = fixed, ["a", "bé", ""], big
    lists = group.create_dataset("lists", (2,), h5py.vlen_dtype("f4"))
    lists[0] = [1, 2]
    return {
        "table": [
            {
                "count": 1,
                "text": "x",
                "code": "ab",
                "flag": True,
                "object": {"reference": "/rows"},
                "pair": [1, 2],
                "inner": {"x": 5, "names": ["a", "b"]},
            },
            {
                "count": -2,
                "text": "yµ",
                "code": "abcd",
                "flag": False,
                "object": {"reference": "/"},
                "pair": [3, 4],
                "inner": {"x": 6, "names": ["", "d"]},
            },
        ],
        "fixed": ["ab ", "c", "é"],
        "texts": ["a", "bé", ""],
        "big": [{"x": 1, "y": 2.5}],
        "lists": [[1, 2], []],
    }


def links(file):
    """Writes links that lead round, nowhere and into another file."""
    with h5py.File(folder / "other.h5", "w") as other:
        other["group/x"] = 1
    group = file.create_group("links")
    group["up"], group["here"] = file["/"], h5py.SoftLink(".")
    group["soft"], group["relative"] = h5py.SoftLink("/rows/fixed"), h5py.SoftLink("up/rows/fixed")
    group["nowhere"], group["round"], group["back"] = h5py.SoftLink("/no"), h5py.SoftLink("back"), h5py.SoftLink("round")
    group["outside"], group["through"] = h5py.ExternalLink("other.h5", "/group"), h5py.SoftLink("outside/x")
    file["named"] = numpy.dtype("f8")


def write(name, **options):
    path = folder / name
    with h5py.File(path, "w", **options) as file:
        links_of = file.create_group("rows")
        found = {"name": name, "path": str(path), "rows": rows(links_of), "attributes": attributes(links_of)}
        found["datasets"] = datasets(file)
        links(file)
        file.create_dataset("lzf", data=numpy.arange(5000), compression="lzf")
        many = file.create_group("many")
        for place in range(40):
            many.attrs[f"attribute {place}"] = place
            many.create_group(f"group {place:02}")
    return found


print(
    json.dumps(
        [
            write("earliest.h5", libver="earliest"),
            write("latest.h5", libver="latest"),
            write("ordered.h5", track_order=True),
            write("user_block.h5", userblock_size=1024),
        ]
    )
)
