"""Loads spikes of an HDF5 file with SpikeLab, exports them and prints what it took as one JSON line.

usage: export_spikes.py H5 STYLE FOLDER; or export_spikes.py H5 make, which makes the file: 1,000,000 spikes of 1,000 units.
"""

import json
import os
import resource
import sys
import time
import warnings
from pathlib import Path

import numpy
from spikelab.data_loaders import load_spikedata_from_hdf5
from spikelab.data_loaders.data_exporters import (
    export_spikedata_to_hdf5,
    export_spikedata_to_kilosort,
    export_to_pickle,
)
from spikelab.spikedata.spikedata import SpikeData

warnings.simplefilter("ignore")
path, style = sys.argv[1:3]

if style == "make":
    random = numpy.random.default_rng(1)
    # Ten minutes at 30 kHz; a little longer than the last spike, for milliseconds are rounded on their way.
    trains = [numpy.sort(random.integers(0, 18_000_000, 1000) / 30) for _ in range(1000)]
    export_spikedata_to_hdf5(SpikeData(trains, length=600_001.0), path)
    sys.exit()

folder = Path(sys.argv[3])
start = time.perf_counter()
data = load_spikedata_from_hdf5(
    path, spike_times_dataset="spike_times", spike_times_index_dataset="spike_times_index"
)
if style == "kilosort":
    export_spikedata_to_kilosort(data, str(folder / "spikes"), fs_Hz=30_000)
elif style == "pickle":
    export_to_pickle(data, str(folder / "spikes.pkl"))
else:
    bins = {"raster_bin_size_ms": 20} if style == "raster" else {}
    export_spikedata_to_hdf5(data, str(folder / "spikes.h5"), style=style, **bins)
files = [file for file in folder.rglob("*") if file.is_file()]
for file in files:
    handle = os.open(file, os.O_RDONLY)
    os.fsync(handle)
    os.close(handle)
seconds = time.perf_counter() - start

print(
    json.dumps(
        {
            "seconds": seconds,
            "bytes": os.stat(path).st_size,
            "stored": sum(file.stat().st_size for file in files),
            "rss": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
        }
    )
)
