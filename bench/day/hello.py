"""TLS hellos of families of programs: their bytes, and the fingerprints that go with them.

What a family offers is a matter of public record; the fingerprints are computed here on their own, by
docs/formats/fingerprints.md, so that a capture's can be compared with the session lines'.
"""

import hashlib
import struct

GREASE = (0x0A0A, 0x1A1A, 0x2A2A, 0x3A3A, 0x4A4A, 0x5A5A, 0x6A6A, 0x7A7A)


def suites(text):
    return [int(part, 16) for part in text.split("-")]


OPENSSL3 = suites("1302-1303-1301-c02c-c030-009f-cca9-cca8-ccaa-c02b-c02f-009e-c024-c028-006b-c023-c027-0067-c00a-c014-0039"
                  "-c009-c013-0033-009d-009c-003d-003c-0035-002f-00ff")  # fmt: skip
OPENSSL1 = suites("c030-c02c-c028-c024-c014-c00a-009f-006b-0039-cca9-cca8-ccaa-c02f-c02b-c027-c023-c013-c009-009e-0067-0033"
                  "-009d-009c-003d-003c-0035-002f-00ff")  # fmt: skip
GNUTLS = suites("1302-1303-1301-1304-c02c-cca9-c0ad-c00a-c02b-c0ac-c009-c030-cca8-c014-c02f-c013-009d-c09d-0035-009c-c09c-002f"
                "-009f-ccaa-c09f-0039-009e-c09e-0033")  # fmt: skip
JAVA = suites("1302-1301-1303-c02c-c02b-cca9-c030-cca8-c02f-009f-ccaa-00a3-009e-00a2-c024-c028-c023-c027-006b-006a-0067-0040"
              "-c00a-c014-c009-c013-0039-0038-0033-0032-009d-009c-003d-003c-0035-002f-00ff")  # fmt: skip
CHROME = suites("1301-1302-1303-c02b-c02f-c02c-c030-cca9-cca8-c013-c014-009c-009d-002f-0035")
FIREFOX = suites("1301-1303-1302-c02b-c02f-cca9-cca8-c02c-c030-c00a-c009-c013-c014-009c-009d-002f-0035")
SAFARI = suites("1301-1302-1303-c02c-c02b-cca9-c030-c02f-cca8-c00a-c009-c014-c013-009d-009c-0035-002f-c008-c012-000a")
SCHANNEL10 = suites("c02c-c02b-c030-c02f-009f-009e-c024-c023-c028-c027-c00a-c009-c014-c013-009d-009c-003d-003c-0035-002f-000a")
SCHANNEL11 = suites("1302-1301-c02c-c02b-c030-c02f-009f-009e-c024-c023-c028-c027-c00a-c009-c014-c013-009d-009c-003d-003c-0035-002f")
GO = suites("c02b-c02f-c02c-c030-cca9-cca8-c009-c013-c00a-c014-009c-009d-002f-0035-c012-000a-1301-1302-1303")
RUSTLS = suites("1302-1301-1303-c02c-c02b-cca9-c030-c02f-cca8-00ff")
MBEDTLS = suites("1302-1301-1303-cca8-cca9-c02c-c030-c0ad-c024-c028-c00a-c014-c02b-c02f-c0ac-c023-c027-c009-c013-00ff")

CHROME_EXTENSIONS = (0, 23, 0xFF01, 10, 11, 35, 16, 5, 13, 18, 51, 45, 43, 27, 17513, 0xFE0D)
CHROME_NEW_EXTENSIONS = CHROME_EXTENSIONS[:14] + (17613, 0xFE0D)
FIREFOX_EXTENSIONS = (0, 23, 0xFF01, 10, 11, 35, 16, 5, 34, 51, 43, 13, 45, 28, 27, 0xFE0D)
SAFARI_EXTENSIONS = (0, 23, 0xFF01, 10, 11, 16, 5, 13, 18, 51, 45, 43, 27, 21)
LIBRARY_EXTENSIONS = (0, 11, 10, 35, 22, 23, 13, 43, 45, 51)
ALPN_EXTENSIONS = (0, 11, 10, 16, 22, 23, 13, 43, 45, 51)
OLD_EXTENSIONS = (0, 5, 10, 11, 13, 35, 23, 0xFF01)
SIGNATURES = (0x0403, 0x0804, 0x0401, 0x0503, 0x0805, 0x0501, 0x0806, 0x0601)


