"""Loads pickles with SpikeLab's own loader and tells what they hold, as JSON; and whether Python would write the same.

Input: a list of paths. `sameOpcodes`: an object that SpikeLab's constructor makes of the same values, pickled at the same
protocol, has the same opcodes; where NumPy keeps a function, and how long frames are, left aside. At protocol 5 NumPy names a
function that no module has in both of its generations: ours has the opcodes of protocol 4. `sameFields`: its fields are
equal, in value and type.
"""

import json
import pickle
import pickletools
import sys
import warnings
from pathlib import Path

import numpy
from spikelab.data_loaders import load_spikedata_from_pickle
from spikelab.spikedata.spikedata import SpikeData


def describe(path):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        data = load_spikedata_from_pickle(path)
    bare = data.raw_data.size == 0
    # Unpickled arrays have types of their own, which pickle tells apart: these are as anybody makes them.
    made = SpikeData(
        [numpy.array(train.tolist(), dtype=float) for train in data.train],
        length=data.length,
        start_time=data.start_time,
        neuron_attributes=data.neuron_attributes,
        metadata=data.metadata,
        **({} if bare else {"raw_data": data.raw_data, "raw_time": data.raw_time}),
    )
    content = Path(path).read_bytes()
    return {
        "units": data.N,
        "trains": [train.tolist() for train in data.train],
        "startMs": data.start_time,
        "lengthMs": data.length,
        "raw": data.raw_data.tolist(),
        "rawType": data.raw_data.dtype.str,
        "rawTimesMs": data.raw_time.tolist(),
        "metadata": data.metadata,
        "neuronAttributes": data.neuron_attributes,
        "sameFields": set(made.__dict__) == set(data.__dict__)
        and all(equal(made.__dict__[name], data.__dict__[name]) for name in made.__dict__),
        "sameOpcodes": opcodes(content) == opcodes(pickle.dumps(made, protocol=min(4, content[1]))),
        "warnings": [str(warning.message) for warning in caught],
    }


def equal(one, other):
    if type(one) is not type(other):
        return False
    if isinstance(one, numpy.ndarray):
        return one.dtype == other.dtype and numpy.array_equal(one, other)
    if isinstance(one, list):
        return len(one) == len(other) and all(equal(a, b) for a, b in zip(one, other))
    return one == other


def opcodes(content):
    found = [(opcode.name, argument) for opcode, argument, _ in pickletools.genops(content)]
    return [
        (name, argument.replace("numpy._core", "numpy.core") if isinstance(argument, str) else argument)
        for name, argument in found
        if name not in ("PROTO", "FRAME")
    ]


paths = json.loads(Path(sys.argv[1]).read_text())
print(json.dumps([describe(path) for path in paths]))
