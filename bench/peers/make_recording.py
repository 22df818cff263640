"""Makes raw traces [sample, channel] of int16 at 30 kHz with spikes in them, and sorted spike times.

usage: make_recording.py OUT_RAW CHANNELS SECONDS OUT_SPIKES UNITS SPIKES

OUT_RAW has no header: the minute that is drawn is repeated until it is as long as asked for. OUT_SPIKES are float64
seconds, as many for each unit, one unit after another.
"""

import sys

import numpy

raw, channels, seconds, spikes, units, count = sys.argv[1], *map(int, sys.argv[2:4]), sys.argv[4], *map(int, sys.argv[5:7])
rate = 30_000
drawn = min(60, seconds)
random = numpy.random.default_rng(5)
shape = -400 * numpy.exp(-0.5 * ((numpy.arange(40) - 12) / 4) ** 2)
traces = numpy.empty((drawn * rate, channels), "<i2")
for channel in range(channels):
    values = random.normal(0, 25, drawn * rate) + 200 * numpy.sin(numpy.arange(drawn * rate) / 3000 + channel)
    for start in random.integers(0, drawn * rate - 40, drawn * 5):
        values[start : start + 40] += shape
    traces[:, channel] = values
with open(raw, "wb") as file:
    for _ in range(seconds // drawn):
        traces.tofile(file)
numpy.sort(random.uniform(0, 3600, (units, count // units)), axis=1).astype("<f8").tofile(spikes)
