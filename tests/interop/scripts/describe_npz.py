"""Says, as JSON, all that numpy reads without pickle from each of the .npz files that a JSON file, the argument, lists."""

import hashlib
import json
import sys
import zipfile
from pathlib import Path

import numpy


def describe(path):
    with zipfile.ZipFile(path) as archive:
        broken = archive.testzip()
    with numpy.load(path, allow_pickle=False) as arrays:
        return {"broken": broken, "arrays": {key: describe_array(arrays[key]) for key in arrays.files}}


def describe_array(array):
    described = {"dtype": array.dtype.str, "shape": list(array.shape)}
    if array.dtype.kind == "U":
        return {**described, "values": array.tolist()}
    return {**described, "sha256": hashlib.sha256(numpy.ascontiguousarray(array).tobytes()).hexdigest()}


paths = json.loads(Path(sys.argv[1]).read_text())
print(json.dumps([describe(path) for path in paths]))
