"""Functions that the tests memoize; `executions` tells what was computed and not loaded."""

import numpy as np

executions = []


def relax(element, cutoff=400.0, *rest, **options):
    executions.append(("relax", element))
    return {"energy": -3.5 * len(element), "element": element, "cutoff": cutoff}


def positions(count, seed=0):
    executions.append(("positions", count))
    return np.arange(count * 3, dtype="float64").reshape(count, 3) + seed


def add(a, b):
    """Called as the first folder of a hash may be in joblib's cut layout: three hex digits."""
    executions.append(("add", a))
    return a + b
