"""The same sessions as session lines (docs/formats/session.md), as labels, and as a capture of the proxy's client side."""

import base64
import hashlib
import heapq
import ipaddress
import json
import struct
import time

import shapes

PROXY = "10.0.0.2"
PROXY_PORT = 3128
WAYS = ("up", "down")
FILLER_BYTES = 1 << 20
FIN, SYN, PSH, ACK = 1, 2, 8, 16


def request_of(session):
    agent = f"User-Agent: {session.user_agent}\r\n" if session.user_agent else ""
    return f"CONNECT {session.destination} HTTP/1.1\r\nHost: {session.destination}\r\n{agent}\r\n".encode()


def answer_of(session):
    reason = {200: "Connection established", 403: "Forbidden", 407: "Proxy Authentication Required"}.get(session.status, "Bad Gateway")
    length = "" if session.status == 200 else "Content-Length: 0\r\n"
    return f"HTTP/1.1 {session.status} {reason}\r\n{length}\r\n".encode()


def rfc3339(microseconds):
    seconds, rest = divmod(microseconds, 1_000_000)
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(seconds)) + f".{rest:06d}Z"


def session_id(session):
    client, proxy = (ipaddress.ip_address(session.client).packed, session.port), (ipaddress.ip_address(PROXY).packed, PROXY_PORT)
    low, high = sorted((client, proxy))
    text = b"\0\0" + low[0] + high[0] + b"\x06\0" + struct.pack(">HH", low[1], high[1])
    return "1:" + base64.b64encode(hashlib.sha1(text).digest()).decode() + f"-{session.start_us}"


def hello_bytes(session):
    return session.variant.length(session.server_name) if session.variant else 0


def shown_of(data, inner, way, is_first):
    """What a session line has of a message's first bytes: docs/formats/session.md, what is kept of messages."""
    if inner == "http":
        if way == 0:
            return data[: data.find(b" ") + 1] if data.startswith(b"GET ") else b""
        return data[: data.find(b"\n") + 1] if data.startswith(b"HTTP/1.") else b""
    if inner in ("smtp", "irc"):
        if not is_first:
            return b""
        return data[: data.find(b" ") + 1] if way == 0 else data
    return data


