"""Loads NWB files with SpikeLab's own loader, through pynwb and through h5py, and tells what they hold, as JSON.

Input: a list of {"path": ..., "pynwb": true to load through pynwb, too}. SpikeLab 0.1.2 cannot load units with electrodes
through pynwb, whoever wrote them: it takes the table that pynwb gives for a list, and then counts units twice.
"""

import json
import sys
import warnings
from pathlib import Path

from spikelab.data_loaders.data_loaders import load_spikedata_from_nwb


def describe(path, prefer_pynwb):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        data = load_spikedata_from_nwb(path, prefer_pynwb=prefer_pynwb)
    return {
        "trains": [train.tolist() for train in data.train],
        "startMs": data.start_time,
        "lengthMs": float(data.length),
        "electrodes": None if data.electrodes is None else [int(one) for one in data.electrodes],
        "warnings": [str(w.message) for w in caught if "spikelab" in str(w.filename) or "pynwb failed" in str(w.message)],
    }


def load(path, pynwb):
    return {"h5py": describe(path, False), **({"pynwb": describe(path, True)} if pynwb else {})}


questions = json.loads(Path(sys.argv[1]).read_text())
print(json.dumps([load(**question) for question in questions]))
