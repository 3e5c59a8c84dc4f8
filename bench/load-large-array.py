"""Loads the one record of a cache and takes a sample to draw: load-large-array.py FILE; seconds and bytes of memory as JSON."""
import json
import resource
import sys
import time

import joblib
import numpy as np

np.zeros(1)
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
started = time.perf_counter()
array = joblib.load(sys.argv[1])["output"]
step = max(1, len(array) // 500)
picture = array[::step, ::step].copy()
seconds = time.perf_counter() - started
memory = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024
print(json.dumps({"seconds": seconds, "memory": memory, "cells": picture.size}))
