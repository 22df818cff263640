"""Writes a recording with SpikeLab's own exporter to HDF5, in style ragged, and tells what SpikeLab loads from it, as JSON.

Input: {"path", "trains" in milliseconds, "lengthMs"}.
"""

import json
import sys
from pathlib import Path

from spikelab.data_loaders.data_exporters import export_spikedata_to_hdf5
from spikelab.data_loaders.data_loaders import load_spikedata_from_hdf5
from spikelab.spikedata.spikedata import SpikeData

question = json.loads(Path(sys.argv[1]).read_text())
data = SpikeData([list(train) for train in question["trains"]], length=question["lengthMs"])
export_spikedata_to_hdf5(data, question["path"], style="ragged")
loaded = load_spikedata_from_hdf5(
    question["path"], spike_times_dataset="spike_times", spike_times_index_dataset="spike_times_index"
)
print(json.dumps([train.tolist() for train in loaded.train]))
