"""Makes raw traces [channel, sample] of int16 at 20 kHz with spikes in them.

usage: make_traces.py OUT_NPY CHANNELS SECONDS
"""

import sys

import numpy

path, channels, samples = sys.argv[1], int(sys.argv[2]), 20_000 * int(sys.argv[3])
random = numpy.random.default_rng(3)
spike = -400 * numpy.exp(-0.5 * ((numpy.arange(40) - 12) / 4) ** 2)
traces = numpy.empty((channels, samples), "<i2")
for channel in traces:
    values = random.normal(0, 25, samples) + 200 * numpy.sin(numpy.arange(samples) / 3000)
    for start in random.integers(0, samples - 40, samples // 4000):
        values[start : start + 40] += spike
    channel[:] = values
numpy.save(path, traces)
