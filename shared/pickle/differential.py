"""Makes pickles for differential.python.test.ts, which compares its own reading with Python's.

    differential.py opcodes                 the table of pickletools, as JSON
    differential.py objects COUNT SEED      random values, dumped at all protocols by both picklers
    differential.py mutants COUNT SEED      pickles with random damage, and what Python says of them

The last two write a binary stream of length-prefixed parts (uint32, little-endian) to stdout. Values are
compared by a canonical text: containers are numbered in the order of their first visit, so that shared
references and cycles count too.
"""

import copyreg
import io
import json
import pickle
import pickletools
import random
import resource
import struct
import sys

OUT = sys.stdout.buffer


class Plain:
    """State by __dict__."""


class Slotted:
    __slots__ = ("a", "b")


class Stateful:
    def __init__(self, state):
        self.state = state

    def __getstate__(self):
        return self.state

    def __setstate__(self, state):
        self.state = state


class ListSub(list):
    pass


class DictSub(dict):
    pass


class IntSub(int):
    pass


class NewEx:
    def __new__(cls, *args, **kwargs):
        self = super().__new__(cls)
        self.arguments = (args, kwargs)
        return self

    def __getnewargs_ex__(self):
        return self.arguments

    def __getstate__(self):
        return None


class Reduced:
    def __init__(self, parts):
        self.parts = parts

    def __reduce__(self):
        args, state, items, pairs = self.parts
        return (factory, args, state, iter(items) if items else None, iter(pairs) if pairs else None)


class Extended1(Plain):
    pass


class Extended2(Plain):
    pass


class Extended4(Plain):
    pass


class Persistent:
    def __init__(self, pid):
        self.pid = pid


class Outer:
    class Inner(Plain):
        pass


def factory(*args):
    return Plain()


EXTENSIONS = {Extended1: 240, Extended2: 4000, Extended4: 70000}
for cls, code in EXTENSIONS.items():
    copyreg.add_extension("__main__", cls.__name__, code)


class CPickler(pickle.Pickler):
    def persistent_id(self, obj):
        return obj.pid if type(obj) is Persistent else None


class PyPickler(pickle._Pickler):
    def persistent_id(self, obj):
        return obj.pid if type(obj) is Persistent else None


# Random values

BUFFERS = (b"abc", bytearray(b"abc"))


