#!/usr/bin/env python3
"""Ten thousand random mutations of small captures: no crash, no hang, no unbounded memory.

Meant for the program built with the sanitizers. The captures are connections picked out of the bundled day (tunnels
and ordinary ones), written as pcap in several forms, pcapng and gzip, and the CONNECT dialogues of
connect_dialogue_test. Mutations are numbered, and number and seed decide everything: a failure names its number, and
`mutation_test.py Mutations` with MOGURA_MUTATION=NUMBER runs that one and leaves its file in the current folder."""

import concurrent.futures
import functools
import gzip
import os
import pathlib
import random
import struct
import subprocess
import tempfile
import unittest

import connect_dialogue_test
import harness
from pcapgen import pcap_bytes

COUNT = int(os.environ.get("MOGURA_MUTATIONS", "10000"))
SEED = 20261122
FILES_PER_RUN = 25  # the program reads them as one timeline
RUN_TIMEOUT_S = 60
BASE_BYTES = 50_000
MEMORY_MB = 1024  # what a run may hold, sanitizer included


def packets_of(data):
    """(microseconds, frame) of a little-endian pcap, with the frame as captured."""
    offset = 24
    while offset + 16 <= len(data):
        seconds, microseconds, captured, _ = struct.unpack_from("<IIII", data, offset)
        yield seconds * 1_000_000 + microseconds, data[offset + 16 : offset + 16 + captured]
        offset += 16 + captured


def connection_of(frame):
    """The connection's endpoints, in order; nothing for what is not TCP over IPv4 over Ethernet."""
    if len(frame) < 54 or frame[12:14] != b"\x08\x00" or frame[23] != 6:
        return None
    ports = 14 + 4 * (frame[14] & 15)
    return tuple(sorted([(frame[26:30], frame[ports : ports + 2]), (frame[30:34], frame[ports + 2 : ports + 4])]))


def pcapng_bytes(packets):
    """Two sections' worth of blocks: two interfaces, names, a comment, a block nobody knows, simple packets."""

    def block(kind, body):
        body += b"\0" * (-len(body) % 4)
        return struct.pack("<II", kind, len(body) + 12) + body + struct.pack("<I", len(body) + 12)

    section = block(0x0A0D0D0A, struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1))
    nanoseconds = struct.pack("<HHB3xHH", 9, 1, 9, 0, 0)
    interfaces = block(1, struct.pack("<HHI", 1, 0, 262144)) + block(1, struct.pack("<HHI", 1, 0, 0) + nanoseconds)
    names = block(4, struct.pack("<HH4s12sHH", 1, 16, b"\x0a\0\0\1", b"host.test\0", 0, 0))
    parts = [section, interfaces, names, block(0x5A5A5A5A, b"whatever")]
    for number, (time, frame) in enumerate(packets):
        interface = number % 2
        stamp = time * (1000 if interface else 1)
        comment = struct.pack("<HH4sHH", 1, 4, b"note", 0, 0)
        padded = frame + b"\0" * (-len(frame) % 4)
        parts.append(block(6, struct.pack("<IIIII", interface, stamp >> 32, stamp & 0xFFFFFFFF, len(frame), len(frame))
                           + padded + comment))  # fmt: skip
        if number == len(packets) // 2:
            parts += [section, interfaces]
    parts.append(block(3, struct.pack("<I", len(packets[0][1])) + packets[0][1]))
    return b"".join(parts)


@functools.cache
def bases():
    """Small captures to start from, as bytes."""
    connections = {}
    for time, frame in packets_of(gzip.decompress(harness.SAMPLE.read_bytes())):
        connections.setdefault(connection_of(frame), []).append((time, frame))
    connections.pop(None, None)
    chosen, found = random.Random(SEED), []
    groups = sorted(connections.values(), key=lambda packets: packets[0][0])
    chosen.shuffle(groups)
    for number in range(16):
        packets, size = [], 0
        while size < BASE_BYTES and groups:
            part = groups.pop()[:60]
            packets += part
            size += sum(16 + len(frame) for _, frame in part)
        packets.sort(key=lambda packet: packet[0])
        form = number % 8
        if form < 4:
            found.append(pcap_bytes(packets))
        elif form == 4:
            found.append(pcap_bytes(packets, order=">", nanoseconds=True))
        elif form == 5:
            found.append(gzip.compress(pcap_bytes(packets)))
        else:
            found.append(pcapng_bytes(packets))
    dialogues = [talk.packets for _, talk, _, _ in connect_dialogue_test.CASES]
    half = len(dialogues) // 2
    found += [pcap_bytes(sum(dialogues[:half], [])), pcap_bytes(sum(dialogues[half:], []))]
    return found


