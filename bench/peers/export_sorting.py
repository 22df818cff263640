"""Loads a folder of KiloSort with SpikeInterface, saves the sorting and prints what it took as one JSON line.

usage: export_sorting.py KILOSORT FORMAT FOLDER   FORMAT: numpy_folder, npz
or export_sorting.py KILOSORT make, which makes the folder with NumPy alone: 1,000,000 spikes of 1,000 units.
"""

import json
import os
import resource
import sys
import time
import warnings
from pathlib import Path

import numpy

warnings.simplefilter("ignore")
kilosort, job = Path(sys.argv[1]), sys.argv[2]

if job == "make":
    random = numpy.random.default_rng(1)
    kilosort.mkdir()
    # Ten minutes at 30 kHz.
    numpy.save(kilosort / "spike_times.npy", numpy.sort(random.integers(0, 18_000_000, 1_000_000)))
    clusters = random.permutation(numpy.arange(1_000_000, dtype="int32") % 1000)
    for name in ["spike_clusters.npy", "spike_templates.npy"]:
        numpy.save(kilosort / name, clusters)
    (kilosort / "params.py").write_text(
        "dat_path = 'recording.dat'\nn_channels_dat = 384\ndtype = 'int16'\noffset = 0\n"
        "sample_rate = 30000.0\nhp_filtered = False\n"
    )
    sys.exit()

from spikeinterface.core import NpzSortingExtractor  # noqa: E402
from spikeinterface.extractors import read_kilosort  # noqa: E402

folder = Path(sys.argv[3])
start = time.perf_counter()
sorting = read_kilosort(kilosort)
if job == "npz":
    NpzSortingExtractor.write_sorting(sorting, folder / "spikes.npz")
else:
    sorting.save(format=job, folder=folder / "spikes")
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
            "bytes": sum((kilosort / name).stat().st_size for name in ["spike_times.npy", "spike_clusters.npy"]),
            "stored": sum(file.stat().st_size for file in files),
            "rss": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
        }
    )
)