class Hello:
    """A ClientHello but for its random parts and its server name."""

    def __init__(self, ciphers, extensions, alpn=(), grease=False, permutes=False, signatures=SIGNATURES, orders=24):
        self.ciphers = tuple(ciphers)
        self.extensions = tuple(e for e in extensions if e != 16 or alpn)
        self.alpn = tuple(alpn)
        self.grease = grease
        self.permutes = permutes
        self.signatures = signatures
        self.is_13 = 43 in self.extensions
        self.cipher_list = "-".join(f"{c:04x}" for c in self.ciphers)
        self._orders = orders if permutes else 1
        self._cache = {}

    def variant(self, rng, has_name=True):
        """One connection's order of extensions, with its fingerprints; there are few orders, so that they repeat."""
        key = (rng.randrange(self._orders), has_name)
        if key not in self._cache:
            order = [e for e in self.extensions if has_name or e != 0]
            if self.permutes:
                rng.shuffle(order)
            self._cache[key] = Variant(self, order)
        return self._cache[key]


class Variant:
    def __init__(self, hello, order):
        self.hello = hello
        self.order = order
        self.ja3 = hashlib.md5(self._ja3_text().encode()).hexdigest()
        self.ja4, self.ja4_r = self._ja4()
        self._bytes_without_name = len(self.record("", bytes(64)))

    def _ja3_text(self):
        lists = (self.hello.ciphers, self.order, (29, 23, 24) if 10 in self.order else (), (0,) if 11 in self.order else ())
        return ",".join(["771"] + ["-".join(str(n) for n in numbers) for numbers in lists])

    def _ja4(self):
        hello, order = self.hello, self.order
        alpn = hello.alpn[0][0] + hello.alpn[0][-1] if 16 in order else "00"
        first = "t%s%s%02d%02d%s" % ("13" if hello.is_13 else "12", "d" if 0 in order else "i", len(hello.ciphers), len(order), alpn)
        ciphers = ",".join(sorted(f"{c:04x}" for c in hello.ciphers))
        rest = ",".join(sorted(f"{e:04x}" for e in order if e not in (0, 16)))
        if 13 in order:
            rest += "_" + ",".join(f"{s:04x}" for s in hello.signatures)
        digests = [hashlib.sha256(text.encode()).hexdigest()[:12] for text in (ciphers, rest)]
        return "_".join([first, *digests]), "_".join([first, ciphers, rest])

    def length(self, name):
        """Of the record's fragment."""
        return self._bytes_without_name - 5 + (len(name) if 0 in self.order else 0)

    def record(self, name, random):
        """The TLS record; `random`: at least 64 bytes."""
        hello = self.hello
        grease = [struct.pack(">H", 0x1A1A)] if hello.grease else []
        ciphers = b"".join(grease + [struct.pack(">H", c) for c in hello.ciphers])
        parts = [struct.pack(">HH", 0x2A2A, 0)] if hello.grease else []
        for kind in self.order:
            data = self._extension(kind, name, random)
            parts.append(struct.pack(">HH", kind, len(data)) + data)
        if hello.grease:
            parts.append(struct.pack(">HHB", 0x3A3A, 1, 0))
        extensions = b"".join(parts)
        body = (b"\x03\x03" + random[:32] + b"\x20" + random[32:64] + struct.pack(">H", len(ciphers)) + ciphers + b"\x01\x00"
                + struct.pack(">H", len(extensions)) + extensions)  # fmt: skip
        message = b"\x01" + len(body).to_bytes(3, "big") + body
        return b"\x16\x03\x01" + struct.pack(">H", len(message)) + message

    def _extension(self, kind, name, random):
        hello = self.hello
        if kind == 0:
            text = name.encode()
            return struct.pack(">HBH", len(text) + 3, 0, len(text)) + text
        if kind == 10:
            groups = (0x1A1A, 29, 23, 24) if hello.grease else (29, 23, 24)
            return struct.pack(">H", 2 * len(groups)) + b"".join(struct.pack(">H", g) for g in groups)
        if kind == 13:
            return struct.pack(">H", 2 * len(hello.signatures)) + b"".join(struct.pack(">H", s) for s in hello.signatures)
        if kind == 16:
            names = b"".join(bytes([len(n)]) + n.encode() for n in hello.alpn)
            return struct.pack(">H", len(names)) + names
        if kind == 43:
            versions = ([0x1A1A] if hello.grease else []) + [0x0304, 0x0303]
            return bytes([2 * len(versions)]) + b"".join(struct.pack(">H", v) for v in versions)
        if kind == 51:
            return struct.pack(">HHH", 36, 29, 32) + random[:32]
        fixed = {5: b"\x01\0\0\0\0", 11: b"\x01\0", 45: b"\x01\x01", 0xFF01: b"\0", 27: b"\x02\0\x02", 28: b"\x40\x01",
                 34: b"\0\x02\x04\x03", 21: bytes(40), 17513: b"\0\x03\x02h2", 17613: b"\0\x03\x02h2"}  # fmt: skip
        if kind == 0xFE0D:
            return b"\0\0\x01\0\x01\x07\0\x20" + random[:32] + b"\0\x90" + (random * 3)[:144]
        return fixed.get(kind, b"")


