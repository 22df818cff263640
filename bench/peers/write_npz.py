"""Writes a stack with numpy and prints what it took as one JSON line.

usage: write_npz.py RAW DTYPE FRAMES OUT MODE, where MODE is compressed (zlib level 6) or stored
"""

import json
import os
import resource
import sys
import time

import numpy

raw, dtype, frames, out, mode = sys.argv[1:6]
frames = int(frames)
pool = numpy.fromfile(raw, dtype=dtype).reshape(-1, 512, 512)
save = {"compressed": numpy.savez_compressed, "stored": numpy.savez}[mode]

start = time.perf_counter()
# numpy wants the stack as a whole.
stack = pool[numpy.arange(frames) % len(pool)]
with open(out, "wb") as file:
    save(file, image=stack)
    file.flush()
    os.fsync(file.fileno())
seconds = time.perf_counter() - start

print(
    json.dumps(
        {
            "seconds": seconds,
            "bytes": stack.nbytes,
            "stored": os.path.getsize(out),
            "rss": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
        }
    )
)
