"""Makes recordings with SpikeLab, and compares what our steps made of them with what SpikeLab computes.

Input: {"make": folder}, or {"compare": folder, "measures": path of our NPZ}, or {"thresholds": [{"path": our HDF5,
"options": arguments of from_thresholding}], "traces": path}.
"""

import json
import sys
import warnings
from pathlib import Path

import numpy
from spikelab.data_loaders.data_loaders import load_spikedata_from_hdf5
from spikelab.spikedata.spikedata import SpikeData

NAMES = {
    "spike_times_dataset": "spike_times",
    "spike_times_index_dataset": "spike_times_index",
    "raw_dataset": "raw",
    "raw_time_dataset": "raw_time",
}
FS = 20_000
LENGTH = 4000.3


def make(folder):
    """Spikes around an event at 0, with common bursts and a silent unit; raw traces of four channels."""
    random = numpy.random.default_rng(11)
    bursts = [-300.0, 700.0, 1600.0, 2900.0]
    trains = []
    for unit in range(6):
        spikes = random.uniform(-1000, LENGTH - 1000, 30 * unit + 3)
        extra = [center + random.normal(0, 25, 12) for center in bursts]
        trains.append(numpy.sort(numpy.concatenate([spikes, *extra]) if unit else spikes))
    trains.append(numpy.array([]))
    traces = random.normal(0, 10, (4, 30_000)) + 300 * numpy.sin(numpy.arange(30_000) / 900)
    for channel in range(3):
        for start in random.integers(0, 29_900, 25):
            traces[channel, start : start + 30] -= 150 * numpy.hanning(30)
    SpikeData(trains, start_time=-1000.0, length=LENGTH).to_hdf5(str(Path(folder) / "spikes.h5"))
    numpy.save(Path(folder) / "traces.npy", traces.astype("<i2"))
    return {"units": len(trains)}


def measures(data):
    """What SpikeLab computes, by the names of our arrays."""
    bursts, edges, amplitudes = data.get_bursts(1.5, 300, 0.3, gauss_sigma=50)
    active, per_burst, backbone = data.get_frac_active(edges, 2, 0.5)
    times = numpy.arange(data.start_time, data.start_time + data.length, 25.0)
    latency_mean, latency_std = data.get_pairwise_latencies(window_ms=200)
    sliding = data.sliding_rate(150, step_size=40, gauss_sigma=60)
    violations = data.curate_by_isi_violations(threshold_ms=2.5)[1]["metric"]
    hill = data.curate_by_isi_violations(threshold_ms=2.5, method="hill")[1]["metric"]
    return {
        "rates": data.rates("Hz"),
        "binned": data.binned(17),
        "binned_mean_rate": data.binned_meanrate(17, unit="Hz"),
        "raster": data.raster(13),
        "sparse_raster_indices": data.sparse_raster(9).indices,
        "sparse_raster_indptr": data.sparse_raster(9).indptr,
        "cv": data.cv_isi(),
        "cv2": data.cv2_isi(),
        "sttc": data.spike_time_tilings(15).matrix,
        "ccg_peak": data.get_pairwise_ccg(bin_size=2, max_lag=60)[0].matrix,
        "latencies": data.latencies([-500, 0, 812.5], 150),
        "latency_mean": latency_mean.matrix,
        "latency_std": latency_std.matrix,
        "resampled_isi": data.resampled_isi(times, sigma_ms=60).inst_Frate_data,
        "sliding_rate": 1e3 * sliding.inst_Frate_data,
        "population_rate": data.get_pop_rate(15, 40, 2.0),
        "bursts/peak": bursts + data.start_time,
        "bursts/start": edges[:, 0] + data.start_time,
        "bursts/end": edges[:, 1] + data.start_time,
        "bursts/amplitude": amplitudes,
        "burst_participation": active,
        "burst_active_fraction": per_burst,
        "burst_backbone": numpy.isin(numpy.arange(data.N), backbone).astype(int),
        "isi_violations_fraction": violations,
        "isi_violations_hill": hill,
    }


def compare(folder, path):
    data = load_spikedata_from_hdf5(
        str(Path(folder) / "spikes.h5"),
        spike_times_dataset="spike_times",
        spike_times_index_dataset="spike_times_index",
    )
    ours = numpy.load(path, allow_pickle=False)
    found = {}
    for name, theirs in measures(data).items():
        key = f"spikes/{name}"
        if key not in ours:
            continue
        theirs, mine = numpy.asarray(theirs, float), ours[key].astype(float)
        same = mine.shape == theirs.shape and bool((numpy.isnan(mine) == numpy.isnan(theirs)).all())
        error = float(numpy.nanmax(numpy.abs(mine - theirs))) if same else None
        found[name] = {"shape": list(mine.shape), "same": same, "error": error}
    return found


def thresholds(path, cases):
    traces = numpy.load(path).astype(float)
    found = []
    for case in cases:
        theirs = SpikeData.from_thresholding(traces, fs_Hz=FS, **case["options"])
        ours = load_spikedata_from_hdf5(case["path"], **NAMES)
        pairs = list(zip(theirs.train, ours.train))
        same = [len(a) for a, _ in pairs] == [len(b) for _, b in pairs]
        error = max((float(abs(a - b).max()) for a, b in pairs if len(a)), default=0.0) if same else None
        raw = bool((ours.raw_data == traces).all())
        found.append({"spikes": sum(len(a) for a in theirs.train), "same": same, "error": error, "raw": raw})
    return found


warnings.simplefilter("ignore")
question = json.loads(Path(sys.argv[1]).read_text())
if "make" in question:
    print(json.dumps(make(question["make"])))
elif "compare" in question:
    print(json.dumps(compare(question["compare"], question["measures"])))
else:
    print(json.dumps(thresholds(question["traces"], question["thresholds"])))
