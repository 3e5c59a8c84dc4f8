"""
Loads the large record of such a cache and takes what a picture shows: load-large-array.py fs|lmdb|sqlite PLACE KEY.
Prints seconds and bytes of memory more than before (at most), as JSON. Importing is not counted.
"""
import json
import os
import pickle
import sqlite3
import sys
import time

import joblib
import lmdb
import numpy as np


def most_memory():
    """`ru_maxrss` begins with what the parent had before it became this program; this is the program's own."""
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmHWM")) * 1024


kind, place, key = sys.argv[1:]
np.zeros((300, 300)).mean()
before = most_memory()
started = time.perf_counter()
if kind == "fs":
    record = joblib.load(os.path.join(place, key[:2], key))
elif kind == "lmdb":
    with lmdb.open(place, readonly=True, lock=False) as environment, environment.begin() as transaction:
        record = pickle.loads(transaction.get(key.encode()))
else:
    with sqlite3.connect(f"file:{place}?mode=ro", uri=True) as database:
        record = pickle.loads(database.execute("SELECT value FROM cache WHERE hash = ?", (key,)).fetchone()[0])
array = record["output"]
step = max(1, len(array) // 500)
picture = array[::step, ::step].copy()
seconds = time.perf_counter() - started
print(json.dumps({"seconds": seconds, "memory": most_memory() - before, "cells": picture.size}))
