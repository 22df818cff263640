"""Says, as JSON, what h5py reads from each of the files of Sluice's generic layout that a JSON file, the argument, lists.

Nothing is used but h5py and docs/formats/hdf5.md.
"""

import hashlib
import json
import pathlib
import sys

import h5py
import numpy


def describe(path):
    with h5py.File(path, "r") as file:
        assert file.attrs["sluice_layout"] == "sluice.generic"
        assert file.attrs["sluice_layout_version"] == 1
        return {
            "name": json.loads(file.attrs["sluice_dataset"]).get("name", ""),
            "records": texts(file, "records"),
            "metadata": texts(file, "metadata"),
            "steps": [json.loads(step) for step in file["provenance/steps"].asstr()[:]] if "provenance" in file else [],
            "arrays": dict(arrays(file["arrays"])) if "arrays" in file else {},
            "tables": dict(tables(file, file["tables"])) if "tables" in file else {},
        }


def name_of(item, path):
    return json.loads(item.attrs["sluice_name"]) if "sluice_name" in item.attrs else path


def texts(file, group):
    if group not in file:
        return {}
    return {name_of(item, name): json.loads(item.asstr()[()]) for name, item in file[group].items()}


def arrays(group, prefix=""):
    for key, item in group.items():
        path = f"{prefix}{key}"
        if isinstance(item, h5py.Dataset):
            yield name_of(item, path), describe_dense(item)
        elif "sluice_spec" in item.attrs:
            yield name_of(item, path), describe_ragged(item)
        else:
            yield from arrays(item, f"{path}/")


def describe_dense(dataset):
    spec = json.loads(dataset.attrs["sluice_spec"])
    labels = [axis.get("name", "") for axis in spec["axes"]]
    assert [dimension.label for dimension in dataset.dims] == labels
    assert dataset.attrs.get("units", "") == spec.get("unit", "")
    values = dataset[()]
    assert values.dtype.byteorder in "<=|"
    return {
        "dtype": values.dtype.name,
        "shape": list(values.shape),
        "sha256": hashlib.sha256(numpy.ascontiguousarray(values).tobytes()).hexdigest(),
    }


def describe_ragged(group):
    values, offsets = group["values"][:], group["offsets"][:]
    rows = [values[start:end].tobytes().hex() for start, end in zip(offsets[:-1], offsets[1:], strict=True)]
    return {"dtype": values.dtype.name, "rows": rows}


def tables(file, group, prefix=""):
    for key, item in group.items():
        path = f"{prefix}{key}"
        if "sluice_spec" in item.attrs:
            spec = json.loads(item.attrs["sluice_spec"])
            nulls = file.get(f"nulls/{path}", {})
            yield name_of(item, path), dict(columns(item, nulls, spec))
        else:
            yield from tables(file, item, f"{path}/")


def columns(group, nulls, spec):
    for key, dataset in group.items():
        kind = h5py.check_string_dtype(dataset.dtype)
        cells = list(dataset.asstr()[:]) if kind else [value.tobytes().hex() for value in dataset[:]]
        if key in nulls:
            assert nulls[key].dtype == bool
            cells = [None if null else cell for null, cell in zip(nulls[key][:], cells, strict=True)]
        yield name_of(dataset, key), {"dtype": "string" if kind else dataset.dtype.name, "cells": cells}


print(json.dumps([describe(path) for path in json.loads(pathlib.Path(sys.argv[1]).read_text(encoding="utf-8"))]))
