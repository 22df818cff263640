"""Saves units as SpikeLab's sorter does, and compares what its loader makes of the file with what became of it here.

Input: {"make": path}, or {"npz": path, "pickle": ours, "hdf5": ours}.
"""

import json
import pickle
import sys
from pathlib import Path

import numpy
from spikelab.data_loaders import load_spikedata_from_hdf5, load_spikedata_from_spikelab_sorted_npz


def make(path):
    """The keys of `Compiler.save_results` of spikelab.spike_sorting.pipeline, with those of save_dl_data."""
    random = numpy.random.default_rng(4)
    units = []
    for index in range(4):
        template = random.normal(size=(82, 6)).astype("f4")[10:60]
        unit = {
            "unit_id": 11 * index,
            "spike_train": random.integers(0, 2**34, 40 * index),
            "x_max": float(index),
            "y_max": 17.5,
            "template": template,
            "sorted_index": index,
            "max_channel_si": int(numpy.abs(template).max(axis=0).argmax()),
            "max_channel_id": numpy.str_(f"ch µ{index}"),
            "peak_sign": "negative",
            "peak_ind": numpy.abs(template).argmax(axis=0),
            "amplitudes": numpy.abs(template).max(axis=0),
            "std_norms": random.uniform(size=6),
            "electrode": numpy.int32(3 + index),
        }
        units.append(unit)
    numpy.savez(path, units=units, locations=random.uniform(0, 100, (6, 2)), fs=20000.0)
    return {}


def compare(npz, pickled, hdf5):
    theirs = load_spikedata_from_spikelab_sorted_npz(npz)
    with open(pickled, "rb") as file:
        ours = pickle.load(file)
    names = {"spike_times_dataset": "spike_times", "spike_times_index_dataset": "spike_times_index"}
    read = load_spikedata_from_hdf5(hdf5, **names)
    places = [[attributes["x"], attributes["y"]] for attributes in ours.neuron_attributes]
    shared = ["unit_id", "electrode", "peak_sign", "max_channel_id"]
    pick = lambda data: [[attributes[key] for key in shared] for attributes in data.neuron_attributes]
    return {
        "trains": all((a == b).all() and len(a) == len(b) for a, b in zip(theirs.train, ours.train, strict=True)),
        "hdf5": all(numpy.allclose(a, b, rtol=1e-15) for a, b in zip(theirs.train, read.train, strict=True)),
        "spikes": sum(len(train) for train in ours.train),
        "lengths": [theirs.length, ours.length],
        "attributes": pick(theirs) == pick(ours),
        "arrays": all(
            a[key].dtype == b[key].dtype and a[key].shape == b[key].shape and (a[key] == b[key]).all()
            for key in ["template", "amplitudes", "std_norms"]
            for a, b in zip(theirs.neuron_attributes, ours.neuron_attributes, strict=True)
        ),
        "places": places == [attributes["location"] for attributes in theirs.neuron_attributes],
    }


question = json.loads(Path(sys.argv[1]).read_text())
made = make(question["make"]) if "make" in question else compare(question["npz"], question["pickle"], question["hdf5"])
print(json.dumps(made))
