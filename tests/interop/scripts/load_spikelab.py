"""Loads HDF5 files with SpikeLab's own loader and tells what they hold, as JSON; or why it could not.

Input: a list of {"path": ..., "options": keyword arguments of load_spikedata_from_hdf5, "raster": bin in ms or null}.
"""

import json
import sys
import warnings
from pathlib import Path

from spikelab.data_loaders.data_loaders import load_spikedata_from_hdf5


def describe(question):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            data = load_spikedata_from_hdf5(question["path"], **question["options"])
        except ValueError as error:
            return {"error": str(error)}
    raster = question.get("raster")
    return {
        "units": data.N,
        "trains": [train.tolist() for train in data.train],
        "startMs": data.start_time,
        "lengthMs": float(data.length),
        "raw": data.raw_data.tolist(),
        "rawTimesMs": data.raw_time.tolist(),
        "raster": None if raster is None else data.raster(raster).tolist(),
        "warnings": [str(warning.message) for warning in caught],
    }


questions = json.loads(Path(sys.argv[1]).read_text())
print(json.dumps([describe(question) for question in questions]))
