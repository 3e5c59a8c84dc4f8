"""Makes caches of many entries for tests that kill jobs over them, and tells whether their own programs find all in order.

many.py make joblib|diskcache FOLDER COUNT
many.py check joblib|diskcache FOLDER COUNT   JSON: what is wrong, which entries are there
"""

import json
import os
import sys

import diskcache
import joblib


def content(i):
    return bytes([i % 256]) * ((i % 7) * 9_000 + 20)


def work(i):
    return content(i)


work.__module__ = "lab"


def settle(folder):
    """Times that every way of setting them can set."""
    for parent, _, names in os.walk(folder):
        for name in names:
            os.utime(os.path.join(parent, name), (1_700_000_000.5, 1_600_000_000.5))


action, kind, folder, count = sys.argv[1:5]
wrong = []
if kind == "joblib":
    cached = joblib.Memory(folder, verbose=0).cache(work)
    if action == "make":
        for i in range(int(count)):
            cached(i)
        settle(folder)
    there = [i for i in range(int(count)) if cached.check_call_in_cache(i)]
    wrong = [i for i in there if cached(i) != content(i)]
else:
    with diskcache.Cache(folder, eviction_policy="none") as cache:
        if action == "make":
            for i in range(int(count)):
                cache.set(i if i % 3 else f"key {i}", content(i), tag=f"tag {i % 5}", expire=4e9 if i % 2 else None)
            settle(folder)
        wrong = [str(warning.message) for warning in cache.check()]
        keys = [i if i % 3 else f"key {i}" for i in range(int(count))]
        there = [i for i, key in enumerate(keys) if key in cache]
        wrong += [i for i in there if cache[keys[i]] != content(i)]
print(json.dumps({"wrong": wrong, "there": len(there)}))
