"""`wardctl` without its start: a process that has imported it all forks for every call.

A runbook has dozens of calls, and importing the program takes a second each. `python -m` of this
module with a path serves on that socket; `CLIENT` is what stands on PATH as `wardctl`.
"""

from __future__ import annotations

import fcntl
import gc
import json
import os
import signal
import socket
import sys
import threading
import traceback

from ward_app.cli import main as command_line

# without site and environment of Python it starts in no time; says its place, hands over what it
# has open (0 to 9) and ends as the call did
CLIENT = """\
#!{python} -IS
import json, os, socket, sys
there = socket.socket(socket.AF_UNIX)
there.connect({path!r})
opened = []
for number in range(10):
    try:
        os.fstat(number)
    except OSError:
        continue
    if number != there.fileno():
        opened.append(number)
said = json.dumps([sys.argv[1:], os.getcwd(), dict(os.environ), opened]).encode()
socket.send_fds(there, [len(said).to_bytes(4, "big")], opened)
there.sendall(said)
answer = there.recv(1)
sys.exit(answer[0] if answer else 125)
"""
READY = b"ready\n"
_HANDED = 10
_HIGH = 100


def serve(path):
    """Answer calls until the standard input ends."""
    command_line._application([])
    gc.freeze()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    threading.Thread(target=_end_with_input, daemon=True).start()
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(path)
        listening.listen()
        os.write(1, READY)
        while True:
            call, _ = listening.accept()
            if os.fork() == 0:
                _answer(call)
            call.close()


def _end_with_input():
    os.read(0, 1)
    os._exit(0)


def _answer(call):
    """Be the called program, as its caller would have started it, and end."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    length, handed, _, _ = socket.recv_fds(call, 4, _HANDED)
    words, folder, environment, numbers = json.loads(_whole(call, int.from_bytes(length, "big")))
    answer = _above(call.detach())
    _take_over(handed, numbers)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    sys.argv = ["wardctl", *words]
    status = _ran()
    os.write(answer, bytes([status]))
    os._exit(status)


def _whole(call, length):
    said = b""
    while len(said) < length:
        said += call.recv(length - len(said))
    return said


def _take_over(handed, numbers):
    """Have open what the caller has open, under its numbers, and nothing else."""
    kept = [_above(one) for one in handed]
    os.closerange(3, _HIGH)
    for number, one in zip(numbers, kept, strict=True):
        os.dup2(one, number)


def _above(descriptor):
    """Return a copy of it that no caller's number meets and no program inherits."""
    return fcntl.fcntl(descriptor, fcntl.F_DUPFD_CLOEXEC, _HIGH)


def _ran():
    try:
        command_line.main()
    except SystemExit as ended:
        return ended.code or 0
    except BaseException:  # noqa: BLE001 - as Python itself ends
        traceback.print_exc()
        return 1
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
    return 0


if __name__ == "__main__":
    serve(sys.argv[1])
