#!/usr/bin/env python3
"""TLS and HTTP fields of every session against tshark, as an independent reader of the same packets.

For every TCP stream in which tshark sees a ClientHello, a ServerHello, an HTTP request or an HTTP answer there must be
a session of the same endpoints, and its JA3, JA3S, SNI, cipher list, first method, Host, User-Agent and first status
must be the same. Where they rightly differ, DIFFERENCES says why. What tshark does not know is not compared."""

import collections
import datetime
import subprocess
import unittest

import harness

COLUMNS = (
    "tcp.stream", "frame.time_epoch", "ip.src", "ipv6.src", "tcp.srcport", "ip.dst", "ipv6.dst", "tcp.dstport",
    "tls.handshake.type", "tls.handshake.ja3", "tls.handshake.ja3s", "tls.handshake.extensions_server_name",
    "tls.handshake.ciphersuite", "http.request.method", "http.host", "http.user_agent", "http.response.code",
)  # fmt: skip
SEPARATOR, AGGREGATOR = "\x1e", "\x1f"
# Protocols on ports that tshark does not expect them on: per file, for tshark's -d.
DECODE_AS = {
    "connect/fragmented.pcap": ["tcp.port==8001,http"],
    "connect/plain-get-after-connect.pcap": ["tcp.port==8002,http"],
    "connect/tls-short.pcap": ["tcp.port==8002,http"],
    "connect/smtp-after-connect.pcap": ["tcp.port==8240,http"],
    "connect/http-then-ssh.pcap": ["tcp.port==22,http"],
}

# (file, tshark's stream, field) -> why ours is another value, or rightly absent.
PROXY_SIDE = "the proxy's own connection for the tunnel of stream 0: one session, told with the client's side"
RETRY = "tshark's is of the HelloRetryRequest; ours of the ServerHello that answers the second ClientHello"
CUT_BODY = ("tshark waits for the end of the first answer's body, which the capture cut, and so loses that answer; "
            "its first line stands in the stream's first packet from the server")  # fmt: skip
DIFFERENCES = {
    ("connect/both-sides-of-one-proxy.pcap", "1", "session"): PROXY_SIDE,
    ("tls/hello-retry-request.pcap", "0", "ja3s"): RETRY,
    ("sample", "207", "status"): CUT_BODY,
    ("sample", "326", "status"): CUT_BODY,
}


def text_of(value):
    """tshark escapes what it thinks unprintable; compare without."""
    return value.encode("latin-1", "backslashreplace").decode("unicode_escape") if "\\" in value else value


def is_grease(suite):
    return suite & 0x0F0F == 0x0A0A and suite >> 8 == suite & 0xFF


def cipher_list(value):
    suites = [int(text, 0) for text in value.split(AGGREGATOR)]
    return "-".join(f"{suite:04x}" for suite in suites if not is_grease(suite))


def tshark_rows(path, decode_as):
    command = ["tshark", "-n", "-r", path, "-T", "fields", "-E", "occurrence=a", "-E", f"separator={SEPARATOR}",
               "-E", f"aggregator={AGGREGATOR}", "-Y", "tcp && (tls.handshake.type in {1,2} || http)"]  # fmt: skip
    for rule in decode_as:
        command += ["-d", rule]
    for column in COLUMNS:
        command += ["-e", column]
    done = subprocess.run(command, capture_output=True, timeout=harness.TIMEOUT_S, check=False)
    # Status 2: a damaged file, read up to the damage.
    if done.returncode not in (0, 2):
        raise AssertionError(f"tshark: {done.stderr.decode(errors='replace')}")
    for line in done.stdout.decode("utf-8", "replace").split("\n"):
        cells = line.split(SEPARATOR)
        if len(cells) == len(COLUMNS):
            yield dict(zip(COLUMNS, cells, strict=True))


def first(cell):
    return cell.split(AGGREGATOR)[0]


def last(cell):
    """Of encapsulated packets the innermost address counts."""
    return cell.split(AGGREGATOR)[-1]


