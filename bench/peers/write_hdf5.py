"""Writes an HDF5 file with h5py and prints what it took as one JSON line.

usage: write_hdf5.py JOB RAW COUNT OUT, JOB as in cases/hdf5.ts
"""

import json
import os
import resource
import sys
import time

import h5py
import numpy

job, raw, count, out = sys.argv[1:5]
count = int(count)
PIECE_BYTES = 2**20


def write_stack(file):
    frames_at_once = PIECE_BYTES // pool[0].nbytes
    kind = job.split(" ")[1]
    options = {
        "none": {},
        "gzip": {"compression": "gzip", "compression_opts": 4},
        "shuffle": {"compression": "gzip", "compression_opts": 4, "shuffle": True},
    }[kind]
    movie = file.create_dataset(
        "movie", shape=(count, 512, 512), maxshape=(None, 512, 512), dtype=pool.dtype, chunks=(1, 512, 512), **options
    )
    for frame in range(0, count, frames_at_once):
        start = frame % len(pool)
        movie[frame : frame + frames_at_once] = pool[start : start + frames_at_once]
    return count * pool[0].nbytes


def write_small(file):
    values = numpy.arange(100) / 7
    for index in range(count):
        file.create_dataset(f"trial_{index}", data=values)
    return count * values.nbytes


def write_groups(file):
    for index in range(count):
        attributes = file.create_group(f"unit_{index}").attrs
        attributes["id"] = index
        attributes["rate"] = index / 7
        attributes["label"] = f"unit {index}"
        attributes["good"] = index % 2 == 0
        attributes["position"] = numpy.array([index, index + 1.0, index + 2.0])
    return count * (8 + 8 + 10 + 1 + 24)


dtypes = {"uint16": "<u2", "float32": "<f4", "bool": "?"}
if raw:
    pool = numpy.fromfile(raw, dtype=dtypes[job.split(" ")[0]]).reshape(-1, 512, 512)
write = {"small": write_small, "groups": write_groups}.get(job, write_stack)

start = time.perf_counter()
with h5py.File(out, "w") as file:
    size = write(file)
# The other side makes its file durable before it says that it is done.
with open(out, "rb+") as file:
    os.fsync(file.fileno())
seconds = time.perf_counter() - start

print(
    json.dumps(
        {
            "seconds": seconds,
            "bytes": size,
            "stored": os.path.getsize(out),
            "rss": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
        }
    )
)
