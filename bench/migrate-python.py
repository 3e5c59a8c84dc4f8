"""Moves a cache with Python: migrate-python.py WAY DIRECTION FROM TO LIMIT; prints seconds by the clock and of the processor, and
how many entries were moved: the loops stop after LIMIT seconds.

WAY `loop`: the loader and the dumper of the hashcache articles, entry by entry: the value is loaded and dumped, each in
a transaction of its own. `copy`: the same loop with connections kept open and the bytes copied as they are.
`batched`: reads everything, then puts it in transactions of 1,000. Importing is not counted.
"""
import io
import itertools
import os
import sys
import time

import joblib

way, direction, source, target = sys.argv[1:5]
limit = float(sys.argv[5])
kinds = direction.split("-")
BATCH = 1_000
MAP = 2**30

if "lmdb" in kinds:
    import lmdb
if "sqlite" in kinds:
    import sqlite3
if "redis" in kinds:
    import redis

SCHEMA = "CREATE TABLE IF NOT EXISTS cache(hash TEXT unique, value BLOB)"


def fs_path(folder, key):
    return os.path.join(folder, key[:2], key)


def keys_of(kind, place):
    if kind == "fs":
        return [name for shard in os.listdir(place) for name in os.listdir(os.path.join(place, shard))]
    if kind == "lmdb":
        with lmdb.open(place, map_size=MAP) as db, db.begin() as txn:
            return [key.decode() for key in txn.cursor().iternext(values=False)]
    if kind == "sqlite":
        return [row[0] for row in sqlite3.connect(place).execute("SELECT hash FROM cache")]
    return [key.decode() for key in redis.Redis(port=int(place)).scan_iter(count=1000)]


# -- as in the articles: everything is opened for every entry, values are loaded and dumped


def load(kind, place, key):
    if kind == "fs":
        return joblib.load(fs_path(place, key))
    if kind == "lmdb":
        with lmdb.open(place, map_size=MAP) as db, db.begin() as txn:
            return joblib.load(io.BytesIO(txn.get(key.encode())))
    if kind == "sqlite":
        con = sqlite3.connect(place)
        row = con.execute("SELECT value FROM cache WHERE hash = ?", (key,)).fetchone()
        con.close()
        return joblib.load(io.BytesIO(row[0]))
    return joblib.load(io.BytesIO(redis.Redis(port=int(place)).get(key)))


def dump(kind, place, key, record):
    if kind == "fs":
        os.makedirs(os.path.join(place, key[:2]), exist_ok=True)
        joblib.dump(record, fs_path(place, key))
        return
    stream = io.BytesIO()
    joblib.dump(record, stream)
    value = stream.getvalue()
    if kind == "lmdb":
        with lmdb.open(place, map_size=MAP) as db, db.begin(write=True) as txn:
            txn.put(key.encode(), value)
    elif kind == "sqlite":
        con = sqlite3.connect(place)
        con.execute(SCHEMA)
        with con:
            con.execute("INSERT INTO cache(hash, value) VALUES (?, ?)", (key, value))
        con.close()
    else:
        redis.Redis(port=int(place)).set(key, value)


# -- connections kept open, bytes copied


class Fs:
    def __init__(self, place):
        self.place = place

    def get(self, key):
        with open(fs_path(self.place, key), "rb") as file:
            return file.read()

    def get_all(self, keys):
        return [(key, self.get(key)) for key in keys]

    def put(self, key, value):
        os.makedirs(os.path.join(self.place, key[:2]), exist_ok=True)
        with open(fs_path(self.place, key), "wb") as file:
            file.write(value)

    def put_many(self, pairs):
        for key, value in pairs:
            self.put(key, value)


class Lmdb:
    def __init__(self, place):
        self.db = lmdb.open(place, map_size=MAP)

    def get(self, key):
        with self.db.begin() as txn:
            return txn.get(key.encode())

    def get_all(self, keys):
        with self.db.begin() as txn:
            return [(key.decode(), value) for key, value in txn.cursor()]

    def put(self, key, value):
        with self.db.begin(write=True) as txn:
            txn.put(key.encode(), value)

    def put_many(self, pairs):
        with self.db.begin(write=True) as txn:
            for key, value in pairs:
                txn.put(key.encode(), value)


class Sqlite:
    def __init__(self, place):
        self.con = sqlite3.connect(place)
        self.con.execute(SCHEMA)

    def get(self, key):
        return self.con.execute("SELECT value FROM cache WHERE hash = ?", (key,)).fetchone()[0]

    def get_all(self, keys):
        return self.con.execute("SELECT hash, value FROM cache").fetchall()

    def put(self, key, value):
        with self.con:
            self.con.execute("INSERT INTO cache(hash, value) VALUES (?, ?)", (key, value))

    def put_many(self, pairs):
        with self.con:
            self.con.executemany("INSERT INTO cache(hash, value) VALUES (?, ?)", pairs)


class Redis:
    def __init__(self, place):
        self.db = redis.Redis(port=int(place))

    def get(self, key):
        return self.db.get(key)

    def get_all(self, keys):
        pairs = []
        for i in range(0, len(keys), BATCH):
            pairs.extend(zip(keys[i : i + BATCH], self.db.mget(keys[i : i + BATCH])))
        return pairs

    def put(self, key, value):
        self.db.set(key, value)

    def put_many(self, pairs):
        with self.db.pipeline(transaction=False) as pipe:
            for key, value in pairs:
                pipe.set(key, value)
            pipe.execute()


STORES = {"fs": Fs, "lmdb": Lmdb, "sqlite": Sqlite, "redis": Redis}

start, start_cpu = time.perf_counter(), time.process_time()
keys = keys_of(kinds[0], source)
moved = 0
if way == "loop":
    for key in keys:
        dump(kinds[1], target, key, load(kinds[0], source, key))
        moved += 1
        if time.perf_counter() - start > limit:
            break
else:
    old, new = STORES[kinds[0]](source), STORES[kinds[1]](target)
    if way == "copy":
        for key in keys:
            new.put(key, old.get(key))
            moved += 1
            if time.perf_counter() - start > limit:
                break
    else:
        pairs = iter(old.get_all(keys))
        while batch := list(itertools.islice(pairs, BATCH)):
            new.put_many(batch)
            moved += len(batch)
print(time.perf_counter() - start, time.process_time() - start_cpu, moved)