class Maker:
    """Makes one random value; `minimum` is the lowest protocol that can say it."""

    def __init__(self, rnd):
        self.rnd = rnd
        self.left = rnd.choice((3, 8, 20, 40))
        self.minimum = 0
        self.pool = []
        self.open = []

    def need(self, protocol):
        self.minimum = max(self.minimum, protocol)

    def text(self):
        rnd = self.rnd
        alphabet = rnd.choice(("abcdef_", "abc \n\r\t\\'\"", "aé\xffÿ", "aΩ中文", "😀a\U0010ffff", "\ud800a\udfffé", "\\u0041\\U", "\0\x1a\x7f"))
        length = rnd.choice((0, 1, 3, 8, 30, 60)) if rnd.random() < 0.97 else rnd.choice((255, 256, 300, 300, 300, 70000))
        text = "".join(rnd.choice(alphabet) for _ in range(length))
        # A high and a low surrogate side by side are one character in JavaScript.
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass") if "\ud800" in text else text

    def integer(self):
        rnd = self.rnd
        return rnd.choice((0, 1, -1, 5, 127, 128, 255, 256, 65535, 65536, 2**31 - 1, 2**31, -(2**31), -(2**31) - 1, 2**53, 2**53 - 1, -(2**53), 2**63, -(2**63), 10**18, rnd.getrandbits(40), -rnd.getrandbits(70), rnd.getrandbits(300), -(2**2039), 2**2041))

    def float(self):
        rnd = self.rnd
        return rnd.choice((0.0, -0.0, 1.5, float("inf"), float("-inf"), float("nan"), 5e-324, 1.7976931348623157e308, rnd.random(), rnd.gauss(0, 1e30), 2.0, 1e22))

    def bytes(self):
        rnd = self.rnd
        return rnd.randbytes(rnd.choice((0, 1, 5, 30, 255, 256, 300)))

    def fresh(self, make, *args):
        """Makes something that refers to nothing outside: arguments of a call cannot hold what it makes."""
        before = self.pool, self.open
        self.pool, self.open = [], []
        made = make(*args)
        self.pool, self.open = before
        return made

    def atom(self):
        rnd = self.rnd
        kind = rnd.randrange(12)
        if kind < 3:
            return self.text()
        if kind < 5:
            return self.integer()
        if kind < 7:
            return self.float()
        if kind == 7:
            return self.bytes()
        if kind == 8:
            return complex(self.float(), self.float())
        return rnd.choice((None, True, False, Plain, factory, len))

    def hashable(self, depth):
        rnd = self.rnd
        kind = rnd.randrange(12)
        if depth > 3 or kind < 8:
            return self.atom()
        if kind < 10:
            return tuple(self.hashable(depth + 1) for _ in range(rnd.randrange(5)))
        if kind == 10:
            return frozenset(self.fresh(self.hashables, depth))
        return self.instance(Plain(), depth)

    def hashables(self, depth):
        return [self.hashable(depth + 1) for _ in range(self.rnd.randrange(5))]

    def items(self, depth):
        count = self.rnd.choice((0, 1, 1, 2, 3, 4, 6))
        return [self.value(depth + 1) for _ in range(count)]

    def pairs(self, depth):
        count = self.rnd.choice((0, 1, 1, 2, 3, 5))
        return [(self.hashable(depth + 1), self.value(depth + 1)) for _ in range(count)]

    def instance(self, target, depth):
        self.open.append(target)
        for name in self.rnd.sample(("x", "y", "name", "größe"), self.rnd.randrange(4)):
            setattr(target, name, self.value(depth + 1))
        self.open.pop()
        return target

    def value(self, depth=0):
        rnd = self.rnd
        self.left -= 1
        if self.pool and rnd.random() < 0.08:
            return rnd.choice(self.pool)
        if self.open and rnd.random() < 0.05:
            return rnd.choice(self.open)
        if self.left < 0 or depth > 7 or rnd.random() < 0.35:
            made = self.atom()
        else:
            made = self.container(depth)
        if rnd.random() < 0.5:
            self.pool.append(made)
        return made

    def container(self, depth):
        rnd = self.rnd
        kind = rnd.randrange(24)
        if kind < 5:
            made = []
            self.open.append(made)
            made.extend(self.items(depth))
            self.open.pop()
            return made
        if kind < 10:
            made = {}
            self.open.append(made)
            made.update(self.pairs(depth))
            self.open.pop()
            return made
        if kind < 13:
            return tuple(self.items(depth))
        if kind == 13:
            return set(self.fresh(self.hashables, depth))
        if kind == 14:
            return frozenset(self.fresh(self.hashables, depth))
        if kind == 15:
            return bytearray(self.bytes())
        if kind == 16:
            return self.instance(rnd.choice((Plain, Plain, Extended1, Extended2, Extended4))(), depth)
        return self.special(kind, depth)

    def special(self, kind, depth):
        rnd = self.rnd
        if kind == 17:
            self.need(2)
            made = Slotted()
            made.a = self.value(depth + 1)
            if rnd.random() < 0.5:
                made.b = self.value(depth + 1)
            return made
        if kind == 18:
            return Stateful((self.value(depth + 1), 1))
        if kind == 19:
            made = rnd.choice((ListSub, DictSub))()
            if type(made) is ListSub:
                made.extend(self.fresh(self.items, depth))
            else:
                made.update(self.fresh(self.pairs, depth))
            made.note = self.value(depth + 1)
            return made
        if kind == 20:
            made = IntSub(self.integer())
            made.unit = "eV"
            return made
        if kind == 21:
            state = self.value(depth + 1) if rnd.random() < 0.5 else None
            return Reduced((tuple(self.fresh(self.items, depth)), state, self.items(depth), self.pairs(depth)))
        if kind == 22:
            self.need(4)
            return NewEx(*self.fresh(self.items, depth), k=self.fresh(self.value, depth + 1))
        if rnd.random() < 0.5:
            return Persistent("id-%d" % rnd.randrange(9))
        if rnd.random() < 0.5:
            self.need(1)
            return Persistent((self.integer(), self.text()))
        if rnd.random() < 0.5:
            self.need(5)
            return pickle.PickleBuffer(rnd.choice(BUFFERS))
        self.need(4)
        return Outer.Inner


