"""Makes the frames that both sides write: usage: make_frames.py OUT_U16 OUT_F32 OUT_MASKS

u16: photon counts of a 12-bit detector (Poisson on a smooth scene). f32: an AFM-like surface in nm with line noise.
masks: discs, one byte a pixel.
"""

import sys

import numpy

random = numpy.random.default_rng(1)
y, x = numpy.mgrid[0:512, 0:512] / 512
u16, f32, masks = [], [], []
for index in range(32):
    blobs = sum(
        numpy.exp(-((x - cx) ** 2 + (y - cy) ** 2) / (2 * 0.02**2)) for cx, cy in random.random((40, 2))
    )
    u16.append(random.poisson(60 + 900 * blobs).clip(0, 4095).astype("<u2"))
    lines = random.normal(0, 0.3, (512, 1)).cumsum(0) * 0.05
    f32.append((20 * x - 12 * y + 5 * blobs + lines + random.normal(0, 0.15, (512, 512))).astype("<f4"))
random = numpy.random.default_rng(2)
for index in range(32):
    discs = [(x - cx) ** 2 + (y - cy) ** 2 < 0.0008 for cx, cy in random.random((40, 2))]
    masks.append(numpy.any(discs, axis=0))
numpy.stack(u16).tofile(sys.argv[1])
numpy.stack(f32).tofile(sys.argv[2])
numpy.stack(masks).tofile(sys.argv[3])
