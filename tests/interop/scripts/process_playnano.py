"""Runs steps of playNano on the raw layer of a bundle and compares what comes out with the bundle's data.

Input: {bundle: path of an .npz, steps: [[name, parameters]], others: paths of an .h5 and an .ome.tif}.
Output: {difference: largest, magnitude: largest raw value, equal: for each other file, whether its data and its layers, if it
has some, are those of the bundle in float32, which is what playNano makes of both}.
"""

import json
import logging
import sys
from pathlib import Path

import numpy as np
from playnano.afm_stack import AFMImageStack
from playnano.io.data_loaders import load_h5_bundle, load_npz_bundle, load_ome_tiff_stack
from playnano.processing.pipeline import ProcessingPipeline

logging.disable(logging.INFO)
question = json.loads(Path(sys.argv[1]).read_text())
bundle = load_npz_bundle(Path(question["bundle"]))
stack = AFMImageStack(
    data=bundle.processed["raw"].astype(np.float64),
    pixel_size_nm=bundle.pixel_size_nm,
    channel=bundle.channel,
    file_path=Path(question["bundle"]),
    frame_metadata=bundle.frame_metadata,
)


def equal(path):
    load = load_h5_bundle if path.endswith(".h5") else load_ome_tiff_stack
    other = load(Path(path))
    pairs = [(other.data, bundle.data)]
    pairs += [(layer, bundle.processed[key]) for key, layer in other.processed.items()]
    return all(np.array_equal(one, another.astype(np.float32)) for one, another in pairs)


pipeline = ProcessingPipeline(stack)
for name, parameters in question["steps"]:
    pipeline.add_filter(name, **parameters)
pipeline.run()
print(
    json.dumps(
        {
            "difference": float(np.abs(stack.data - bundle.data).max()),
            "magnitude": float(np.abs(bundle.processed["raw"]).max()),
            "equal": [equal(path) for path in question["others"]],
        }
    )
)
