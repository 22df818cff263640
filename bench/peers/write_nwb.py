"""Writes an NWB file with one of the peers and prints what it took as one JSON line.

usage: write_nwb.py PEER IN CHANNELS OUT
PEER: neuroconv (raw traces of int16 [sample, channel], as its users write a recording), pynwb or spikelab (spike times of
1,000 units, float64; CHANNELS is the number of units).
"""

import json
import os
import resource
import sys
import time
from datetime import datetime, timezone
from pathlib import Path

peer, path, count, out = sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4]
start = time.perf_counter()
session = datetime(2025, 11, 1, 9, 30, tzinfo=timezone.utc)


def write_recording():
    from neuroconv.tools.spikeinterface import write_recording_to_nwbfile
    from spikeinterface.core import BinaryRecordingExtractor

    recording = BinaryRecordingExtractor(
        file_paths=[path],
        sampling_frequency=30_000.0,
        num_channels=count,
        dtype="int16",
        time_axis=0,
        gain_to_uV=[0.195] * count,
        offset_to_uV=[0.0] * count,
    )
    metadata = {"NWBFile": {"session_start_time": session}}
    write_recording_to_nwbfile(recording, nwbfile_path=Path(out), metadata=metadata, overwrite=True)


def trains():
    import numpy

    return numpy.fromfile(path, "<f8").reshape(count, -1)


def write_units():
    from pynwb import NWBHDF5IO, NWBFile

    file = NWBFile(session_description="units", identifier="bench", session_start_time=session)
    for train in trains():
        file.add_unit(spike_times=train, obs_intervals=[[0.0, 3600.0]])
    with NWBHDF5IO(out, "w") as io:
        io.write(file)


def write_spikelab():
    from spikelab.data_loaders.data_exporters import export_spikedata_to_nwb
    from spikelab.spikedata import SpikeData

    data = SpikeData([train * 1e3 for train in trains()], length=3600e3)
    export_spikedata_to_nwb(data, out)


{"neuroconv": write_recording, "pynwb": write_units, "spikelab": write_spikelab}[peer]()
with open(out, "rb+") as file:
    os.fsync(file.fileno())
print(
    json.dumps(
        {
            "seconds": time.perf_counter() - start,
            "bytes": os.path.getsize(path),
            "stored": os.path.getsize(out),
            "rss": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
        }
    )
)