# The canonical text


class Canonical:
    def __init__(self):
        self.out = []
        self.seen = {}

    def number(self, obj):
        """True the first time; writes a reference later on."""
        known = self.seen.get(id(obj))
        if known is None:
            # The object is kept, so that its id stays its own.
            self.seen[id(obj)] = (len(self.seen), obj)
            return True
        self.out.append("#%d" % known[0])
        return False

    def many(self, opening, items, closing):
        self.out.append(opening)
        for item in items:
            self.value(item)
            self.out.append(",")
        self.out.append(closing)

    def pairs(self, pairs):
        self.out.append("{")
        for key, value in pairs:
            self.value(key)
            self.out.append(":")
            self.value(value)
            self.out.append(",")
        self.out.append("}")

    def object(self, callee, args, state=None, items=(), pairs=(), kwargs=None):
        self.out.append("O(")
        self.value(callee)
        self.many("(", args, ")")
        if kwargs is not None:
            self.value(kwargs)
        self.out.append("state=")
        if state is not None:
            self.value(state)
        self.many("[", items, "]")
        self.pairs(pairs)
        self.out.append(")")

    def value(self, v):
        out = self.out
        kind = type(v)
        if v is None or kind is bool:
            out.append(str(v))
        elif kind is int:
            out.append("i" + str(v) if abs(v) < 2**64 else "i" + hex(v))
        elif kind is float:
            out.append(float_text(v))
        elif kind is complex:
            out.append("c" + float_text(v.real) + float_text(v.imag))
        elif kind is str:
            out.append(str_text(v))
        elif kind is bytes:
            out.append("b" + v.hex())
        elif kind is tuple:
            self.many("(", v, ")")
        elif kind is frozenset:
            self.many("F{", v, "}")
        elif kind is Persistent:
            out.append("P")
            self.value(v.pid)
        elif kind is pickle.PickleBuffer:
            out.append("B" + str(memoryview(v).readonly))
        elif kind is type or callable(v):
            out.append("g" + v.__module__ + "." + v.__qualname__)
        elif self.number(v):
            self.container(v, kind)

    def container(self, v, kind):
        if kind is list:
            self.many("[", v, "]")
        elif kind is set:
            self.many("S{", v, "}")
        elif kind is dict:
            self.pairs(v.items())
        elif kind is bytearray:
            self.out.append("a" + v.hex())
        elif kind is Slotted:
            state = {name: getattr(v, name) for name in ("a", "b") if hasattr(v, name)}
            self.object(kind, (), (None, Fresh(state)))
        elif kind is Fresh:
            self.pairs(v.pairs.items())
        elif kind is Stateful:
            self.object(kind, (), v.state)
        elif kind is ListSub:
            self.object(kind, (), Fresh(v.__dict__), v)
        elif kind is DictSub:
            self.object(kind, (), Fresh(v.__dict__), (), v.items())
        elif kind is IntSub:
            self.object(kind, (int(v),), Fresh(v.__dict__))
        elif kind is NewEx:
            args, kwargs = v.arguments
            self.object(kind, args, kwargs=Fresh(kwargs))
        elif kind is Reduced:
            args, state, items, pairs = v.parts
            self.object(factory, args, state, items, pairs)
        else:
            self.object(kind, (), Fresh(v.__dict__) if v.__dict__ else None)

    def text(self, v):
        self.value(v)
        return "".join(self.out).encode("ascii")


class Fresh:
    """A dict of its own for the reader: __dict__ is never shared."""

    def __init__(self, pairs):
        self.pairs = pairs

    __hash__ = None


def float_text(v):
    return "fnan" if v != v else "f" + struct.pack(">d", v).hex()


def str_text(v):
    if v.isascii():
        return "s%d'%s'" % (len(v), v)
    return "u" + v.encode("utf-16-le", "surrogatepass").hex()


