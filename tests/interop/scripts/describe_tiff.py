"""Says, as JSON, all that tifffile reads from each of the files that a JSON file, the argument, lists."""

import hashlib
import json
import pathlib
import sys
from xml.etree import ElementTree

import numpy
import tifffile

OME = {"ome": "http://www.openmicroscopy.org/Schemas/OME/2016-06"}


def digest(array):
    """SHA-256 of the values, little endian, C order."""
    return hashlib.sha256(array.astype(array.dtype.newbyteorder("<")).tobytes()).hexdigest()


def halved(image):
    """Each pixel the mean of the 2 x 2 pixels it covers; of those that exist at odd edges."""
    rows, columns = image.shape
    padded = numpy.pad(image, ((0, rows % 2), (0, columns % 2)), mode="edge")
    wide = padded.astype("complex128" if image.dtype.kind == "c" else "float64")
    mean = (((wide[::2, ::2] + wide[::2, 1::2]) + wide[1::2, ::2]) + wide[1::2, 1::2]) / 4
    return (numpy.rint(mean) if image.dtype.kind in "iu" else mean).astype(image.dtype)


def describe_levels(tiff):
    """For each level below full resolution: its size, and whether every page is the 2 x 2 mean of the level above."""
    levels = []
    for number, level in enumerate(tiff.series[0].levels[1:], start=1):
        above = tiff.series[0].levels[number - 1]
        pairs = zip(above.pages, level.pages, strict=True)
        equal = all(numpy.array_equal(halved(big.asarray()), small.asarray()) for big, small in pairs)
        levels.append({"size": list(level.shape[-2:]), "pages": len(level.pages), "isMean": equal})
    return levels


def describe_ome(xml):
    """The parts of the OME-XML that programs use."""
    root = ElementTree.fromstring(xml)
    images = root.findall("ome:Image", OME)
    pixels = images[0].find("ome:Pixels", OME)
    planes = pixels.findall("ome:Plane", OME)
    return {
        "images": len(images),
        "name": images[0].get("Name"),
        "pixels": dict(pixels.attrib),
        "channels": [channel.get("Name") for channel in pixels.findall("ome:Channel", OME)],
        "planes": [[int(plane.get(key)) for key in ("TheT", "TheC", "TheZ")] for plane in planes],
        "deltaT": [float(plane.get("DeltaT")) for plane in planes],
        "deltaTUnits": sorted({plane.get("DeltaTUnit") for plane in planes}),
        "text": xml,
    }


def describe(path):
    with tifffile.TiffFile(path) as tiff:
        page = tiff.pages[0]
        array = tiff.series[0].asarray()
        total = float(array.sum(dtype="float64")) if array.dtype.kind in "fiu" else None
        return {
            "shape": list(tiff.series[0].get_shape(False)),
            "axes": tiff.series[0].get_axes(False),
            "dtype": array.dtype.name,
            "sha256": digest(array),
            "sum": total if total is None or numpy.isfinite(total) else str(total),
            "pages": len(tiff.pages),
            "bigTiff": tiff.is_bigtiff,
            "tiled": page.is_tiled,
            "compression": tifffile.COMPRESSION(page.compression).name,
            "predictor": tifffile.PREDICTOR(page.predictor).name,
            "ome": describe_ome(tiff.ome_metadata) if tiff.is_ome else None,
            "levels": describe_levels(tiff),
        }


print(json.dumps([describe(path) for path in json.loads(pathlib.Path(sys.argv[1]).read_text("utf-8"))]))
