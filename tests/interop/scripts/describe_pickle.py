"""Loads pickles with Python and NumPy alone and tells what they hold, as JSON. Warnings are errors.

Input: a list of paths. Arrays are told by type, shape and SHA-256 of their bytes in C order.
"""

import hashlib
import io
import json
import pickle
import pickletools
import sys
import warnings
from pathlib import Path

import numpy

warnings.simplefilter("error")


def describe(path):
    data = Path(path).read_bytes()
    pickletools.dis(data, io.StringIO())
    # The second is written in Python and stricter with frames.
    found, again = (describe_value(load(data)) for load in (pickle.loads, pickle._loads))
    modules = {name.split(".")[0] for name in sys.modules if name.startswith("spikelab")}
    return {"protocol": data[1], "agree": repr(found) == repr(again), "value": found, "modules": sorted(modules)}


def describe_value(value):
    if isinstance(value, numpy.ndarray):
        assert value.flags.writeable and value.flags.c_contiguous
        digest = hashlib.sha256(value.tobytes()).hexdigest()
        return {"dtype": value.dtype.str, "shape": list(value.shape), "sha256": digest}
    if isinstance(value, dict):
        return {key: describe_value(item) for key, item in value.items()}
    if isinstance(value, list):
        return [describe_value(item) for item in value]
    if isinstance(value, complex):
        return {"complex": [value.real, value.imag]}
    if isinstance(value, float) and value != value:
        return "nan"
    return f"int {value}" if type(value) is int else value


paths = json.loads(Path(sys.argv[1]).read_text())
print(json.dumps([describe(path) for path in paths]))
