"""Finds spikes in raw traces [channel, sample] of an .npy file with SpikeLab and prints what it took as one JSON line.

usage: threshold_spikes.py NPY RATE_HZ
"""

import json
import resource
import sys
import time
import warnings

import numpy
from spikelab.spikedata.spikedata import SpikeData

path, rate = sys.argv[1], float(sys.argv[2])
warnings.simplefilter("ignore")

start = time.perf_counter()
raw = numpy.load(path)
data = SpikeData.from_thresholding(raw.astype(numpy.float64), fs_Hz=rate)
seconds = time.perf_counter() - start

print(
    json.dumps(
        {
            "seconds": seconds,
            "bytes": raw.nbytes,
            "stored": sum(len(train) for train in data.train),
            "rss": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
        }
    )
)
