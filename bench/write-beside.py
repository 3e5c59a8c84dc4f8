"""Writes rows of one's own into an SQLite cache, and says how long each had to wait, in milliseconds.

write-beside.py wait DB             one row after the other until the input ends; prints the longest and the 99th percentile
write-beside.py bulk DB ROWS BYTES  that many rows, a thousand to a transaction, as a script that migrates would
"""
import os, select, sqlite3, sys, time

what, path = sys.argv[1:3]
db = sqlite3.connect(path, timeout=60)
if what == 'bulk':
    rows, size = int(sys.argv[3]), int(sys.argv[4])
    for first in range(0, rows, 1000):
        values = [('bulk %d' % i, os.urandom(size)) for i in range(first, min(rows, first + 1000))]
        with db:
            db.executemany('INSERT INTO cache VALUES (?, ?)', values)
else:
    print('ready', flush=True)
    waits = []
    while not select.select([sys.stdin], [], [], 0)[0]:
        start = time.perf_counter()
        with db:
            db.execute('INSERT INTO cache VALUES (?, ?)', ('own %d' % len(waits), b'x' * 2000))
        waits.append((time.perf_counter() - start) * 1000)
        time.sleep(0.002)
    waits.sort()
    print(waits[-1], waits[len(waits) * 99 // 100])
