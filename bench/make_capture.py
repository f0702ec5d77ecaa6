#!/usr/bin/env python3
"""Makes a large capture out of a small one, for bench/analyze.

    bench/make_capture.py SOURCE.pcap[.gz] OUT.pcap [MEGABYTES]

SOURCE is written again and again until OUT holds at least MEGABYTES (default 500) million bytes. In copy number n all
times are moved on, so that copies follow each other, and every client 10.77.0.x becomes 10.77.n.x: other connections
of other clients to the same proxy. Checksums are corrected. SOURCE must be a little-endian Ethernet pcap with
microseconds whose clients are in 10.77.0.0/24 and whose proxy is 10.77.0.2, as the captures in samples/ are.
"""

import gzip
import os
import struct
import sys

CLIENT_NETWORK = bytes([10, 77, 0])
PROXY = bytes([10, 77, 0, 2])
ETHERNET_HEADER = 14
RECORD_HEADER = 16
PAUSE_SECONDS = 10  # between one copy's last packet and the next copy's first


class Template:
    """The records of the source, and where in them a copy differs: times, client addresses, checksums."""

    def __init__(self, data):
        if data[:4] != b"\xd4\xc3\xb2\xa1" or struct.unpack_from("<I", data, 20)[0] != 1:
            sys.exit("make_capture: not a little-endian Ethernet pcap with microseconds")
        self.header = data[:24]
        self.records = data[24:]
        self.seconds = []  # (offset, seconds since the epoch) of each record
        self.addresses = []  # offset of the third octet of each client address
        self.checksums = []  # (offset, value) of each checksum over a client address
        self._scan()

    def _scan(self):
        records, offset = self.records, 0
        while offset + RECORD_HEADER <= len(records):
            seconds, _, captured, _ = struct.unpack_from("<IIII", records, offset)
            self.seconds.append((offset, seconds))
            self._scan_packet(offset + RECORD_HEADER, captured)
            offset += RECORD_HEADER + captured

    def _scan_packet(self, offset, captured):
        records, ip = self.records, offset + ETHERNET_HEADER
        if captured < ETHERNET_HEADER + 40 or records[offset + 12 : ip] != b"\x08\x00" or records[ip + 9] != 6:
            return
        tcp = ip + 4 * (records[ip] & 15)
        for address in (ip + 12, ip + 16):
            if records[address : address + 3] == CLIENT_NETWORK and records[address : address + 4] != PROXY:
                self.addresses.append(address + 2)
                for checksum in (ip + 10, tcp + 16):
                    self.checksums.append((checksum, (records[checksum] << 8) | records[checksum + 1]))

    def span_seconds(self):
        times = [seconds for _, seconds in self.seconds]
        return max(times) - min(times) + 1

    def copy(self, number):
        """The records of copy `number`; copy 0 is the source itself."""
        records = bytearray(self.records)
        shift = number * (self.span_seconds() + PAUSE_SECONDS)
        for offset, seconds in self.seconds:
            struct.pack_into("<I", records, offset, seconds + shift)
        for offset in self.addresses:
            records[offset] = number
        # RFC 1624: a word that grows by d makes its checksum smaller by d, in ones' complement.
        for offset, value in self.checksums:
            value -= number << 8
            struct.pack_into(">H", records, offset, value if value >= 0 else value + 0xFFFF)
        return records


def read(path):
    with (gzip.open if path.endswith(".gz") else open)(path, "rb") as source:
        return source.read()


def make(source, target, megabytes):
    template = Template(read(source))
    copies = -(-megabytes * 1_000_000 // len(template.records))
    if copies > 255:
        sys.exit("make_capture: the source is too small, at most 255 copies have addresses of their own")
    partial = f"{target}.{os.getpid()}.part"
    with open(partial, "wb") as out:
        out.write(template.header)
        for number in range(copies):
            out.write(template.copy(number))
    os.replace(partial, target)  # an interrupted run leaves nothing that looks complete


if __name__ == "__main__":
    if len(sys.argv) not in (3, 4):
        sys.exit(__doc__)
    make(sys.argv[1], sys.argv[2], int(sys.argv[3]) if len(sys.argv) == 4 else 500)
