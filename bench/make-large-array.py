"""Makes a cache of one record whose output has so many bytes: make-large-array.py FOLDER BYTES"""
import hashlib
import os
import sys

import joblib
import numpy as np

folder, size = sys.argv[1], int(sys.argv[2])
key = hashlib.sha1(b"large").hexdigest()
side = int((size / 8) ** 0.5)
record = {
    "output": np.zeros((side, side)),
    "hash": key,
    "func": "density",
    "module": "labs",
    "args": (),
    "kwargs": {},
    "standardized-kwargs": {},
    "version": "0.1.0",
    "run-at": 1751328000.0,
    "elapsed_time": 12.5,
}
os.makedirs(os.path.join(folder, key[:2]))
joblib.dump(record, os.path.join(folder, key[:2], key))
print(key)