INTERESTING = [b"\0\0\0\0", b"\xff\xff\xff\xff", b"\x7f\xff\xff\xff", b"\xff\xff\xff\x7f", b"\0\0\0\1", b"\1\0\0\0",
               b"\0\0\x10\0", b"\0\x10\0\0", b"\r\n\r\n", b"HTTP", b"\x16\x03\x01\xff"]  # fmt: skip


def mutate(data, dice):
    """One to four changes of one kind each."""
    data = bytearray(data)
    for _ in range(dice.randint(1, 4)):
        if len(data) < 64:
            break
        at, length = dice.randrange(len(data)), dice.choice((1, 4, 16, 60, 200, 1500))
        kind = dice.randrange(8)
        if kind <= 1:
            for _ in range(dice.randint(1, 16)):
                data[dice.randrange(len(data))] ^= 1 << dice.randrange(8)
        elif kind == 2:
            word = dice.choice(INTERESTING)
            data[at : at + len(word)] = word
        elif kind == 3:
            del data[at : at + length]
        elif kind == 4:
            data[at:at] = data[at : at + length]
        elif kind == 5:
            other = dice.choice(bases())
            start = dice.randrange(len(other))
            data[at : at + length] = other[start : start + length]
        elif kind == 6:
            data[at:at] = dice.randbytes(min(length, 64))
        else:
            del data[at:]
    return bytes(data)


def mutation(number):
    dice = random.Random(SEED * 1_000_003 + number)
    return mutate(dice.choice(bases()), dice)


def verdict_on(paths):
    """What is wrong with a run over these files, or nothing."""
    environment = dict(os.environ, ASAN_OPTIONS=f"hard_rss_limit_mb={MEMORY_MB}:quarantine_size_mb=32:abort_on_error=0",
                       UBSAN_OPTIONS="print_stacktrace=1")  # fmt: skip
    try:
        done = subprocess.run([harness.MOGURA, "analyze", "--quiet", "--threads", "1", "--json", "/dev/null", "--sessions",
                               "/dev/null", *paths], env=environment, capture_output=True, timeout=RUN_TIMEOUT_S,
                              check=False)  # fmt: skip
    except subprocess.TimeoutExpired:
        return f"no end after {RUN_TIMEOUT_S} s"
    if done.returncode in (0, 3):
        return None
    return f"status {done.returncode}: {done.stderr.decode(errors='replace')[-3000:]}"


def run_batch(numbers):
    with tempfile.TemporaryDirectory() as folder:
        paths = []
        for number in numbers:
            path = pathlib.Path(folder) / f"{number:06}.pcap"
            path.write_bytes(mutation(number))
            paths.append(path)
        wrong = verdict_on(paths)
        if wrong is None:
            return None
        for number, path in zip(numbers, paths, strict=True):
            alone = verdict_on([path])
            if alone is not None:
                return f"mutation {number}: {alone}"
        return f"mutations {numbers[0]} to {numbers[-1]}, only together: {wrong}"


class Mutations(unittest.TestCase):
    def test_no_crash_no_hang(self):
        if "MOGURA_MUTATION" in os.environ:
            number = int(os.environ["MOGURA_MUTATION"])
            path = pathlib.Path(f"mutation-{number}.pcap")
            path.write_bytes(mutation(number))
            self.assertIsNone(verdict_on([path]))
            return
        bases()
        batches = [range(start, min(start + FILES_PER_RUN, COUNT)) for start in range(0, COUNT, FILES_PER_RUN)]
        with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
            wrong = [verdict for verdict in pool.map(run_batch, batches) if verdict]
        self.assertEqual(wrong, [])
        print(f"{COUNT} mutations of {len(bases())} captures")


if __name__ == "__main__":
    harness.main()
