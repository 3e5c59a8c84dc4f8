"""
Makes the cache beside it: tables of pandas, sparse matrices of scipy, structures of ASE, as records that real
pycse.hashcache would have written: make.py. Needs pandas, scipy and ase (Debian's python3-pandas, python3-scipy and
python3-ase); the tests need none of them, they read what was made.
"""
import hashlib
import json
import os

import ase.build
import joblib
import numpy as np
import pandas as pd
import scipy.sparse as sp
from ase import Atoms

folder = os.path.join(os.path.dirname(os.path.abspath(__file__)), "cache")
rng = np.random.default_rng(4)
n = 400
elements = np.array(["Cu", "Ni", "Pd", "Pt"])
energy = rng.normal(-3.5, 0.4, n)
energy[::25] = np.nan
frame = pd.DataFrame(
    {
        "element": rng.choice(elements, n, p=[0.5, 0.25, 0.15, 0.1]),
        "energy": energy,
        "steps": rng.integers(1, 200, n),
        "converged": rng.random(n) > 0.1,
        "started": pd.Timestamp("2025-01-01") + pd.to_timedelta(np.arange(n) * 37, unit="min"),
        "took": pd.to_timedelta(rng.integers(10, 4000, n), unit="s"),
        "phase": pd.Categorical(rng.choice(["fcc", "hcp", "bcc"], n, p=[0.7, 0.2, 0.1]), ordered=False),
        "note": [None if i % 3 else f"run {i % 7}, <b>checked</b>" for i in range(n)],
        "rank": pd.array([None if i % 10 == 0 else i // 4 for i in range(n)], dtype="Int64"),
        "wave": np.exp(1j * np.arange(n) / 20),
    }
)
frame.loc[7, "started"] = pd.NaT
frame.loc[3, "phase"] = np.nan
multi = pd.DataFrame(
    rng.normal(size=(24, 4)).round(3),
    index=pd.MultiIndex.from_product([["Cu", "Ni", "Pd"], [100, 200], ["a", "b", "c", "d"]], names=["metal", "kelvin", None]),
    columns=pd.MultiIndex.from_product([["energy", "force"], ["min", "max"]]),
)
wide = pd.DataFrame(rng.integers(0, 9, (5, 2000)).astype("i1"), columns=[f"gene {i}" for i in range(2000)])
days = pd.date_range("2024-03-01", periods=300, freq="6h", name="when")
series = pd.Series(np.cumsum(rng.normal(size=300)), index=days, name="drift")
structured = np.zeros(200, dtype=[("site", "U4"), ("x", "<f8"), ("spin", "i1"), ("pos", "<f4", (3,))])
structured["site"] = rng.choice(["top", "hcp", "fcc"], 200)
structured["x"] = np.linspace(0, 1, 200) ** 2
structured["x"][5] = np.nan
structured["spin"] = rng.integers(-2, 3, 200)

dense = (rng.random((120, 90)) < 0.04) * rng.normal(size=(120, 90))
dense[:, 10] = 0
dense[20] = 0
band = sp.diags([np.full(300, 4.0), np.full(299, -1.0), np.full(280, 0.5)], [0, 1, -20])
sparse = {
    "csr": sp.csr_matrix(dense),
    "csc": sp.csc_matrix(dense),
    "coo": sp.coo_matrix(dense),
    "bsr": sp.bsr_matrix(np.kron(np.eye(8), np.arange(1, 10).reshape(3, 3)), blocksize=(3, 3)),
    "dia": band.todia(),
    "lil": sp.lil_matrix(dense[:30, :20]),
    "dok": sp.dok_matrix(dense[:30, :20]),
    "array": sp.csr_array(dense.astype("f4")),
    "twice": sp.coo_matrix(([1.5, 2.5, 1.0], ([0, 0, 3], [1, 1, 2])), shape=(5, 4)),
    "emptysparse": sp.csr_matrix((50, 40)),
}
slab = ase.build.fcc111("Cu", size=(4, 4, 3), vacuum=8)
ase.build.add_adsorbate(slab, ase.build.molecule("CO"), 1.8, "ontop")
atoms = {
    "water": ase.build.molecule("H2O"),
    "ethanol": ase.build.molecule("CH3CH2OH"),
    "slab": slab,
    "crystal": ase.build.bulk("NaCl", "rocksalt", a=5.64, cubic=True) * (2, 2, 2),
    "triclinic": Atoms("SiO2", positions=[[0, 0, 0], [1.6, 0, 0], [0, 1.6, 0]], cell=[5, 6, 7, 80, 95, 110], pbc=[1, 1, 0]),
    "nobody": Atoms(),
}
outputs = {
    "frame": frame, "multi": multi, "wide": wide, "series": series, "structured": structured,
    "recarray": structured[:20].view(np.recarray), "nothing": pd.DataFrame({"a": [], "b": []}), **sparse, **atoms,
}


def number(value):
    """A number as JSON has it; times as seconds since 1970, spans as seconds."""
    if isinstance(value, (pd.Timestamp, pd.Timedelta)):
        return value.value / 1e9
    return float(value)


def told_of_column(column):
    told = {"dtype": str(column.dtype), "missing": int(column.isna().sum())}
    if column.dtype.kind in "iufMm" and not isinstance(column.dtype, pd.CategoricalDtype):
        told.update({name: number(getattr(column, name)()) for name in ("min", "max", "mean")})
    elif column.dtype.kind != "c":
        told["counts"] = {str(k): int(v) for k, v in column.value_counts().items() if v}
    return told


def told_of_sparse(matrix):
    coo = sp.coo_matrix(matrix)
    coo.sum_duplicates()
    cells = sorted((int(r), int(c), float(v)) for r, c, v in zip(coo.row, coo.col, coo.data) if v != 0)
    return {"shape": list(matrix.shape), "cells": cells}


def told_of_atoms(it):
    return {
        "formula": it.get_chemical_formula(mode="hill"),
        "numbers": it.numbers.tolist(),
        "positions": it.positions.tolist(),
        "cell": it.cell.tolist(),
        "parameters": it.cell.cellpar().tolist() if it.cell.rank == 3 else None,
        "pbc": it.pbc.tolist(),
    }


if __name__ == "__main__":
    expected = {
        "frame": {name: told_of_column(frame[name]) for name in frame.columns},
        "sparse": {name: told_of_sparse(matrix) for name, matrix in sparse.items()},
        "atoms": {name: told_of_atoms(it) for name, it in atoms.items()},
    }
    with open(os.path.join(os.path.dirname(folder), "expected.json"), "w") as file:
        json.dump(expected, file)
    frame.to_csv(os.path.join(os.path.dirname(folder), "frame.csv"))
    for name, output in outputs.items():
        key = hashlib.sha1(name.encode()).hexdigest()
        record = {
            "output": output, "hash": key, "func": name, "module": "labs.kinds", "args": (), "kwargs": {},
            "standardized-kwargs": {}, "version": "0.1.0", "cwd": "/home/ana", "hostname": "ws-17", "user": "ana",
            "run-at": 1751328000.0, "run-at-human": "Tue Jul  1 00:00:00 2025", "elapsed_time": 12.5,
        }
        os.makedirs(os.path.join(folder, key[:2]), exist_ok=True)
        joblib.dump(record, os.path.join(folder, key[:2], key))
