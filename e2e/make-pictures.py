"""Makes a cache folder of arrays of every kind that is drawn: make-pictures.py FOLDER"""
import hashlib
import os
import sys

import joblib
import numpy as np

folder = sys.argv[1]
rng = np.random.default_rng(0)
t = np.linspace(0, 40, 60_000)
y, x = np.mgrid[-3:3:180j, -4:4:240j]
surface = np.sin(x * 1.7) * np.exp(-(y**2) / 3) + 0.05 * rng.normal(size=x.shape)
gappy = surface.copy()
gappy[40:60, 100:140] = np.nan
red, green, blue = (np.clip(127 + 120 * np.sin(x * k + y), 0, 255).astype("u1") for k in (0.8, 1.3, 2.1))
volume = np.exp(-(np.mgrid[-2:2:24j, -2:2:60j, -2:2:80j] ** 2).sum(axis=0))
outputs = {
    "trace": np.sin(t) * np.exp(-t / 25) + 0.02 * rng.normal(size=t.size),
    "decay": np.exp(-np.linspace(0, 20, 400)),
    "surface": surface,
    "gappy": np.asfortranarray(gappy.astype(">f4")),
    "density": 10 ** (3 * surface - 4),
    "photo": np.stack([red, green, blue], axis=-1),
    "planes": np.stack([red, green, blue]).astype("f4") / 255,
    "wave": np.exp(1j * (x + y * y)) * np.exp(-(x**2)),
    "volume": volume.astype("f2"),
    "flags": rng.random((40, 60)) > 0.7,
    "days": np.datetime64("2024-01-01") + np.cumsum(rng.integers(1, 4, 200)),
    "empty": np.zeros((0, 4)),
    "nothing": np.full(50, np.nan),
    "words": np.array(["Cu", None, {"a": 1}, 2.5], dtype=object),
    "masked": np.ma.masked_array(np.cumsum(rng.normal(size=200)), np.arange(200) % 10 == 3),
    "waits": np.arange(30) * np.timedelta64(7, "h"),
    "payload": b"\x89PNG\r\n\x1a\n" + bytes(range(256)),
    "report": {"energy": -3.5, "steps": [1, 2, 3], "log": "step 1\nstep 2\n" * 20},
    "columns": np.cumsum(rng.normal(size=(500, 3)), axis=0),
}
for name, output in outputs.items():
    key = hashlib.sha1(name.encode()).hexdigest()
    record = {
        "output": output,
        "hash": key,
        "func": name,
        "module": "labs.pictures",
        "args": (),
        "kwargs": {},
        "standardized-kwargs": {},
        "version": "0.1.0",
        "cwd": "/home/ana",
        "hostname": "ws-17",
        "user": "ana",
        "run-at": 1751328000.0,
        "run-at-human": "Tue Jul  1 00:00:00 2025",
        "elapsed_time": 12.5,
    }
    os.makedirs(os.path.join(folder, key[:2]), exist_ok=True)
    joblib.dump(record, os.path.join(folder, key[:2], key))
