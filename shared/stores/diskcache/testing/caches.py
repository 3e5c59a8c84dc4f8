"""Makes caches with diskcache, and tells what diskcache finds in them.

caches.py make FOLDER cache|fanout   stores everything once; prints each key and value as the project hands them out
caches.py check FOLDER cache|fanout  what diskcache's own check says, its counters, and the keys that are there
caches.py load FOLDER cache|fanout   compares values (JSON on stdin: key in hex -> value in hex) with diskcache's
caches.py rows FOLDER cache|fanout   every row with all its columns and the bytes of its file, by part and place in the table
caches.py again FOLDER cache|fanout  stores some of the keys anew, one of them as SQLite's equal of another type
caches.py expire FOLDER cache|fanout how many entries are gone when what has expired is removed
caches.py crash FOLDER cache|fanout  stores one more value and dies, leaving it in a write-ahead log
caches.py call FOLDER cache|fanout   calls the memoized functions again; prints what was computed
"""

import json
import os
import pickle
import struct
import sys

import diskcache
import numpy as np

EXPIRE_SECONDS = 4_000_000_000
SETTINGS = {"eviction_policy": "least-recently-used", "disk_min_file_size": 1024}
computed = []


def relax(element, cutoff=400, spin=None):
    computed.append(element)
    return {"energy": -1.5, "element": element}


def energy(x, scale=1.0):
    computed.append(x)
    return x * scale


for function in (relax, energy):
    function.__module__ = "lab.physics"

ITEMS = [
    ("text", "short text"),
    ("empty", ""),
    ("", "under the empty key"),
    ("int:5", "a text that looks like a number"),
    ("caf\u00e9 \u4f60 \U0001f600", "na\u00efve\r\n\x00 text"),
    (42, "a whole number"),
    ("42", "a text of digits"),
    (b"42", "bytes of digits"),
    (-(2**63), -(2**63)),
    (2**40, 2**40),
    (7, 255),
    (8, 256),
    (9, -1),
    (1.5, 2.5),
    (1e300, float("inf")),
    (b"\x00\xff bytes", b"\x00\xff"),
    (("solve", 3, None), {"a": [1, 2], "b": (1.5, None)}),
    (None, None),
    (True, True),
    (2**70, 2**70),
    ("x255", "x" * 255),
    ("x256", "x" * 256),
    ("b255", b"x" * 255),
    ("b256", b"x" * 256),
    ("long text", "caf\u00e9\n" * 500),
    ("long bytes", bytes(range(256)) * 12),
    ("array", np.arange(900, dtype="float64")),
    ("list", list(range(600))),
]


def open_cache(folder, kind):
    if kind == "cache":
        return diskcache.Cache(folder, **SETTINGS)
    return diskcache.FanoutCache(folder, shards=3, timeout=10, **SETTINGS)


def caches_of(cache):
    return cache._shards if isinstance(cache, diskcache.FanoutCache) else [cache]


def key_form(key):
    """The key as the project's keys.ts says it."""
    if type(key) is str:
        reserved = ("str:", "bytes:", "int:", "float:", "pickle:")
        return ("str:" if key == "" or key.startswith(reserved) else "").encode() + key.encode()
    if type(key) is bytes:
        return b"bytes:" + key
    if type(key) is int and -(2**63) <= key < 2**63:
        return b"int:%d" % key
    if type(key) is float:
        return b"float:" + (b"1e+300" if key == 1e300 else repr(key).encode())
    disk_key, _ = diskcache.Disk("", pickle_protocol=pickle.HIGHEST_PROTOCOL).put(key)
    return b"pickle:" + bytes(disk_key)


