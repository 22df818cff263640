"""Reads TIFF files with Bio-Formats and with ImageJ, and says as JSON what each of them finds.

The argument is a JSON file: {"bioFormats": [paths], "imageJ": [paths]}.
"""

import glob
import hashlib
import json
import pathlib
import sys

import jpype
import numpy

packages = next(path for path in sys.path if path.endswith("site-packages"))


def jar(pattern):
    return glob.glob(str(pathlib.Path(packages) / pattern))[0]


# Bio-Formats first: the other jar holds an older one beside ImageJ.
jpype.startJVM(
    "-Djava.awt.headless=true",
    classpath=[jar("bioformats/jars/bioformats_package.jar"), jar("prokaryote/prokaryote-*.jar")],
    convertStrings=True,
)
jpype.JClass("loci.common.DebugTools").setRootLevel("ERROR")


def with_bio_formats(path):
    """Values of the full resolution in the order of the file, sizes, pixel sizes in micrometers, times in seconds."""
    reader = jpype.JClass("loci.formats.ImageReader")()
    metadata = jpype.JClass("loci.formats.MetadataTools").createOMEXMLMetadata()
    units = jpype.JClass("ome.units.UNITS")
    reader.setMetadataStore(metadata)
    reader.setFlattenedResolutions(False)
    reader.setId(path)
    try:
        digest = hashlib.sha256()
        for plane in range(reader.getImageCount()):
            samples = numpy.array(reader.openBytes(plane), dtype="int8")
            digest.update(samples.tobytes())
        size = metadata.getPixelsPhysicalSizeX(0)
        planes = range(metadata.getPlaneCount(0))
        times = [metadata.getPlaneDeltaT(0, plane) for plane in planes]
        return {
            "reader": str(reader.getFormat()),
            "sha256": digest.hexdigest(),
            "littleEndian": bool(reader.isLittleEndian()),
            "sizes": {axis: int(getattr(reader, f"getSize{axis}")()) for axis in "TCZYX"},
            "order": str(reader.getDimensionOrder()),
            "type": str(jpype.JClass("loci.formats.FormatTools").getPixelTypeString(reader.getPixelType())),
            "resolutions": int(reader.getResolutionCount()),
            "pixelSizeX": float(size.value(units.MICROMETER).doubleValue()) if size else None,
            "channels": [str(metadata.getChannelName(0, index)) for index in range(reader.getSizeC())],
            "deltaT": [float(time.value(units.SECOND).doubleValue()) for time in times if time],
        }
    finally:
        reader.close()


def with_imagej(path):
    """Values as ImageJ shows them, as float64, plane by plane; the size of a pixel in centimeters."""
    image = jpype.JClass("ij.io.Opener")().openImage(path)
    stack = image.getStack()
    digest = hashlib.sha256()
    for plane in range(1, image.getStackSize() + 1):
        values = numpy.array(stack.getPixels(plane))
        if image.getBitDepth() in (8, 16):
            values = values.view(f"uint{image.getBitDepth()}")
        digest.update(values.astype("float64").tobytes())
    calibration = image.getCalibration()
    return {
        "sha256": digest.hexdigest(),
        "planes": int(image.getStackSize()),
        "width": int(image.getWidth()),
        "height": int(image.getHeight()),
        "bitDepth": int(image.getBitDepth()),
        "pixelWidth": float(calibration.pixelWidth),
        "pixelHeight": float(calibration.pixelHeight),
        "unit": str(calibration.getUnit()),
    }


wanted = json.loads(pathlib.Path(sys.argv[1]).read_text("utf-8"))
answer = {
    "version": {
        "bioFormats": str(jpype.JClass("loci.formats.FormatTools").VERSION),
        "imageJ": str(jpype.JClass("ij.IJ").getVersion()),
    },
    "bioFormats": [with_bio_formats(path) for path in wanted["bioFormats"]],
    "imageJ": [with_imagej(path) for path in wanted["imageJ"]],
}
print(json.dumps(answer))