def reference(path, decode_as=()):
    """tshark's view: one dictionary per TCP stream that shows TLS or HTTP."""
    streams = collections.OrderedDict()
    for row in tshark_rows(path, decode_as):
        stream = streams.setdefault(first(row["tcp.stream"]), {"first": float(row["frame.time_epoch"]), "fields": {}})
        source = last(row["ip.src"] or row["ipv6.src"]), int(first(row["tcp.srcport"]))
        target = last(row["ip.dst"] or row["ipv6.dst"]), int(first(row["tcp.dstport"]))
        stream["ends"] = frozenset((source, target))
        note(stream["fields"], row)
    return streams


def note(fields, row):
    """Keeps what is the stream's first: hello, request, answer."""
    types = row["tls.handshake.type"].split(AGGREGATOR)
    if "1" in types and "cipher_suites" not in fields and row["tls.handshake.ciphersuite"]:
        fields["cipher_suites"] = cipher_list(row["tls.handshake.ciphersuite"])
        fields["ja3"] = first(row["tls.handshake.ja3"])
        fields["sni"] = text_of(first(row["tls.handshake.extensions_server_name"])) or None
    if "2" in types and "ja3s" not in fields and row["tls.handshake.ja3s"]:
        fields["ja3s"] = first(row["tls.handshake.ja3s"])
    if row["http.request.method"] and "method" not in fields:
        fields["method"] = first(row["http.request.method"])
        fields["host"] = text_of(first(row["http.host"])) or None
        fields["user_agent"] = text_of(first(row["http.user_agent"])) or None
    if row["http.response.code"] and "status" not in fields:
        fields["status"] = int(first(row["http.response.code"]))


def ours(session):
    """The same fields of one of our sessions."""
    found = {key: session.get(key) for key in ("cipher_suites", "ja3", "sni", "ja3s", "host", "user_agent")}
    found["method"] = next(iter(session.get("methods", {})), None)
    found["status"] = next(iter(session.get("status", [])), None)
    return found


def seconds_of(time):
    return datetime.datetime.fromisoformat(time.replace("Z", "+00:00")).timestamp()


def matching(sessions, stream):
    """The session of a stream: same endpoints, and of several the latest that began before the stream's first event."""
    same = [s for s in sessions if stream["ends"] == frozenset(
        ((s["client_ip"], s["client_port"]), (s["server_ip"], s["server_port"])))]  # fmt: skip
    begun = [s for s in same if seconds_of(s["start"]) <= stream["first"] + 0.001]
    return max(begun or same, key=lambda s: s["start"], default=None)


def compare(name, path, sessions, decode_as=()):
    """(number of values compared, list of differences that nobody has explained, explained ones)."""
    compared, unexplained, explained = 0, [], set()
    for number, stream in reference(path, decode_as).items():
        session = matching(sessions, stream)
        key = (name, number, "session")
        if session is None:
            (explained.add if key in DIFFERENCES else unexplained.append)(key)
            continue
        values = ours(session)
        for field, value in stream["fields"].items():
            compared += 1
            if values[field] != value:
                key = (name, number, field)
                if key in DIFFERENCES:
                    explained.add(key)
                else:
                    unexplained.append((*key, f"tshark: {value!r}, ours: {values[field]!r}"))
    return compared, unexplained, explained


class BundledDay(unittest.TestCase):
    def test_equal(self):
        compared, unexplained, explained = compare("sample", harness.SAMPLE, harness.sessions_of(harness.SAMPLE))
        self.assertEqual(unexplained, [])
        self.assertEqual(explained, {key for key in DIFFERENCES if key[0] == "sample"})
        self.assertGreater(compared, 1000)
        print(f"{compared} values are the same")


class PublicCaptures(unittest.TestCase):
    def test_equal(self):
        folder = harness.shared("public")
        total, everything_explained = 0, set()
        for part in ("tls", "http", "connect"):
            for path in sorted((folder / part).glob("*.pcap*")):
                name = f"{part}/{path.name}"
                with self.subTest(file=name):
                    compared, unexplained, explained = compare(
                        name, path, harness.sessions_of(path), DECODE_AS.get(name, ())
                    )
                    total += compared
                    everything_explained |= explained
                    self.assertEqual(unexplained, [])
        expected = {key for key in DIFFERENCES if key[0] != "sample"}
        self.assertEqual(everything_explained, expected, "explanations that are not needed any more")
        self.assertGreater(total, 300)
        print(f"{total} values are the same or explained")


if __name__ == "__main__":
    harness.main()
