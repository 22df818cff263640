"""Writes a stack with tifffile and prints what it took as one JSON line.

usage: write_ome_tiff.py RAW DTYPE FRAMES OUT MODE, where MODE is none, zlib-1 (all workers) or zlib-default; with
WITHOUT_IMAGECODECS=1 as tifffile alone is installed, with Python's zlib instead of libdeflate
"""

import json
import os
import resource
import sys
import time

import numpy

if os.environ.get("WITHOUT_IMAGECODECS") == "1":
    sys.modules["imagecodecs"] = None
import tifffile  # noqa: E402

raw, dtype, frames, out, mode = sys.argv[1:6]
frames = int(frames)
pool = numpy.fromfile(raw, dtype=dtype).reshape(-1, 512, 512)
options = {
    "none": {},
    "zlib-1": {"compression": "zlib", "compressionargs": {"level": 1}, "maxworkers": os.cpu_count()},
    "zlib-default": {"compression": "zlib"},
}[mode]

start = time.perf_counter()
with tifffile.TiffWriter(out, ome=True) as writer:
    writer.write(
        (pool[i % len(pool)] for i in range(frames)),
        shape=(frames, 512, 512),
        dtype=pool.dtype,
        photometric="minisblack",
        metadata={"axes": "TYX"},
        **options,
    )
# The other side makes its file durable before it says that it is done.
with open(out, "rb+") as file:
    os.fsync(file.fileno())
seconds = time.perf_counter() - start

print(
    json.dumps(
        {
            "seconds": seconds,
            "bytes": frames * pool[0].nbytes,
            "stored": os.path.getsize(out),
            "rss": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
        }
    )
)
