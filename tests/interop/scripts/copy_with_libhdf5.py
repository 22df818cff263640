"""Copies HDF5 files, object by object, with one libhdf5 in its earliest and its latest format; a JSON file, the argument,
has the folder of the library, the files and the folder for the copies. Lists the copies as JSON."""

import json
import pathlib
import sys
from ctypes import c_uint

from describe_with_libhdf5 import Library

question = json.loads(pathlib.Path(sys.argv[1]).read_text(encoding="utf-8"))
h5 = Library(question["library"])
truncate, latest = c_uint(2), 1 if h5.version < (1, 10, 2) else h5.version[1] // 2 - 3
copies = []
for path in map(pathlib.Path, question["paths"]):
    for name, least in (("earliest", 0), ("latest", latest)):
        access = h5.open("H5Pcreate", h5.id.in_dll(h5.library, "H5P_CLS_FILE_ACCESS_ID_g"))
        h5.call("H5Pset_libver_bounds", access, least, latest)
        target = pathlib.Path(question["folder"]) / f"{'.'.join(map(str, h5.version))}-{name}-{path.name}"
        source = h5.open("H5Fopen", str(path).encode(), c_uint(0), h5.id(0))
        file = h5.open("H5Fcreate", str(target).encode(), truncate, h5.id(0), access)
        h5.call("H5Ocopy", source, b"/", file, b"copied", h5.id(0), h5.id(0))
        h5.call("H5Fclose", file)
        h5.call("H5Fclose", source)
        copies.append(str(target))
print(json.dumps({"version": list(h5.version), "copies": copies}))
