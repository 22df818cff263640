"""Tells what phylib, SpikeInterface, SpikeLab and numpy find in folders of KiloSort and Phy, as JSON.

Input: a list of {"folder", "samplingRateHz", "phy"}; without "phy" SpikeLab and numpy alone.
"""

import json
import os
import sys
import warnings
from pathlib import Path

import numpy as np
import numpy.lib._format_impl
import numpy.lib.format

# phylib 2.6.0 imports what NumPy 2.3 keeps elsewhere.
for name in ("_check_version", "_write_array_header"):
    setattr(numpy.lib.format, name, getattr(numpy.lib._format_impl, name))

from phylib.io.model import load_model
from spikeinterface.extractors.phykilosortextractors import read_kilosort, read_phy
from spikelab.data_loaders import load_spikedata_from_kilosort


def numpy_files(folder):
    arrays = {path.name: np.load(path, allow_pickle=False) for path in sorted(folder.glob("*.npy"))}
    return {name: {"type": str(array.dtype), "shape": array.shape} for name, array in arrays.items()}


def phylib_model(folder):
    model = load_model(folder / "params.py")
    found = {
        "samples": model.spike_samples.tolist(),
        "clusters": model.spike_clusters.tolist(),
        "templates": model.spike_templates.tolist(),
        "amplitudes": None if model.amplitudes is None else model.amplitudes.tolist(),
        "channels": model.channel_mapping.tolist(),
        "positions": model.channel_positions.tolist(),
        "labels": {str(key): value for key, value in model.metadata.get("label", {}).items()},
        "groups": {str(key): value for key, value in model.metadata.get("group", {}).items()},
        "bestChannels": [int(model.get_template(int(index)).best_channel) for index in model.template_ids],
        "firstTemplate": model.get_template(int(model.template_ids[0])).template.tolist(),
        "traces": None if model.traces is None else np.asarray(model.traces[:4]).tolist(),
        "duration": float(model.duration),
    }
    model.close()
    return found


def sorting(extractor):
    return {
        "ids": [int(unit) for unit in extractor.unit_ids],
        "rateHz": float(extractor.sampling_frequency),
        "trains": [extractor.get_unit_spike_train(unit).tolist() for unit in extractor.unit_ids],
        "properties": {
            key: [str(value) for value in extractor.get_property(key)] for key in extractor.get_property_keys()
        },
    }


def spikelab(folder, rate):
    table = "cluster_info.tsv" if (folder / "cluster_info.tsv").exists() else None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        data = load_spikedata_from_kilosort(str(folder), fs_Hz=rate, cluster_info_tsv=table)
    return {
        "trainsMs": [train.tolist() for train in data.train],
        "electrodes": None if data.electrodes is None else [int(electrode) for electrode in data.electrodes],
        "clusterIds": [int(cluster) for cluster in data.metadata["cluster_ids"]],
    }


def describe(question):
    folder = Path(question["folder"])
    before = sorted(os.listdir(folder))
    found = {"numpy": numpy_files(folder), "spikelab": spikelab(folder, question["samplingRateHz"])}
    if question["phy"]:
        found["phylib"] = phylib_model(folder)
        found["readPhy"] = sorting(read_phy(folder))
        found["readKilosort"] = sorting(read_kilosort(folder))
    found["untouched"] = sorted(os.listdir(folder)) == before
    return found


with open(sys.argv[1]) as file:
    print(json.dumps([describe(question) for question in json.load(file)]))