class LineWriter:
    """What follows from a shape is made into text once."""

    def __init__(self, out, min_exchanges=10):
        self.out = out
        self.min_exchanges = min_exchanges
        self.texts = {}

    def write(self, session):
        shape, variant = session.shape, session.variant
        hello = hello_bytes(session)
        request, answer = request_of(session), answer_of(session)
        packets, volume = shape.volume(hello, len(request), len(answer))
        line = {"session_id": session_id(session), "start": rfc3339(session.start_us), "end": rfc3339(session.start_us + shape.end_us()),
                "client_ip": session.client, "client_port": session.port, "server_ip": PROXY, "server_port": PROXY_PORT,
                "kind": "ssl" if variant else "connect", "destination": session.destination, "methods": {"CONNECT": 1},
                "status": [session.status]}  # fmt: skip
        if session.user_agent:
            line["user_agent"] = session.user_agent
        line["host"] = session.destination
        line["urls_count"] = 1
        if session.inner == "http":
            line |= {"methods": {"CONNECT": 1, "GET": 1}, "status": [session.status, 200], "urls_count": 2}
        if variant:
            line |= self._tls(session)
        line["inner_protocol"] = session.inner
        line |= {"exchanges_up": shape.exchanges[0], "exchanges_down": shape.exchanges[1], "packets_up": packets[0], "packets_down": packets[1],
                 "bytes_up": volume[0], "bytes_down": volume[1], "duration_s": shape.end_us() / 1e6, "gaps_bytes": 0, "truncated": False}  # fmt: skip
        ends = ',"ech_outer":true}' if variant and 0xFE0D in variant.order else "}"
        text = json.dumps(line, separators=(",", ":"))[:-1] + self._rest(session).replace('"length":-1', f'"length":{hello}', 1)
        self.out.write(text + ends + "\n")

    @staticmethod
    def _tls(session):
        variant = session.variant
        line = {"sni": session.server_name} if 0 in variant.order and session.server_name else {}
        if 16 in variant.order:
            line["alpn"] = list(variant.hello.alpn)
        is_13 = session.shape.messages[1][1] == 122
        line["tls_version"] = "TLS 1.3" if is_13 else "TLS 1.2"
        line["cipher_suites"] = variant.hello.cipher_list
        line |= {"ja3": variant.ja3, "ja4": variant.ja4, "ja4_r": variant.ja4_r, "ja3s": JA3S[is_13]}
        return line

    def _rest(self, session):
        shape, is_connect = session.shape, session.variant is None
        key = id(shape)
        if key not in self.texts:
            is_told = min(shape.exchanges) >= self.min_exchanges
            text = json.dumps(self._behaviour(shape, session.inner, is_told, is_told or is_connect), separators=(",", ":"))
            self.texts[key] = (shape, ("," + text[1:-1]) if text != "{}" else "")
        return self.texts[key][1]

    @staticmethod
    def _behaviour(shape, inner, has_lengths, has_messages):
        line = {}
        numbers = {"turns": shape.turns, "small_up": shape.small[0], "small_down": shape.small[1], "longest_silence_s": shape.silence_us / 1e6}
        line |= {key: number for key, number in numbers.items() if number}
        if has_lengths and shape.lengths:
            line["lengths"] = [{"dir": WAYS[way], "length": length, "count": count} for way, length, count in shape.lengths]
        if has_messages and shape.kept:
            line["messages"] = [LineWriter._message(shape, inner, i, m) for i, m in enumerate(shape.kept)]
        if shape.interval:
            line["interval_s"] = {"median": shape.interval[0], "mad": shape.interval[1]}
        return line

    @staticmethod
    def _message(shape, inner, index, kept):
        way, length, milliseconds, begins = kept
        message = {"dir": WAYS[way], "length": length, "t_ms": milliseconds}
        if not shape.is_tls:
            is_first = all(earlier[0] != way for earlier in shape.kept[:index])
            shown = shown_of(payload(begins, length, index)[: shapes.KEPT_BYTES], inner, way, is_first)
            if shown:
                message["hex"] = shown.hex()
        return message


FILLER = hashlib.shake_128(b"mogura").digest(FILLER_BYTES)
SERVER_HELLO = {  # legacy version, session, cipher suite, compression, extensions
    True: b"\x03\x03" + FILLER[:32] + b"\x20" + FILLER[32:64] + b"\x13\x01\0\0\x2e\0\x2b\0\x02\x03\x04\0\x33\0\x24\0\x1d\0\x20" + FILLER[64:96],
    False: b"\x03\x03" + FILLER[:32] + b"\x20" + FILLER[32:64] + b"\xc0\x2f\0\0\x09\xff\x01\0\x01\0\0\x17\0\0",
}
JA3S = {True: hashlib.md5(b"771,4865,43-51").hexdigest(), False: hashlib.md5(b"771,49199,65281-23").hexdigest()}


def payload(begins, length, index):
    """Of a message in clear: what it begins with, and noise."""
    at = (index * 7919 + length * 104_729) % (FILLER_BYTES - 65_536)
    return begins + FILLER[at : at + length - len(begins)]


def record(session, index, message):
    """A TLS record: those of the handshake as they are, all others noise."""
    length = message[1]
    if length == shapes.HELLO:
        at = (session.port * 64 + session.start_us) % (FILLER_BYTES - 64)
        return session.variant.record(session.server_name, FILLER[at : at + 64])
    is_13 = session.shape.messages[1][1] == 122
    if index == 1:
        body = SERVER_HELLO[is_13]
        return b"\x16\x03\x03" + struct.pack(">H", length) + b"\x02" + (length - 4).to_bytes(3, "big") + body
    if length == 1:
        return b"\x14\x03\x03\0\x01\x01"
    kind = b"\x16" if not is_13 and index in (3, 5) else b"\x17"
    at = (index * 7919 + session.start_us) % (FILLER_BYTES - 65_536)
    return kind + b"\x03\x03" + struct.pack(">H", length) + FILLER[at : at + length]