# The streams


def write(part):
    OUT.write(struct.pack("<I", len(part)))
    OUT.write(part)


def dumps(value, protocol, pickler):
    file = io.BytesIO()
    options = {"buffer_callback": lambda buffer: False} if protocol == 5 else {}
    pickler(file, protocol, **options).dump(value)
    return file.getvalue()


def objects(count, seed):
    rnd = random.Random(seed)
    for _ in range(count):
        maker = Maker(rnd)
        value = maker.value()
        write(Canonical().text(value))
        parts = []
        for protocol in range(maker.minimum, 6):
            for pickler in (CPickler, PyPickler):
                parts.append(bytes((protocol,)) + dumps(value, protocol, pickler))
        write(bytes((len(parts),)))
        for part in parts:
            write(part)


class Refused(Exception):
    pass


class DataUnpickler(pickle.Unpickler):
    def find_class(self, module, name):
        raise Refused


def damaged(rnd, data):
    data = bytearray(data)
    for _ in range(rnd.choice((1, 1, 1, 2, 3))):
        kind = rnd.randrange(5)
        at = rnd.randrange(len(data)) if data else 0
        if kind < 2 and data:
            data[at] = rnd.randrange(256)
        elif kind == 2 and data:
            data[at] = rnd.choice(OPCODE_BYTES)
        elif kind == 3:
            data[at:at] = rnd.choice((bytes((rnd.choice(OPCODE_BYTES),)), rnd.randbytes(2)))
        elif rnd.random() < 0.5:
            del data[at : at + rnd.randrange(1, 4)]
        else:
            del data[at:]
    return bytes(data)


OPCODE_BYTES = [ord(op.code) for op in pickletools.opcodes]


def loaded(data):
    """The canonical text of what Python loads, b"-" if it refuses, b"?" if it is not only data."""
    try:
        # Without peek() the C unpickler misreads arguments that cross the end of a frame.
        file = io.BufferedReader(io.BytesIO(data), 2**20)
        return Canonical().text(DataUnpickler(file).load())
    except (Refused, RecursionError, UnicodeDecodeError, MemoryError):
        return b"?"
    except Exception:
        return b"-"


def mutants(count, seed):
    # A damaged memo index makes CPython ask for its table at once.
    resource.setrlimit(resource.RLIMIT_AS, (2**31, 2**31))
    rnd = random.Random(seed)
    for _ in range(count):
        maker = Maker(rnd)
        value = maker.value() if rnd.random() < 0.5 else plain_data(rnd, 0)
        protocol = rnd.randrange(maker.minimum, 6)
        data = dumps(value, protocol, CPickler)
        if rnd.random() < 0.3:
            data = pickletools.optimize(data)
        data = damaged(rnd, data)
        positions = []
        outcome = b"ok"
        try:
            for _, _, position in pickletools.genops(data):
                positions.append(position)
        except Exception as error:
            outcome = type(error).__name__.encode()
        write(data)
        write(struct.pack("<%dI" % len(positions), *positions))
        write(outcome)
        write(loaded(data))


def plain_data(rnd, depth):
    maker = Maker(rnd)
    kind = rnd.randrange(8)
    if depth > 4 or kind < 2:
        return rnd.choice((maker.text, maker.integer, maker.float, lambda: None, lambda: True))()
    items = [plain_data(rnd, depth + 1) for _ in range(rnd.randrange(5))]
    if kind < 4:
        return items
    if kind < 6:
        return {maker.text(): item for item in items}
    return tuple(items)


def opcodes():
    rows = [
        {
            "byte": ord(op.code),
            "name": op.name,
            "protocol": op.proto,
            "argument": op.arg and op.arg.name,
            "before": [part.name for part in op.stack_before],
            "after": [part.name for part in op.stack_after],
        }
        for op in pickletools.opcodes
    ]
    OUT.write(json.dumps(rows).encode())


if __name__ == "__main__":
    command, *numbers = sys.argv[1:]
    {"opcodes": opcodes, "objects": objects, "mutants": mutants}[command](*map(int, numbers))
