"""Makes caches of many entries for tests that kill jobs over them, and tells whether their own programs find all in order.

many.py make joblib|diskcache FOLDER COUNT
many.py beside joblib|diskcache FOLDER COUNT  reads and stores entries anew until its input ends; JSON: those stored last
many.py check joblib|diskcache FOLDER COUNT   JSON: what is wrong, which entries are there
"""

import json
import os
import random
import select
import sys
import warnings

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


def beside(read, store, count):
    """Every third time an entry is stored anew, else one is read, which moves its times."""
    print("ready", flush=True)
    stored = set()
    while not select.select([sys.stdin], [], [], 0.001)[0]:
        i = random.randrange(count)
        if random.random() < 0.3:
            store(i)
            stored.add(i)
        else:
            read(i)
    print(json.dumps(sorted(stored)), flush=True)


def key(i):
    return i if i % 3 else f"key {i}"


action, kind, folder, count = sys.argv[1:5]
wrong = []
there = []
if kind == "joblib":
    cached = joblib.Memory(folder, verbose=0).cache(work)
    if action == "make":
        for i in range(int(count)):
            cached(i)
        settle(folder)
    if action == "beside":
        # joblib warns, and computes on, where a folder goes while it stores into it.
        warnings.simplefilter("ignore")
        beside(cached.check_call_in_cache, cached.call, int(count))
        sys.exit()
    there = [i for i in range(int(count)) if cached.check_call_in_cache(i)]
    wrong = [i for i in there if cached(i) != content(i)]
else:
    with diskcache.Cache(folder, eviction_policy="none", statistics=True) as cache:
        if action == "beside":
            # The policy by which reading moves times and counts.
            cache.reset("eviction_policy", "least-recently-used")
            beside(
                lambda i: cache.get(key(i), retry=True),
                lambda i: cache.set(key(i), b"anew %d " % i * (1 + i % 5 * 900), tag="anew", retry=True),
                int(count),
            )
            sys.exit()
        if action == "make":
            for i in range(int(count)):
                cache.set(key(i), content(i), tag=f"tag {i % 5}", expire=4e9 if i % 2 else None)
            settle(folder)
        wrong = [str(warning.message) for warning in cache.check()]
        there = [i for i in range(int(count)) if key(i) in cache]
        wrong += [i for i in there if cache[key(i)] != content(i) and cache.get(key(i), tag=True)[1] != "anew"]
print(json.dumps({"wrong": wrong, "there": len(there)}))
