"""Makes caches with joblib.Memory, and tells what joblib finds in them.

memory.py make FOLDER str|path [COMPRESS]   calls everything once
memory.py check FOLDER str|path             which calls are there, and what is computed on calling them all
"""

import json
import os
import pathlib
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import joblib  # noqa: E402
from lab import physics  # noqa: E402

CALLS = [
    ("relax", ("Cu",), {}),
    ("relax", ("Cu", 500), {}),
    ("relax", ("Ag", 350.5, 1, "two"), {"spin": True, "name": "it's"}),
    ("relax", ("caf\u00e9\n\u4f60",), {"none": None}),
    ("positions", (4,), {}),
    ("positions", (5000,), {"seed": -1}),
    ("add", (1, 2), {}),
    ("add", ([1, 2], [3]), {}),
]


def memoized(folder, style, compress=False):
    location = folder if style == "str" else pathlib.Path(folder)
    memory = joblib.Memory(location, verbose=0, compress=compress)
    return {name: memory.cache(getattr(physics, name)) for name in ("relax", "positions", "add")}


def main():
    action, folder, style = sys.argv[1:4]
    functions = memoized(folder, style, int(sys.argv[4]) if len(sys.argv) > 4 else False)
    if action == "make":
        for name, args, kwargs in CALLS:
            functions[name](*args, **kwargs)
        calls = []
        for name, args, kwargs in CALLS:
            result = functions[name].call_and_shelve(*args, **kwargs)
            key = f"{result.func_id}/{result.args_id}" if hasattr(result, "func_id") else "/".join(result._call_id)
            calls.append({"func": name, "key": key})
        print(json.dumps({"joblib": joblib.__version__, "calls": calls}))
    else:
        hits = [functions[name].check_call_in_cache(*args, **kwargs) for name, args, kwargs in CALLS]
        for name, args, kwargs in CALLS:
            functions[name](*args, **kwargs)
        print(json.dumps({"hits": hits, "computed": [name for name, _ in physics.executions]}))


main()
