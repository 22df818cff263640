"""Loads bundles with playNano's own loaders and tells what they hold, as JSON.

Input: a list of paths (.h5, .npz, .ome.tif).
"""

import hashlib
import json
import logging
import sys
from pathlib import Path

import numpy as np
from playnano.io.data_loaders import load_h5_bundle, load_npz_bundle, load_ome_tiff_stack

LOADERS = {".h5": load_h5_bundle, ".npz": load_npz_bundle, ".tif": load_ome_tiff_stack}


class Warnings(logging.Handler):
    def __init__(self):
        super().__init__(logging.WARNING)
        self.messages = []

    def emit(self, record):
        self.messages.append(record.getMessage())


def array(values):
    contiguous = np.ascontiguousarray(values)
    return {
        "dtype": str(values.dtype),
        "shape": list(values.shape),
        "sha256": hashlib.sha256(contiguous.tobytes()).hexdigest(),
    }


def describe(path):
    warnings = Warnings()
    logging.getLogger("playnano").addHandler(warnings)
    stack = LOADERS[path.suffix](path)
    logging.getLogger("playnano").removeHandler(warnings)
    provenance = {key: value for key, value in stack.provenance.items() if key != "bundle"}
    return {
        "data": array(stack.data),
        "processed": {key: array(layer) for key, layer in stack.processed.items()},
        "masks": {key: array(mask) for key, mask in stack.masks.items()},
        "pixelSizeNm": stack.pixel_size_nm,
        "channel": stack.channel,
        "times": stack.get_frame_times(),
        "frameMetadata": stack.frame_metadata,
        "provenance": provenance,
        "stateBackups": stack.state_backups,
        "warnings": warnings.messages,
    }


paths = json.loads(Path(sys.argv[1]).read_text())
print(json.dumps([describe(Path(path)) for path in paths]))
