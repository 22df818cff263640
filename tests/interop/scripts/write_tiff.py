"""Writes TIFF files of many kinds into a folder that a JSON file, the argument, names; says as JSON what they hold."""

import hashlib
import json
import pathlib
import sys

import numpy
import tifffile

folder = pathlib.Path(json.loads(pathlib.Path(sys.argv[1]).read_text("utf-8")))
facts = []


def image(dtype, *shape):
    """Values over the whole range of an integer type; smooth numbers of both signs for the others."""
    ramp = numpy.random.default_rng(7).random(shape)
    kind = numpy.dtype(dtype)
    if kind.kind in "iu":
        limits = numpy.iinfo(kind)
        return (limits.min + ramp * (float(limits.max) - limits.min)).astype(kind)
    if kind.kind == "c":
        return (ramp - 0.5j * ramp).astype(kind)
    return ((ramp - 0.5) * 1000).astype(kind)


def write(name, data, axes, expect=(), **options):
    """Writes one file; `expect` adds to what a loader should say of it."""
    path = folder / name
    tifffile.imwrite(path, data, **options)
    little = data.astype(data.dtype.newbyteorder("<"))
    facts.append(
        {
            "name": name,
            "path": str(path),
            "dataType": data.dtype.newbyteorder("=").name,
            "axes": axes,
            "shape": list(data.shape),
            "sha256": hashlib.sha256(little.tobytes()).hexdigest(),
            **dict(expect),
        }
    )


def ome(axes, **metadata):
    return {"ome": True, "metadata": {"axes": axes, **metadata}}


for dtype in ("u1", "i1", "u2", "i2", "u4", "i4", "f4", "f8"):
    write(f"{dtype}.ome.tif", image(dtype, 3, 21, 17), "tyx", **ome("TYX"))
    write(f"big-endian-{dtype}.tif", image(dtype, 3, 21, 17), "tyx", byteorder=">", photometric="minisblack")

for compression in ("zlib", "lzw", "zstd", "packbits"):
    for dtype in ("u1", "u2", "f4"):
        for predictor in (1, 2, 3):
            is_float = dtype == "f4"
            if predictor > 1 and (compression == "packbits" or is_float != (predictor == 3)):
                continue
            name = f"{compression}-{dtype}-predictor{predictor}.ome.tif"
            options = {"compression": compression, "predictor": predictor if predictor > 1 else None}
            write(name, image(dtype, 2, 40, 33), "tyx", **options, **ome("TYX"))

write("strips.ome.tif", image("u2", 2, 64, 30), "tyx", rowsperstrip=7, compression="zlib", **ome("TYX"))
write("tiles.ome.tif", image("u2", 2, 70, 50), "tyx", tile=(32, 16), **ome("TYX"))
write("tiles-zlib.ome.tif", image("f4", 2, 70, 50), "tyx", tile=(16, 32), compression="zlib", predictor=3, **ome("TYX"))
write("big-tiff.ome.tif", image("u2", 4, 21, 17), "tyx", bigtiff=True, **ome("TYX"))
write("big-tiff-big-endian.tif", image("f4", 4, 21, 17), "tyx", bigtiff=True, byteorder=">", photometric="minisblack")
write("rgb-planes.tif", image("u1", 3, 21, 17), "cyx", photometric="rgb", planarconfig="separate")
write("plain.tif", image("u2", 21, 17), "yx", metadata=None)
write("one-frame.ome.tif", image("u2", 21, 17), "yx", **ome("YX"))

for axes in ("TCZYX", "TZCYX", "CTZYX", "CZTYX", "ZCTYX", "ZTCYX"):
    sizes = {"T": 3, "C": 2, "Z": 4}
    shape = [sizes[axis] for axis in axes[:3]] + [11, 13]
    names = ["red", "green"]
    options = ome(axes, Channel={"Name": names})
    write(f"order-{axes}.ome.tif", image("u2", *shape), axes.lower(), {"channels": names}, **options)

write(
    "sizes-and-times.ome.tif",
    image("f4", 4, 21, 17),
    "tyx",
    {"pixelSizeNm": [2.5, 1.25], "timesSeconds": [0.0, 0.5, 1.25, 4.0], "channels": ["height"]},
    **ome(
        "TYX",
        PhysicalSizeX=2.5,
        PhysicalSizeXUnit="nm",
        PhysicalSizeY=0.00125,
        PhysicalSizeYUnit="µm",
        Channel={"Name": "height"},
        Plane={"DeltaT": [0.0, 500.0, 1250.0, 4000.0], "DeltaTUnit": ["ms"] * 4},
    ),
)
write(
    "increment.ome.tif",
    image("u2", 4, 21, 17),
    "tyx",
    {"timesSeconds": [0.0, 0.25, 0.5, 0.75]},
    **ome("TYX", TimeIncrement=0.25, TimeIncrementUnit="s"),
)
write(
    "imagej.tif",
    image("u2", 4, 21, 17),
    "tyx",
    {"pixelSizeNm": [500.0, 250.0], "timesSeconds": [0.0, 0.1, 0.2, 0.30000000000000004]},
    imagej=True,
    resolution=(2.0, 4.0),
    metadata={"axes": "TYX", "unit": "um", "finterval": 0.1},
)
write(
    "imagej-hyperstack.tif",
    image("f4", 3, 4, 2, 11, 13),
    "tzcyx",
    {"pixelSizeNm": [500.0, 500.0]},
    imagej=True,
    resolution=(2.0, 2.0),
    metadata={"axes": "TZCYX", "unit": "micron", "spacing": 1.5},
)

print(json.dumps(facts))