def value_form(value):
    """The value as the project's native-pickle.ts says it; None: as diskcache has pickled it."""
    if type(value) is str or type(value) is bytes:
        content = value.encode() if type(value) is str else value
        short, long = (b"\x8c", b"X") if type(value) is str else (b"C", b"B")
        size = len(content)
        head = short + bytes([size]) if size < 256 else long + struct.pack("<I", size)
        form = b"\x80\x04" + head + content + b"."
    elif type(value) is float:
        form = b"\x80\x04G" + struct.pack(">d", value) + b"."
    elif type(value) is int and -(2**63) <= value < 2**63:
        if 0 <= value < 256:
            number = b"K" + bytes([value])
        elif -(2**31) <= value < 2**31:
            number = b"J" + struct.pack("<i", value)
        else:
            number = b"\x8a\x08" + struct.pack("<q", value)
        form = b"\x80\x04" + number + b"."
    else:
        return pickle.dumps(value, protocol=pickle.HIGHEST_PROTOCOL)
    assert pickle.loads(form) == value
    return form


def memoized(cache):
    return [
        (cache.memoize(tag="dft")(relax), ("Cu",), {}),
        (cache.memoize(tag="dft")(relax), ("Ag",), {"spin": None, "cutoff": 500}),
        (cache.memoize(typed=True)(energy), (3,), {"scale": 2.5}),
        (cache.memoize(name="named")(energy), (4,), {}),
    ]


def make(cache):
    made = []
    for key, value in ITEMS:
        cache.set(key, value, retry=True)
        made.append((key, value))
    cache.set("tagged", "with a tag", expire=EXPIRE_SECONDS, tag="campaign 7", retry=True)
    made.append(("tagged", "with a tag"))
    cache.set(2, "a whole number that equals a float", retry=True)
    made.append((2, "a whole number that equals a float"))
    for function, args, kwargs in memoized(cache):
        made.append((function.__cache_key__(*args, **kwargs), function(*args, **kwargs)))
    print(json.dumps({
        "schema": 1,
        "backend": "diskcache",
        "diskcache": diskcache.__version__,
        "made by": "shared/stores/diskcache/testing/caches.py",
        "entries": [{"key": key_form(key).hex(), "value": value_form(value).hex()} for key, value in made],
    }))


def check(cache):
    with_settings = [dict(part._sql("SELECT key, value FROM Settings").fetchall()) for part in caches_of(cache)]
    print(json.dumps({
        "warnings": [str(warning.message) for warning in cache.check()],
        "length": len(cache),
        "count": sum(settings["count"] for settings in with_settings),
        "size": sum(settings["size"] for settings in with_settings),
        "keys": sorted(key_form(key).hex() for key in cache),
    }))


def same(one, other):
    return type(one) is type(other) and (np.array_equal(one, other) if isinstance(one, np.ndarray) else one == other)


def load(cache):
    values = json.load(sys.stdin)
    wrong = []
    for key in cache:
        value = values.pop(key_form(key).hex(), None)
        if value is None or not same(pickle.loads(bytes.fromhex(value)), cache[key]):
            wrong.append(repr(key))
    print(json.dumps({"wrong": wrong, "unknown": list(values)}))


def call(cache):
    for function, args, kwargs in memoized(cache):
        function(*args, **kwargs)
    print(json.dumps(computed))


def rows(cache):
    found = []
    for part in caches_of(cache):
        cursor = part._sql("SELECT * FROM Cache ORDER BY rowid")
        for row in cursor:
            names = [column[0] for column in cursor.description]
            cells = {name: repr(cell) for name, cell in zip(names, row)}
            if row[names.index("filename")] is not None:
                path = os.path.join(part.directory, row[names.index("filename")])
                with open(path, "rb") as file:
                    cells["content"] = file.read().hex()
                cells["modified"] = "%.5f" % os.stat(path).st_mtime
            found.append([os.path.basename(part.directory), cells])
    print(json.dumps(found))


def again(cache):
    for key in ("long text", b"42", 2.0):
        cache.set(key, "stored anew " * 200, retry=True)
    print("null")


def expire(cache):
    before = len(cache)
    cache.expire(retry=True)
    print(json.dumps(before - len(cache)))


def crash(cache):
    cache.set("last", "in the log", retry=True)
    os._exit(0)


action, folder, kind = sys.argv[1:4]
with open_cache(folder, kind) as opened:
    {
        "make": make, "check": check, "load": load, "call": call, "crash": crash,
        "rows": rows, "again": again, "expire": expire,
    }[action](opened)
