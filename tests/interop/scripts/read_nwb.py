"""Reads NWB files with pynwb and validates them, and tells what they hold, as JSON.

Input: a list of paths. Values are those of pynwb's own objects; numbers of raw traces are in volts.
"""

import json
import sys
import warnings
from pathlib import Path

import numpy
import pynwb


def plain(value):
    if isinstance(value, numpy.ndarray):
        return [plain(item) for item in value.tolist()]
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, bytes):
        return value.decode()
    if isinstance(value, float) and value != value:
        return None
    return value.item() if isinstance(value, numpy.generic) else value


def table(rows):
    """Columns of one value for each row; references by the name of the object, regions by their rows."""
    columns = {}
    for name in rows.colnames:
        column = rows[name]
        if type(column).__name__ == "DynamicTableRegion":
            columns[name] = plain(column.data[:])
        elif type(column).__name__ == "VectorIndex":
            target = column.target
            ends = [0, *plain(column.data[:])]
            flat = plain(target.data[:])
            columns[name] = [flat[a:b] for a, b in zip(ends, ends[1:])]
        else:
            values = column.data[:]
            columns[name] = [getattr(value, "name", plain(value)) for value in values]
    return {"id": plain(rows.id.data[:]), "columns": columns}


def series(one):
    return {
        "type": type(one).__name__,
        "unit": one.unit,
        "rate": one.rate,
        "start": one.starting_time,
        "timestamps": None if one.timestamps is None else plain(one.timestamps[:]),
        "volts": plain(one.get_data_in_units()),
        "electrodes": plain(one.electrodes.data[:]),
        "description": one.description,
    }


def describe(file):
    subject = file.subject
    return {
        "start": file.session_start_time.isoformat(),
        "description": file.session_description,
        "identifier": file.identifier,
        "experimenter": plain(file.experimenter),
        "subject": None if subject is None else {k: plain(v) for k, v in subject.fields.items() if isinstance(v, str)},
        "units": None if file.units is None else table(file.units),
        "resolution": None if file.units is None else file.units.resolution,
        "electrodes": None if file.electrodes is None else table(file.electrodes),
        "groups": {name: [group.location, group.device.name] for name, group in file.electrode_groups.items()},
        "series": {name: series(one) for name, one in file.acquisition.items()},
        "trials": None if file.trials is None else table(file.trials),
        "epochs": None if file.epochs is None else table(file.epochs),
    }


def errors(path):
    """Before 3.0 pynwb takes several paths, and gives a status beside the errors."""
    early = int(pynwb.__version__.split(".")[0]) < 3
    found = pynwb.validate(paths=[path])[0] if early else pynwb.validate(path=path)
    return [str(error) for error in found]


def read(path):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        with pynwb.NWBHDF5IO(path, "r", load_namespaces=True) as io:
            found = describe(io.read())
        return {**found, "errors": errors(path), "warnings": [str(warning.message) for warning in caught]}


print(json.dumps([read(path) for path in json.loads(Path(sys.argv[1]).read_text())]))
