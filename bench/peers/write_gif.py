"""Writes an annotated GIF with playNano and prints what it took as one JSON line.

usage: write_gif.py RAW FRAMES FOLDER; a color range of percentiles 1 to 99, as its command line has it
"""

import json
import os
import resource
import sys
import time

import numpy
from playnano.afm_stack import AFMImageStack
from playnano.io.gif_export import export_gif

raw, frames, folder = sys.argv[1:4]
frames = int(frames)
pool = numpy.fromfile(raw, dtype="<f4").reshape(-1, 512, 512)
stack = AFMImageStack(
    pool[numpy.arange(frames) % len(pool)],
    pixel_size_nm=1.0,
    channel="height_trace",
    file_path="bench",
    frame_metadata=[{"timestamp": float(index)} for index in range(frames)],
)

start = time.perf_counter()
export_gif(stack, True, folder, "peer", 100, zmin="auto", zmax="auto")
(path,) = [os.path.join(folder, name) for name in os.listdir(folder)]
# The other side makes its file durable before it says that it is done.
with open(path, "rb+") as file:
    os.fsync(file.fileno())
seconds = time.perf_counter() - start

print(
    json.dumps(
        {
            "seconds": seconds,
            "bytes": frames * pool[0].nbytes,
            "stored": os.path.getsize(path),
            "rss": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
        }
    )
)