class Connection:
    """The packets of a session, one after the other: (time in microseconds, frame)."""

    FRAME = struct.Struct(">14sBBHHHBBH4s4sHHIIBBHHH")
    ETHERNET = b"\x02\0\0\0\0\x02\x02\0\0\0\0\x01\x08\0"

    def __init__(self, session):
        self.session = session
        self.addresses = (ipaddress.ip_address(session.client).packed, ipaddress.ip_address(PROXY).packed)
        self.ports = (session.port, PROXY_PORT)
        self.next = [(session.start_us * 2654435761) & 0x7FFFFFFF, (session.start_us * 40503) & 0x7FFFFFFF]
        words = struct.unpack(">4H", b"".join(self.addresses))
        self.sum = 0x4500 + 0x4000 + 0x4006 + sum(words)

    def frame(self, way, flags, data=b""):
        """TCP's checksum is left zero, as it is where the network card computes it."""
        length = shapes.HEADERS + len(data)
        total = self.sum + length
        total = (total & 0xFFFF) + (total >> 16)
        check = ~((total & 0xFFFF) + (total >> 16)) & 0xFFFF
        acknowledged = self.next[1 - way] if flags & ACK else 0
        head = self.FRAME.pack(self.ETHERNET, 0x45, 0, length, 0, 0x4000, 64, 6, check, self.addresses[way], self.addresses[1 - way],
                               self.ports[way], self.ports[1 - way], self.next[way], acknowledged, 0x50, flags, 0xFFFF, 0, 0)  # fmt: skip
        self.next[way] = (self.next[way] + len(data) + bool(flags & (SYN | FIN))) & 0xFFFFFFFF
        return head + data

    def packets(self):
        session, shape, start = self.session, self.session.shape, self.session.start_us
        yield start, self.frame(0, SYN)
        yield start + shape.SYN_ACK_US, self.frame(1, SYN | ACK)
        yield start + shape.ACK_US, self.frame(0, ACK)
        yield start + shape.CONNECT_US, self.frame(0, PSH | ACK, request_of(session))
        yield start + shape.CONNECT_US + shape.connect_us, self.frame(1, PSH | ACK, answer_of(session))
        for index, burst in enumerate(shape.bursts):
            way, at = burst[0], start + burst[1]
            data = b"".join(self.bytes_of(i) for i in burst[2])
            for offset in range(0, len(data), shapes.SEGMENT):
                yield at, self.frame(way, PSH | ACK, data[offset : offset + shapes.SEGMENT])
            if shape.needs_ack(index):
                yield at + 40, self.frame(1 - way, ACK)
        end = start + shape.end_us()
        yield end - 300, self.frame(0, FIN | ACK)
        yield end - 150, self.frame(1, FIN | ACK)
        yield end, self.frame(0, ACK)

    def bytes_of(self, index):
        message = self.session.shape.messages[index]
        if self.session.shape.is_tls:
            return record(self.session, index, message)
        return payload(message[3] if len(message) > 3 else b"", message[1], index)


def write_capture(path, sessions, snap_length):
    """`sessions` in order of their start."""
    header = struct.Struct("<IIII")
    with open(path, "wb", buffering=1 << 20) as out:
        out.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, snap_length, 1))
        open_ones, upcoming = [], iter(sessions)
        following = next(upcoming, None)
        number = 0
        while open_ones or following:
            if following and (not open_ones or following.start_us <= open_ones[0][0]):
                packets = Connection(following).packets()
                at, frame = next(packets)
                heapq.heappush(open_ones, (at, number, frame, packets))
                number += 1
                following = next(upcoming, None)
                continue
            at, order, frame, packets = open_ones[0]
            kept = frame[:snap_length]
            out.write(header.pack(at // 1_000_000, at % 1_000_000, len(kept), len(frame)) + kept)
            later = next(packets, None)
            if later:
                heapq.heapreplace(open_ones, (later[0], order, later[1], packets))
            else:
                heapq.heappop(open_ones)
