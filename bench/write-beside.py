"""Writes entries of one's own into a cache, and says how long each had to wait, in milliseconds.

write-beside.py wait KIND PATH             one after the other until the input ends; prints the longest wait, the 99th percentile,
                                           and the share of tries that were refused
write-beside.py bulk KIND PATH ROWS BYTES  that many, a thousand to a transaction, as a script that migrates would

KIND: sqlite, whose lock is waited for, or gdbm, whose lock is refused at once (`dbm.gnu.open` fails) and is tried for again.
"""
import dbm.gnu, errno, os, select, sqlite3, sys, time

what, kind, path = sys.argv[1:4]
tries = refused = 0


def write_sqlite(key, value):
    with db:
        db.execute('INSERT INTO cache VALUES (?, ?)', (key, value))


def open_gdbm():
    global tries, refused
    while True:
        tries += 1
        try:
            return dbm.gnu.open(path, 'w')
        except dbm.gnu.error as error:
            if error.errno != errno.EAGAIN:
                raise
            refused += 1
            time.sleep(0.002)


def write_gdbm(key, value):
    shelf = open_gdbm()
    shelf[key] = value
    shelf.close()


if kind == 'sqlite':
    db = sqlite3.connect(path, timeout=60)
if what == 'bulk':
    rows, size = int(sys.argv[4]), int(sys.argv[5])
    if kind == 'gdbm':
        shelf = open_gdbm()
    for first in range(0, rows, 1000):
        values = [('bulk %d' % i, os.urandom(size)) for i in range(first, min(rows, first + 1000))]
        if kind == 'sqlite':
            with db:
                db.executemany('INSERT INTO cache VALUES (?, ?)', values)
        else:
            for key, value in values:
                shelf[key] = value
            shelf.sync()
else:
    write = write_sqlite if kind == 'sqlite' else write_gdbm
    print('ready', flush=True)
    waits = []
    while not select.select([sys.stdin], [], [], 0)[0]:
        start = time.perf_counter()
        write('own %d' % len(waits), b'x' * 2000)
        waits.append((time.perf_counter() - start) * 1000)
        time.sleep(0.002)
    waits.sort()
    print(waits[-1], waits[len(waits) * 99 // 100], refused / max(1, tries))
