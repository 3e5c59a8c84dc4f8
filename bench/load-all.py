"""The obvious loop: joblib.load of every entry, keeping what a listing shows. Prints seconds, processor seconds and entries as JSON."""
import json
import os
import sys
import time

import joblib

started = time.perf_counter()
processor = time.process_time()
rows = []
for folder, _, names in os.walk(sys.argv[1]):
    for name in names:
        record = joblib.load(os.path.join(folder, name))
        rows.append((record["func"], record["standardized-kwargs"], record["run-at"], record["elapsed_time"]))
seconds, processor = time.perf_counter() - started, time.process_time() - processor
print(json.dumps({"seconds": seconds, "processorSeconds": processor, "entries": len(rows)}))
