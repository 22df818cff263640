"""What nwbinspector finds in NWB files, under its own configuration and DANDI's, as JSON.

Input: a list of paths.
"""

import json
import sys
from pathlib import Path

from nwbinspector import Importance, inspect_nwbfile, load_config


def findings(path, config):
    options = {} if config is None else {"config": load_config(config)}
    found = inspect_nwbfile(nwbfile_path=path, importance_threshold=Importance.BEST_PRACTICE_SUGGESTION, **options)
    return [{"check": m.check_function_name, "importance": m.importance.name, "message": m.message} for m in found]


paths = json.loads(Path(sys.argv[1]).read_text())
print(json.dumps([{"own": findings(path, None), "dandi": findings(path, "dandi")} for path in paths]))
