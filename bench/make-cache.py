"""Makes a hashcache folder for the benchmarks: make-cache.py FOLDER COUNT ARRAY_BYTES

One record is really dumped by joblib; every entry is that file with the fields of fixed width (hash, run-at,
first argument) replaced in its bytes, so that making 20,000 of them takes seconds.
"""
import hashlib
import io
import os
import struct
import sys

import joblib
import numpy as np

folder, count, array_bytes = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
HASH, STEPS, RUN_AT = "5eed" * 10, 987654321, 1751328000.4375

output = {
    "energy": -3.7281946,
    "converged": True,
    "forces": np.random.default_rng(0).normal(size=max(4, array_bytes // 8)),
}
record = {
    "output": output,
    "hash": HASH,
    "func": "relax",
    "module": "alloys.relax",
    "args": ("Cu",),
    "kwargs": {"steps": STEPS},
    "standardized-kwargs": {"element": "Cu", "steps": STEPS, "fmax": 0.01, "kpoints": (8, 8, 8)},
    "version": "0.1.0",
    "cwd": "/home/ana/projects/alloys",
    "hostname": "node0412.cluster.example.edu",
    "user": "ana",
    "run-at": RUN_AT,
    "run-at-human": "Tue Jul  1 00:00:00 2025",
    "elapsed_time": 453.25,
}
stream = io.BytesIO()
joblib.dump(record, stream)
template = stream.getvalue()
# The output comes first in a record, as pycse writes it; the fields that differ all stand behind it.
split = template.index(HASH.encode()) - 16
head, tail = template[:split], template[split:]

for i in range(count):
    key = hashlib.sha1(b"bench %d" % i).hexdigest()
    end = (
        tail.replace(HASH.encode(), key.encode())
        .replace(b"J" + struct.pack("<i", STEPS), b"J" + struct.pack("<i", 10_000_000 + i))
        .replace(b"G" + struct.pack(">d", RUN_AT), b"G" + struct.pack(">d", RUN_AT + 61.5 * i))
    )
    shard = os.path.join(folder, key[:2])
    os.makedirs(shard, exist_ok=True)
    with open(os.path.join(shard, key), "wb") as file:
        file.write(head)
        file.write(end)
