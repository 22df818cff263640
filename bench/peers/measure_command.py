"""Runs a command to its end and prints how long it took, its highest resident memory and what it left in a folder.

usage: measure_command.py FOLDER BYTES COMMAND...
"""

import json
import os
import resource
import subprocess
import sys
import time
from pathlib import Path

folder, payload, *command = sys.argv[1:]
start = time.perf_counter()
subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
# Ours leaves files that are durable: the peer's are not yet on the disk.
os.sync()
seconds = time.perf_counter() - start
usage = resource.getrusage(resource.RUSAGE_CHILDREN)
print(
    json.dumps(
        {
            "seconds": seconds,
            "bytes": int(payload),
            "stored": sum(path.stat().st_size for path in Path(folder).iterdir()),
            "rss": usage.ru_maxrss * 1024,
        }
    )
)
