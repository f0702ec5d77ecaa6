"""Writes small captures of TCP conversations to order, for tests.

    talk = Conversation()
    talk.open()
    talk.up(b"CONNECT a:443 HTTP/1.1\\r\\n\\r\\n")
    talk.down(b"HTTP/1.1 200 OK\\r\\n\\r\\n")
    talk.close()
    write_pcap(path, talk.packets)

A packet is (time in microseconds since 1970, frame). Sequence and acknowledgment numbers are what two honest hosts would send, except
where a step says otherwise; checksums are right.
"""

import ipaddress
import struct

CLIENT = ("192.0.2.10", 40000)
PROXY = ("192.0.2.1", 3128)
FIN, SYN, RST, PSH, ACK = 1, 2, 4, 8, 16
STEP_US = 1000  # from one packet to the next


def checksum(data):
    """RFC 1071."""
    if len(data) % 2:
        data += b"\0"
    total = sum(struct.unpack(f">{len(data) // 2}H", data))
    while total > 0xFFFF:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def tcp_frame(source, target, sequence, acknowledgment, flags, payload):
    """An Ethernet frame with one segment; addresses decide between IPv4 and IPv6."""
    source_ip, target_ip = ipaddress.ip_address(source[0]), ipaddress.ip_address(target[0])
    length = 20 + len(payload)

    def tcp_header(check):
        return struct.pack(">HHIIBBHHH", source[1], target[1], sequence & 0xFFFFFFFF, acknowledgment & 0xFFFFFFFF,
                           0x50, flags, 0xFFFF, check, 0)  # fmt: skip

    pseudo = source_ip.packed + target_ip.packed + struct.pack(">II", length, 6)
    segment = tcp_header(checksum(pseudo + tcp_header(0) + payload)) + payload
    if source_ip.version == 6:
        packet = struct.pack(">IHBB", 0x60000000, length, 6, 64) + source_ip.packed + target_ip.packed
        ether_type = 0x86DD
    else:
        addresses = source_ip.packed + target_ip.packed
        start = struct.pack(">BBHHHBB", 0x45, 0, 20 + length, 0, 0x4000, 64, 6)
        packet = start + struct.pack(">H", checksum(start + b"\0\0" + addresses)) + addresses
        ether_type = 0x0800
    return b"\x02\0\0\0\0\x02\x02\0\0\0\0\x01" + struct.pack(">H", ether_type) + packet + segment


class Conversation:
    """One TCP connection. Each step adds packets; `packets` may be reordered or dropped before writing."""

    def __init__(self, client=CLIENT, server=PROXY, start=1_700_000_000_000_000, client_isn=1000, server_isn=0xFFFFFF00):
        self.packets = []
        self.time = start
        self.ends = {True: client, False: server}  # by "is the client"
        self.next = {True: client_isn, False: server_isn}  # next sequence number to send
        self.seen = {True: 0, False: 0}  # next sequence number expected of the other side

    def _send(self, from_client, flags, payload=b"", acknowledgment=None):
        if acknowledgment is None:
            acknowledgment = self.seen[from_client]
        frame = tcp_frame(self.ends[from_client], self.ends[not from_client], self.next[from_client], acknowledgment,
                          flags, payload)  # fmt: skip
        self.packets.append((self.time, frame))
        self.time += STEP_US
        self.next[from_client] += len(payload) + bool(flags & (SYN | FIN))

    def _receive(self, by_client):
        self.seen[by_client] = self.next[not by_client]

    def open(self):
        self._send(True, SYN, acknowledgment=0)
        self._receive(False)
        self._send(False, SYN | ACK)
        self._receive(True)
        self._send(True, ACK)
        return self

    def up(self, data, **options):
        return self._data(True, data, **options)

    def down(self, data, **options):
        return self._data(False, data, **options)

    def _data(self, from_client, data, cut=1400, blind=False):
        """Sends data in segments of `cut` bytes. `blind`: the sender has not yet received what the other side sent
        since the sender's own last step, and acknowledges accordingly."""
        if not blind:
            self._receive(from_client)
        for start in range(0, len(data), cut):
            self._send(from_client, PSH | ACK, data[start : start + cut])
        return self

    def wait(self, seconds):
        self.time += round(seconds * 1_000_000)
        return self

    def close(self):
        for side in (True, False):
            self._receive(side)
            self._send(side, FIN | ACK)
        self._receive(True)
        self._send(True, ACK)
        return self


def write_pcap(path, packets, order="<", nanoseconds=False, snap_length=262144):
    """A classic pcap; `order` is "<" or ">"."""
    with open(path, "wb") as out:
        out.write(pcap_bytes(packets, order, nanoseconds, snap_length))


def pcap_bytes(packets, order="<", nanoseconds=False, snap_length=262144):
    magic, per_microsecond = (0xA1B23C4D, 1000) if nanoseconds else (0xA1B2C3D4, 1)
    parts = [struct.pack(order + "IHHiIII", magic, 2, 4, 0, 0, snap_length, 1)]
    for time, frame in packets:
        seconds, microseconds = divmod(time, 1_000_000)
        kept = frame[:snap_length]
        parts.append(struct.pack(order + "IIII", seconds, microseconds * per_microsecond, len(kept), len(frame)) + kept)
    return b"".join(parts)


def client_hello(server_name, cipher_suites=(0x1301, 0x1302, 0xC02F), version=0x0303):
    """A TLS record with a small ClientHello."""
    name = server_name.encode()
    server_names = struct.pack(">BH", 0, len(name)) + name
    extension = struct.pack(">HHH", 0, len(server_names) + 2, len(server_names)) + server_names
    suites = b"".join(struct.pack(">H", suite) for suite in cipher_suites)
    body = struct.pack(">H", version) + bytes(range(32)) + b"\0" + struct.pack(">H", len(suites)) + suites + b"\x01\0"
    body += struct.pack(">H", len(extension)) + extension
    message = b"\x01" + len(body).to_bytes(3, "big") + body
    return b"\x16\x03\x01" + struct.pack(">H", len(message)) + message
