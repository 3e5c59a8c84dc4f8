"""
Makes a cache of two records, one with a small array and one with an array of so many bytes (doubles, a square):
make-large-array.py fs|lmdb|sqlite PLACE BYTES. Prints the keys of the small and of the large one.
"""
import hashlib
import os
import pickle
import sqlite3
import sys

import joblib
import numpy as np

kind, place, size = sys.argv[1], sys.argv[2], int(sys.argv[3])


def record_of(name, side):
    rows = np.linspace(-3, 3, side)
    array = np.random.default_rng(0).random((side, side))
    array += np.sin(rows)[:, None]
    array += np.cos(2 * rows)
    return {
        "output": array,
        "hash": hashlib.sha1(name.encode()).hexdigest(),
        "func": name,
        "module": "labs",
        "args": (),
        "kwargs": {},
        "standardized-kwargs": {},
        "version": "0.1.0",
        "run-at": 1751328000.0,
        "elapsed_time": 12.5,
    }


def put(record):
    key = record["hash"]
    if kind == "fs":
        os.makedirs(os.path.join(place, key[:2]))
        joblib.dump(record, os.path.join(place, key[:2], key))
    elif kind == "lmdb":
        import lmdb

        with lmdb.open(place, map_size=2 * size + (64 << 20)) as environment, environment.begin(write=True) as transaction:
            transaction.put(key.encode(), pickle.dumps(record, protocol=5))
    else:
        with sqlite3.connect(place) as database:
            database.execute("CREATE TABLE IF NOT EXISTS cache (hash TEXT PRIMARY KEY, value BLOB)")
            database.execute("INSERT INTO cache VALUES (?, ?)", (key, pickle.dumps(record, protocol=5)))
        database.close()
    print(key)


put(record_of("small", 300))
put(record_of("large", int((size / 8) ** 0.5)))
