"""What pickletools says of stretches of streams, for opcodes.python.test.ts.

Reads a JSON list of {file, segments: [[start, stop], …]} from stdin; writes for each file the opcodes
of its segments: [offset, name, argument, stack, mark], with the argument in a form that JSON keeps. The last
two are what `pickletools.dis` works out: values and marks on the stack behind the opcode, and the offset of the
mark that it takes; behind a segment that ends without STOP they go on in the next one.
"""

import codecs
import hashlib
import io
import json
import pickletools
import sys


def string_line(stream):
    """As `pickletools.read_stringnl`, which takes no Python 2 str beyond ASCII."""
    return codecs.escape_decode(stream.readline()[1:-2])[0].decode("latin-1")


pickletools.stringnl.reader = string_line


def plain(name, arg):
    if arg is None or isinstance(arg, bool):
        return arg
    if isinstance(arg, int):
        return {"int": str(arg) if arg.bit_length() < 4000 else hex(arg)}
    if isinstance(arg, float):
        return {"float": arg.hex()}
    if isinstance(arg, (bytes, bytearray)):
        return {"bytes": len(arg), "sha1": hashlib.sha1(bytes(arg)).hexdigest()}
    if name in ("STRING", "BINSTRING", "SHORT_BINSTRING"):
        return {"bytes": len(arg)}
    return {"text": arg}


class Stack:
    """The stack emulation of `pickletools.dis`."""

    def __init__(self):
        self.stack = []
        self.marks = []

    def step(self, opcode, pos):
        before, after, mark = opcode.stack_before, opcode.stack_after, None
        count = len(before)
        marker = pickletools.markobject
        if marker in before or (opcode.name == "POP" and self.stack and self.stack[-1] is marker):
            mark = self.marks.pop()
            while self.stack[-1] is not marker:
                self.stack.pop()
            self.stack.pop()
            count = before.index(marker) if marker in before else 0
        if count:
            del self.stack[-count:]
        if marker in after:
            self.marks.append(pos)
        self.stack.extend(after)
        return [len(self.stack), mark]


def rows(data, start, stop, outer):
    stream = io.BytesIO(data)
    stream.seek(start)
    for opcode, arg, pos in pickletools.genops(stream):
        if pos >= stop:
            break
        yield [pos, opcode.name, plain(opcode.name, arg), *outer[-1].step(opcode, pos)]
        if stream.tell() >= stop:
            break


def listed(data, segments):
    """`segments`: [start, stop, whether a pickle within begins there, whether one ends]."""
    outer = [Stack()]
    for start, stop, begins, ends in segments:
        if begins:
            outer.append(Stack())
        yield from rows(data, start, stop, outer)
        if ends:
            outer.pop()


for job in json.load(sys.stdin):
    with open(job["file"], "rb") as file:
        content = file.read()
    print(json.dumps(list(listed(content, job["segments"]))))
