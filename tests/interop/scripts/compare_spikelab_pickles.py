"""Unpickles objects and compares them with what SpikeLab computes of the same recording.

Input: {"recording": HDF5 of SpikeLab's exporter, "pickles": {name of an array of ours: paths}}. For each path: class and
names of the fields are equal; `error`: largest distance of an element, None where shape, type or places of NaN differ;
`differ`: names of other fields that are not equal. What stands under "sluice" in the metadata is ours.
"""

import json
import pickle
import sys
import warnings
from pathlib import Path

import numpy
from spikelab.data_loaders.data_loaders import load_spikedata_from_hdf5


def computed(data):
    peak, lag = data.get_pairwise_ccg(bin_size=1, max_lag=60)
    mean, deviation = data.get_pairwise_latencies(window_ms=200)
    return {
        "sttc": data.spike_time_tilings(20.0),
        "sttc_2": data.spike_time_tilings(7.5),
        "ccg_peak": peak,
        "ccg_lag": lag,
        "latency_mean": mean,
        "latency_std": deviation,
        "resampled_isi": data.resampled_isi(numpy.arange(data.start_time, 800.0, 12.5), sigma_ms=30),
        "sliding_rate": data.sliding_rate(150, step_size=40),
    }


def distance(ours, theirs):
    same = type(ours) is type(theirs) and ours.dtype == theirs.dtype and ours.shape == theirs.shape
    if not same or not (numpy.isnan(ours) == numpy.isnan(theirs)).all():
        return None
    return float(numpy.nanmax(numpy.abs(ours - theirs), initial=0))


def compare(path, theirs):
    with open(path, "rb") as file:
        ours = pickle.load(file)
    error, differ = 0.0, []
    for name, wanted in theirs.__dict__.items():
        found = ours.__dict__.get(name)
        if isinstance(wanted, numpy.ndarray):
            own = distance(found, wanted)
            error = None if own is None or error is None else max(error, own)
        else:
            if name == "metadata":
                found = {key: value for key, value in found.items() if key != "sluice"}
            if found != wanted:
                differ.append(name)
    return {
        "alike": type(ours) is type(theirs) and list(ours.__dict__) == list(theirs.__dict__),
        "type": type(ours).__name__,
        "error": error,
        "differ": differ,
    }


warnings.simplefilter("ignore")
question = json.loads(Path(sys.argv[1]).read_text())
names = {"spike_times_dataset": "spike_times", "spike_times_index_dataset": "spike_times_index"}
objects = computed(load_spikedata_from_hdf5(question["recording"], **names))
pickles = question["pickles"]
print(json.dumps({name: [compare(path, objects[name]) for path in paths] for name, paths in pickles.items()}))
