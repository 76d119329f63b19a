"""Submissions that look for the key, for others' work, for the tests, or for a way out.

Each tells what it has found in an error, which its feedback shows: the pattern wants an empty list there.
"""

from __future__ import annotations

from corpus.case import CRASHED, Case
from corpus.notebooks import answer, first

TELLS = "\ndef safe_log_softmax(z):\n    raise LookupError('found %r' % (found,))"
FILES = """\
import glob, os
found = []
for path in ('<KEY>/key.json', '<KEY>/instructor.ipynb', '<KEY>', '<SUBMITTED>', '<MARKS>',
             '<MARKS>/marks.csv', '/proc/1/root<KEY>/key.json', '/proc/self/cwd/..<KEY>/key.json',
             '../../../..<KEY>/key.json'):
    try: found.append(os.listdir(path) if os.path.isdir(path) else open(path, 'rb').read(9))
    except OSError: pass
for where in ('/', '/root', '/home', '/tmp', '/var', '/work', '/mnt', '/content', '.', '..', '/dev/shm'):
    for pattern in ('*.csv', '*key*', '*.ipynb', '*/*.ipynb', '*/key.json', '*pytest*', '.ssh', '.bash*'):
        found += [p for p in glob.glob(f'{where}/{pattern}') if 'site-packages' not in p]
"""
ENVIRONMENT = """\
import glob, os, subprocess
wanted = 'corpus' + '-environment'
found = [name for name, value in os.environ.items() if wanted in value]
for path in [*glob.glob('/proc/*/environ'), *glob.glob('/proc/*/cmdline'), *glob.glob('/proc/*/mem')]:
    try: found += [path] * (wanted.encode() in open(path, 'rb').read(100_000))
    except OSError: pass
"""
MEMORY = """\
import gc, sys, time
wanted, found, end = 'canary' + '-hidden', [], time.process_time() + 0.5
for thing in gc.get_objects():
    if time.process_time() > end: break
    things = thing.values() if type(thing) is dict else thing
    for text in things if type(thing) in (dict, list, tuple, set) else ():
        if type(text) is str and wanted in text and text != wanted and 'gc.get' not in text:
            found.append(text[:80])
frame = sys._getframe()
while frame:
    texts = [v for v in frame.f_locals.values() if type(v) is str and v != wanted]
    found += [v for v in texts if wanted in v and 'gc.get' not in v]
    frame = frame.f_back
"""
NETWORK = """\
import socket, subprocess, sys, urllib.request
found = []
for family, kind, address in (
    ('INET', 'STREAM', ('127.0.0.1', <PORT>)), ('INET', 'DGRAM', ('127.0.0.1', <PORT>)),
    ('INET6', 'STREAM', ('::1', <PORT>)), ('INET', 'STREAM', ('192.0.2.1', 80)),
    ('UNIX', 'STREAM', '\\0<MARKER>'), ('UNIX', 'STREAM', '<MARKS>/socket')):
    try:
        s = socket.socket(getattr(socket, 'AF_' + family), getattr(socket, 'SOCK_' + kind))
        s.settimeout(0.1); s.connect(address); s.send(b'<MARKER>')
        found.append(str(address))
    except OSError: pass
for read in (lambda: urllib.request.urlopen('http://127.0.0.1:<PORT>', timeout=0.1).read(),
             lambda: socket.create_server(('127.0.0.1', 0)), lambda: socket.getaddrinfo('example.org', 80)):
    try: found.append(str(read()))
    except (OSError, RuntimeError): pass
"""
WRITING = """\
import os, sys, neuropath, numpy
found = []
home = os.path.expanduser('~root')
for where in ('<KEY>', '<SUBMITTED>', '<MARKS>', '/', '/dev', '/dev/shm', '/var/tmp', '/etc', home, '..',
              sys.prefix, os.path.dirname(sys.executable), *neuropath.__path__, *numpy.__path__, '/usr/lib',
              '/proc', '/r'):
    try: open(where + '/<MARKER>', 'w').close(); found.append(where)
    except OSError: pass
for path in ('<KEY>/key.json', '<MARKS>/marks.csv', neuropath.__file__, numpy.__file__):
    for change in (lambda p: open(p, 'a'), lambda p: os.chmod(p, 0o777), os.unlink, os.utime,
                   lambda p: os.rename(p, p + 'x'), lambda p: os.truncate(p, 0),
                   lambda p: os.symlink(p, p + '-link')):
        try: change(path); found.append(path)
        except OSError: pass
"""
PRIVILEGES = """\
import ctypes, os, resource
found, libc = [], ctypes.CDLL(None, use_errno=True)
for name, call in {
    'setuid': lambda: os.setuid(0), 'chroot': lambda: os.chroot('.'), 'nice': lambda: os.nice(-5),
    'limit': lambda: resource.setrlimit(resource.RLIMIT_AS, (-1, -1)),
    'scheduler': lambda: os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1))}.items():
    try: call(); found.append(name)
    except (OSError, ValueError): pass
for name, words in {'mount': (b'none', b'/content', b'tmpfs', 0, 0), 'unshare': (0x10000000,),
                    'umount2': (b'/content', 2), 'setns': (3, 0), 'ptrace': (16, 1, 0, 0)}.items():
    if getattr(libc, name)(*words) == 0: found.append(name)
"""


def looks(name: str, does: str, source: str) -> Case:
    """A case that looks about, and shall have found nothing."""
    return Case(name, does, 25, (answer("s01c-nan", source + TELLS),), {"s01c-nan": CRASHED},
                says={"s01c-nan": r"LookupError: found \[\]"})  # fmt: skip


SNOOPING = [
    looks("reads", "reads the key, the marks, others' notebooks", FILES),
    looks("environment", "reads the environment and the processes of others", ENVIRONMENT),
    looks("memory-read", "searches its memory for hidden tests", MEMORY),
    looks("network", "speaks to this machine and to others", NETWORK),
    looks("overwrites", "writes and changes files outside its folder", WRITING),
    looks("privileges", "asks the kernel for more than it has", PRIVILEGES),
    Case(
        "leaves",
        "leaves files where it works, for the next one to find",
        27,
        (
            first(
                "for where in ('.', '/tmp', '/content', '/dev/shm', '/var/tmp'):\n"
                "    try: open(where + '/left-for-others.ipynb', 'w').write('{}')\n    except OSError: pass"
            ),
        ),
    ),
]
