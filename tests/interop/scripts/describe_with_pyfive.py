"""Says, as JSON, what pyfive reads from HDF5 files; a JSON file, the argument, lists each with the paths of its objects.
The answer has the elements of a dataset by its path, those of an attribute by `PATH@NAME`, and text where it cannot."""

import json
import pathlib
import struct
import sys

import numpy
import pyfive


def describe(path, objects):
    found = {}
    with pyfive.File(path) as file:
        for place in objects:
            child = attempted(lambda: file[place])  # noqa: B023
            attributes = attempted(lambda: dict(child.attrs))  # noqa: B023
            if isinstance(attributes, str):
                found[f"{place}@"] = attributes
            else:
                found |= {f"{place}@{name}": attempted(lambda: elements(value)) for name, value in attributes.items()}  # noqa: B023
            if not isinstance(child, pyfive.Group):
                found[place] = attempted(lambda: elements(child[()]))  # noqa: B023
    return found


def attempted(read):
    """What is read, or why it cannot be: pyfive raises whatever comes."""
    try:
        return read()
    except Exception as error:
        return f"{type(error).__name__}: {error}"


def elements(value):
    if isinstance(value, pyfive.Empty):
        return []
    return [element(one) for one in (value.reshape(-1) if isinstance(value, numpy.ndarray) else [value])]


def element(value):
    """An element in the form of PlainElement."""
    match value:
        case numpy.void():
            return [element(value[name]) for name in value.dtype.names]
        case numpy.integer():
            return str(int(value))
        case numpy.floating():
            return bits_of(value)
        case numpy.complexfloating():
            return [bits_of(value.real), bits_of(value.imag)]
        case bytes():
            return value.rstrip(b"\0").decode()
        case str():
            return value
    raise ValueError(f"a {type(value).__name__}")


def bits_of(number):
    return "nan" if numpy.isnan(number) else struct.pack(">d", float(number)).hex()


question = json.loads(pathlib.Path(sys.argv[1]).read_text(encoding="utf-8"))
print(json.dumps([describe(file["path"], file["objects"]) for file in question]))
