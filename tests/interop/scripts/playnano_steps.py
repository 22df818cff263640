"""Runs steps of playNano on movies, in float64, and tells what comes out.

Input: a list of {"movie": path of float64, "shape", "steps": [[name, parameters], ...], "out": path for the movie}.
Reply, for each: {"shape", "shifts": of alignments, "results": of analysis modules, by name, without their summaries}.
"""

import json
import sys
import types
from pathlib import Path

# Imported by an exporter of videos alone.
sys.modules["cv2"] = types.ModuleType("cv2")

import numpy as np
from playnano.afm_stack import AFMImageStack
from playnano.analysis.modules.count_nonzero import CountNonzeroModule
from playnano.analysis.modules.dbscan_clustering import DBSCANClusteringModule
from playnano.analysis.modules.feature_detection import FeatureDetectionModule
from playnano.analysis.modules.k_means_clustering import KMeansClusteringModule
from playnano.analysis.modules.log_blob_detection import LoGBlobDetectionModule
from playnano.analysis.modules.particle_tracking import ParticleTrackingModule
from playnano.analysis.modules.x_means_clustering import XMeansClusteringModule
from playnano.processing import masked_filters, stack_edit, video_processing
from playnano.processing.filters import register_filters
from playnano.processing.mask_generators import register_masking

FILTERS = register_filters()
MASKS = register_masking()
MASKED = masked_filters.register_mask_filters()
VIDEO = video_processing.register_video_processing()
EDITS = stack_edit.register_stack_edit_processing()
MODULES = {
    module().name: module
    for module in (
        CountNonzeroModule,
        FeatureDetectionModule,
        LoGBlobDetectionModule,
        ParticleTrackingModule,
        DBSCANClusteringModule,
        KMeansClusteringModule,
        XMeansClusteringModule,
    )
}


def plain(value):
    if isinstance(value, np.ndarray):
        return value.tolist()
    if isinstance(value, np.generic):
        return value.item()
    raise TypeError(type(value))


def run(job):
    data = np.fromfile(job["movie"], "<f8").reshape(job["shape"])
    mask, shifts, results = None, None, {}
    for name, parameters in job["steps"]:
        if name in MASKS:
            made = np.stack([MASKS[name](frame, **parameters) for frame in data])
            mask = made if mask is None else mask | made
        elif name in MODULES:
            stack = AFMImageStack(data, 1.0, "height", "movie", [{"timestamp": float(i)} for i in range(len(data))])
            if name == "feature_detection":
                results["mask"] = mask
                parameters = {"mask_key": "mask", **parameters}
            results[name] = MODULES[name]().run(stack, results, **parameters)
        elif name in VIDEO:
            data, facts = VIDEO[name](data, **parameters)
            shifts = facts.get("shifts", shifts)
        elif name in EDITS:
            edited = EDITS[name](data, **parameters)
            data = edited if name == "drop_frames" else stack_edit.drop_frames(data, edited)
        elif mask is not None and name in MASKED:
            data = np.stack([MASKED[name](frame, one, **parameters) for frame, one in zip(data, mask)])
        else:
            data = np.stack([FILTERS[name](frame, **parameters) for frame in data])
    np.ascontiguousarray(data, "<f8").tofile(job["out"])
    found = {
        name: {key: value for key, value in result.items() if key not in ("labeled_masks", "track_masks", "summary")}
        for name, result in results.items()
        if name != "mask"
    }
    return {"shape": list(data.shape), "shifts": shifts, "results": found}


jobs = json.loads(Path(sys.argv[1]).read_text())
print(json.dumps([run(job) for job in jobs], default=plain))