def browsers():
    """The families of browsers; each has a hello of its own."""
    both = ("h2", "http/1.1")
    return {
        "chrome": Hello(CHROME, CHROME_EXTENSIONS, both, grease=True, permutes=True),
        "chrome-new": Hello(CHROME, CHROME_NEW_EXTENSIONS, both, grease=True, permutes=True),
        "firefox": Hello(FIREFOX, FIREFOX_EXTENSIONS, both),
        "firefox-esr": Hello(FIREFOX, FIREFOX_EXTENSIONS[:14], both),
        "safari": Hello(SAFARI, SAFARI_EXTENSIONS, both, grease=True),
    }


def libraries():
    """What programs that are no browsers are linked with."""
    return {
        "openssl3": Hello(OPENSSL3, LIBRARY_EXTENSIONS),
        "openssl3-h2": Hello(OPENSSL3, ALPN_EXTENSIONS, ("h2", "http/1.1")),
        "openssl1": Hello(OPENSSL1, OLD_EXTENSIONS),
        "gnutls": Hello(GNUTLS, (5, 10, 11, 13, 22, 23, 0, 35, 51, 43, 0xFF01, 45, 28)),
        "java": Hello(JAVA, (0, 5, 10, 13, 50, 17, 23, 43, 45, 51)),
        "schannel10": Hello(SCHANNEL10, OLD_EXTENSIONS),
        "schannel11": Hello(SCHANNEL11, (0, 5, 10, 13, 16, 23, 43, 45, 51, 0xFF01), ("h2", "http/1.1")),
        "go": Hello(GO, (0, 5, 10, 11, 13, 0xFF01, 18, 43, 51)),
        "go-h2": Hello(GO, (0, 5, 10, 11, 13, 0xFF01, 16, 18, 43, 51), ("h2", "http/1.1")),
        "rustls": Hello(RUSTLS, (43, 11, 10, 13, 23, 0, 5, 51, 45, 35)),
        "mbedtls": Hello(MBEDTLS, (0, 43, 51, 10, 13, 11, 22, 23)),
        "apple": Hello(SAFARI, SAFARI_EXTENSIONS[:12], ("h2", "http/1.1"), grease=True),
    }


def private_hello(rng):
    """Of a program that was built or set up by hand: some of a library's list, in its own order or another."""
    base = rng.choice(list(libraries().values()))
    ciphers = [c for c in base.ciphers if c >> 8 == 0x13 or rng.random() < rng.choice((0.25, 0.5, 0.85))] or list(base.ciphers[:3])
    if rng.random() < 0.3:
        rng.shuffle(ciphers)
    extensions = [e for e in base.extensions if e in (0, 10, 13, 43, 51) or rng.random() < 0.7]
    alpn = rng.choice(((), (), (), ("http/1.1",), ("h2", "http/1.1")))
    if alpn and 16 not in extensions:
        extensions.insert(len(extensions) // 2, 16)
    return Hello(ciphers, extensions, alpn)
