import { execFileSync } from 'node:child_process'
import { expect, test } from 'vitest'

import { MemorySource } from '../model/source.ts'
import { readPickle } from '../pickle/read.ts'
import { python } from '../testing/python.ts'
import { pythonLiteral } from './python.ts'

/**
 * Python makes random values from a seed and pickles them; we read them and write
 * literals; Python makes the same values again and evaluates the literals. Halves of
 * a surrogate pair that stand together are left out: JavaScript has no other form of
 * the character that they make.
 */
const makeValues = `
import base64, collections, datetime, decimal, fractions, json, math, pathlib, pickle, random, sys, uuid, zoneinfo
from collections import Counter, OrderedDict, defaultdict, deque
from decimal import Decimal
from fractions import Fraction
from pathlib import PosixPath, PurePosixPath, PureWindowsPath
from uuid import UUID
nan, inf = math.nan, math.inf
R = random.Random(11)
def text():
    return ''.join(R.choice(["a", "'", '"', "\\\\", "\\n", "\\t", "\\0", "\\x7f", "\\x85", "\\xa0", "\\xad", "é", "\\u202e", "\\u2028", "\\ud800", "\\udc00", "😀", "\\U000e0001", "格"]) for _ in range(R.randrange(8))).replace('\\ud800\\udc00', '')
def number():
    return R.choice([0, 1, -1, R.randrange(-10**6, 10**6), R.getrandbits(80), -R.getrandbits(200), 2**53, -2**63])
def real():
    return R.choice([0.0, -0.0, 1.0, nan, inf, -inf, R.random(), R.random() * 10.0 ** R.randrange(-320, 308), 1e16, 1e-5, 123456789012345680.0, 5e-324])
def tz():
    return R.choice([None, datetime.timezone.utc, datetime.timezone(datetime.timedelta(seconds=R.randrange(-80000, 80000))), datetime.timezone(datetime.timedelta(hours=-5), 'EST'), zoneinfo.ZoneInfo('Europe/Berlin')])
def leaf():
    return R.choice([lambda: None, lambda: True, lambda: False, number, real, text, lambda: complex(real(), real()), lambda: R.randbytes(R.randrange(12)), lambda: bytearray(R.randbytes(3)),
        lambda: range(number() % 1000, number() % 1000, R.choice([1, 2, -3])), lambda: slice(1, None, number()), lambda: Decimal(R.choice(['1.10', 'NaN', '-0', '1E+5'])), lambda: Fraction(number(), R.randrange(1, 99)),
        lambda: UUID(int=R.getrandbits(128)), lambda: PurePosixPath(R.choice(['a/b', '/', '/x/y', '.', "it's"])), lambda: PureWindowsPath(R.choice(['C:\\\\x\\\\y', 'a\\\\b', 'C:x'])),
        lambda: datetime.date(R.randrange(1, 9999), R.randrange(1, 13), R.randrange(1, 29)), lambda: datetime.time(R.randrange(24), R.randrange(60), R.choice([0, 5]), R.choice([0, 7]), tzinfo=R.choice([None, datetime.timezone.utc]), fold=R.randrange(2)),
        lambda: datetime.timedelta(R.randrange(-99, 99), R.randrange(86400), R.choice([0, 5])), tz,
        lambda: datetime.datetime(R.randrange(1, 9999), R.randrange(1, 13), R.randrange(1, 29), R.randrange(24), R.randrange(60), R.choice([0, 5]), R.choice([0, 7]), tz(), fold=R.randrange(2))])()
def key():
    while True:
        k = R.choice([number, text, lambda: R.randbytes(3), lambda: (number(), text()), lambda: None, lambda: frozenset([number()])])()
        return k
def value(depth):
    if depth == 0 or R.random() < 0.4: return leaf()
    n = R.randrange(4)
    return R.choice([lambda: [value(depth - 1) for _ in range(n)], lambda: tuple(value(depth - 1) for _ in range(n)), lambda: {key(): value(depth - 1) for _ in range(n)}, lambda: {key() for _ in range(n)}, lambda: frozenset(key() for _ in range(n)),
        lambda: OrderedDict((key(), value(depth - 1)) for _ in range(n)), lambda: Counter({key(): R.randrange(9) for _ in range(n)}), lambda: defaultdict(R.choice([list, int, None]), {key(): value(depth - 1) for _ in range(n)}), lambda: deque([value(depth - 1) for _ in range(n)], R.choice([None, 5]))])()
# Protocols below 4 forget the fold of a time.
values = [(pickle.loads(pickle.dumps(value(3), i % 6)), i % 6) for i in range(4000)]
`
const writeValues = `${makeValues}
json.dump([base64.b64encode(pickle.dumps(v, p)).decode() for v, p in values], sys.stdout)
`
const checkLiterals = `${makeValues}
def same(a, b):
    if type(a) is not type(b): return False
    if isinstance(a, float): return repr(a) == repr(b)
    if isinstance(a, complex): return same(a.real, b.real) and same(a.imag, b.imag)
    if isinstance(a, (list, tuple, deque)): return len(a) == len(b) and getattr(a, 'maxlen', 0) == getattr(b, 'maxlen', 0) and all(map(same, a, b))
    if isinstance(a, dict): return len(a) == len(b) and getattr(a, 'default_factory', 0) == getattr(b, 'default_factory', 0) and all(same(x, y) and same(a[x], b[y]) for x, y in zip(a, b))
    if isinstance(a, (datetime.datetime, datetime.time)): return repr(a) == repr(b)
    if isinstance(a, Decimal): return str(a) == str(b)
    return a == b
wrong = []
for text, (v, p) in zip(json.load(sys.stdin), values):
    try:
        got = eval(text)
        if not same(got, v): wrong.append([text, repr(v)])
    except Exception as e:
        wrong.append([text, repr(v), str(e)])
json.dump(wrong, sys.stdout)
`

test('literals of random values evaluate to equal values', () => {
  const run = (script: string, input?: string) =>
    JSON.parse(
      execFileSync(python, ['-c', script], { encoding: 'utf8', input, maxBuffer: 1 << 28 }),
    ) as string[]
  const literals = run(writeValues).map((base64) => {
    const source = new MemorySource(Buffer.from(base64, 'base64'))
    return pythonLiteral(readPickle(source).root!, { source, maxCharacters: 100_000 })
  })
  expect(literals).toHaveLength(4000)
  expect(run(checkLiterals, JSON.stringify(literals))).toEqual([])
})
