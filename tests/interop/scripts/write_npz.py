"""Saves arrays of every kind with numpy; says the digest of each in C order, little endian, as JSON.

Input: {"folder": PATH}; writes plain.npz, packed.npz and one .npy for each array.
"""

import hashlib
import json
import sys
from pathlib import Path

import numpy

folder = Path(json.loads(Path(sys.argv[1]).read_text())["folder"])
random = numpy.random.default_rng(3)
kinds = "b1 i1 i2 i4 i8 u1 u2 u4 u8 f2 f4 f8 c8 c16".split()
arrays = {}
for kind in kinds:
    for order in "<>":
        for layout in "CF":
            for shape in [(5,), (3, 4), (2, 3, 5), (0, 3)]:
                raw = random.integers(0, 200, shape + (2,))
                values = (raw[..., 0] + 1j * raw[..., 1]) if kind[0] == "c" else raw[..., 0] % 2 if kind == "b1" else raw[..., 0]
                values = values.astype(f"{order}{kind}").copy(order=layout)
                arrays[f"{kind}_{'little' if order == '<' else 'big'}_{layout}_{len(shape)}_{shape[0]}"] = values

numpy.savez(folder / "plain.npz", **arrays)
numpy.savez_compressed(folder / "packed.npz", **arrays)
numpy.save(folder / "one.npy", arrays["f4_big_F_3_2"])


def digest(array):
    little = numpy.ascontiguousarray(array.astype(array.dtype.newbyteorder("<")))
    return {"dtype": array.dtype.name, "shape": list(array.shape), "sha256": hashlib.sha256(little.tobytes()).hexdigest()}


print(json.dumps({key: digest(array) for key, array in arrays.items()}))
