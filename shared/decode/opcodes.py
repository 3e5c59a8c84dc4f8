"""What pickletools says of stretches of streams, for opcodes.python.test.ts.

Reads a JSON list of {file, segments: [[start, stop], …]} from stdin; writes for each file the opcodes
of its segments: [offset, name, argument], with the argument in a form that JSON keeps.
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


def rows(data, start, stop):
    stream = io.BytesIO(data)
    stream.seek(start)
    for opcode, arg, pos in pickletools.genops(stream):
        if pos >= stop:
            break
        yield [pos, opcode.name, plain(opcode.name, arg)]
        if stream.tell() >= stop:
            break


for job in json.load(sys.stdin):
    with open(job["file"], "rb") as file:
        content = file.read()
    listed = [row for start, stop in job["segments"] for row in rows(content, start, stop)]
    print(json.dumps(listed))
