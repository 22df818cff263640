"""Writes an NWB file with pynwb that has much that Sluice does not write, and prints "ok".

Input: {"path": ...}. Values are those that interop/nwb.test.ts expects.
"""

import json
import sys
from datetime import datetime, timedelta, timezone
from pathlib import Path

import numpy
from pynwb import NWBHDF5IO, NWBFile, TimeSeries
from pynwb.ecephys import LFP, ElectricalSeries
from pynwb.file import Subject

path = json.loads(Path(sys.argv[1]).read_text())["path"]
file = NWBFile(
    session_description="Written by pynwb.",
    identifier="pynwb-1",
    session_start_time=datetime(2024, 5, 6, 7, 8, 9, 250000, tzinfo=timezone(timedelta(hours=2))),
    experimenter=["Doe, Jane"],
    lab="A lab",
    keywords=["one", "two"],
)
file.subject = Subject(subject_id="rat1", species="Rattus norvegicus", sex="M", age="P10W", weight="0.3 kg")
device = file.create_device("array", description="An array.", manufacturer="Maker")
groups = [file.create_electrode_group(name, f"Group {name}.", "CA3", device) for name in ("left", "right")]
file.add_electrode_column("label", "Label of the electrode.")
for row in range(6):
    file.add_electrode(group=groups[row // 3], location="CA3", x=float(row), y=1.0, z=2.0, label=f"e{row}")
file.add_unit_column("quality", "Quality of the unit.")
file.add_unit_column("peaks", "A list for each unit.", index=True)
for unit in range(3):
    file.add_unit(
        spike_times=numpy.arange(unit * 3) / 8 + unit,
        obs_intervals=[[0.0, 5.0], [6.0, 9.0]],
        electrodes=[unit + 1, unit + 2],
        waveform_mean=numpy.full((4, 2), unit, "f8"),
        quality=["good", "mua", "noise"][unit],
        peaks=[1.0] * unit,
    )
wanted = file.create_electrode_table_region([4, 2], "Two electrodes.")
every = file.create_electrode_table_region(list(range(6)), "All electrodes.")
counts = numpy.arange(20, dtype="i2").reshape(10, 2)
clock = numpy.array([0, 1, 2, 3, 4, 5, 6, 7, 8, 10.5])
gains = numpy.array([1.0, 2.0])
file.add_acquisition(
    ElectricalSeries("A", counts, wanted, timestamps=clock, conversion=1e-6, offset=0.5, channel_conversion=gains)
)
file.add_acquisition(TimeSeries("position", numpy.zeros(5), unit="m", rate=1.0))
lfp = ElectricalSeries("lfp", numpy.zeros((8, 6), "f4"), every, rate=1250.0, starting_time=3.0)
file.create_processing_module("ecephys", "Processed.").add(LFP(lfp))
file.add_trial_column("choice", "What was chosen.")
for trial in range(2):
    file.add_trial(start_time=trial * 2.0, stop_time=trial * 2.0 + 1, choice=trial == 1, timeseries=[lfp])
file.add_epoch(0.0, 9.0, ["a", "b"])
with NWBHDF5IO(path, "w") as io:
    io.write(file)
print(json.dumps("ok"))
