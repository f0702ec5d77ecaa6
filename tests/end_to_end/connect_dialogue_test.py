#!/usr/bin/env python3
"""CONNECT dialogues made to order: what the session says, and why. Each case is one connection; `expect` names the
fields of the session that matter to it."""

import pathlib
import tempfile
import unittest

import harness
from pcapgen import Conversation, client_hello, write_pcap

REQUEST = b"CONNECT relay.example:443 HTTP/1.1\r\nHost: relay.example:443\r\nUser-Agent: probe/1\r\n\r\n"
OK = b"HTTP/1.1 200 Connection established\r\n\r\n"
SSH_UP = b"SSH-2.0-OpenSSH_9.2p1\r\n"
SSH_DOWN = b"SSH-2.0-OpenSSH_9.6\r\n"
UPGRADE = (
    b"GET /chat HTTP/1.1\r\nHost: chat.example\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
)
SWITCH = b"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"


def talk():
    return Conversation().open()


def tunnel(request=REQUEST, answer=OK):
    """A tunnel with SSH inside."""
    return talk().up(request).down(answer).up(SSH_UP).down(SSH_DOWN).close()


def connect_to(authority):
    return tunnel(b"CONNECT " + authority + b" HTTP/1.1\r\n\r\n")


def answer_first():
    """The client's tunnel bytes stand before the answer in the capture, but were sent after it."""
    conversation = talk().up(REQUEST).down(OK).up(SSH_UP).down(SSH_DOWN).close()
    packets = conversation.packets
    packets[4], packets[5] = (packets[4][0], packets[5][1]), (packets[5][0], packets[4][1])
    return conversation


SSH_TUNNEL = {"kind": "connect", "destination": "relay.example:443", "inner_protocol": "ssh"}
CASES = [
    ("plain", tunnel(), SSH_TUNNEL | {"status": [200], "methods": {"CONNECT": 1}, "user_agent": "probe/1",
     "connect_anomalies": [], "exchanges_up": 1, "exchanges_down": 1},
     "the ordinary case; nothing about it is odd"),
    ("any 2xx", tunnel(answer=b"HTTP/1.1 299 Fine\r\n\r\n"), SSH_TUNNEL | {"status": [299]},
     "RFC 9110 9.3.6: any 2xx opens the tunnel"),
    ("HTTP/1.0 answer", tunnel(answer=b"HTTP/1.0 200 OK\r\nProxy-Agent: old\r\n\r\n"), SSH_TUNNEL,
     "many proxies answer so"),
    ("407, then again", talk().up(REQUEST)
        .down(b"HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic\r\nContent-Length: 4\r\n\r\nnone")
        .up(REQUEST).down(OK).up(SSH_UP).down(SSH_DOWN).close(),
     SSH_TUNNEL | {"status": [407, 200], "methods": {"CONNECT": 2}, "exchanges_up": 1},
     "authentication: the second try on one connection is the normal case"),
    ("403, then elsewhere", talk().up(b"CONNECT no.example:443 HTTP/1.1\r\n\r\n")
        .down(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n").up(REQUEST).down(OK).up(SSH_UP).down(SSH_DOWN).close(),
     SSH_TUNNEL | {"status": [403, 200]}, "the tunnel that was opened counts"),
    ("503", talk().up(REQUEST).down(b"HTTP/1.1 503 Unavailable\r\nContent-Length: 3\r\n\r\nno\n").close(),
     {"kind": "connect", "inner_protocol": "none", "status": [503], "destination": "relay.example:443"},
     "a refused tunnel carries nothing"),
    ("never answered", talk().up(REQUEST).close(),
     {"kind": "connect", "inner_protocol": "none", "status": None, "destination": "relay.example:443"},
     "no answer, no status"),
    ("opened, then nothing", talk().up(REQUEST).down(OK).close(),
     {"kind": "connect", "inner_protocol": "none", "status": [200]}, "browsers do that"),
    ("Content-Length on 200", tunnel(answer=b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n"),
     SSH_TUNNEL | {"connect_anomalies": ["content-length-on-success"]},
     "RFC 9110 9.3.6: the field means nothing, the tunnel begins at once"),
    ("Transfer-Encoding on 200", tunnel(answer=b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"),
     SSH_TUNNEL | {"connect_anomalies": ["transfer-encoding-on-success"]}, "as above"),
    ("interim answer", tunnel(answer=b"HTTP/1.1 100 Continue\r\n\r\n" + OK),
     SSH_TUNNEL | {"connect_anomalies": ["interim-response"]}, "1xx does not answer a CONNECT"),
    ("request with a body", tunnel(REQUEST[:-2] + b"Content-Length: 5\r\n\r\nhello"),
     SSH_TUNNEL | {"connect_anomalies": {"request-body"}}, "a CONNECT has no body"),
    ("client bytes with the request", talk().up(REQUEST + SSH_UP).down(OK).down(SSH_DOWN).close(),
     SSH_TUNNEL | {"connect_anomalies": ["early-client-data"]}, "sent before anybody said yes"),
    ("client bytes before the answer", talk().up(REQUEST).up(SSH_UP).down(OK).down(SSH_DOWN).close(),
     SSH_TUNNEL | {"connect_anomalies": ["early-client-data"]}, "as above, in a segment of their own"),
    ("client bytes crossing the answer", talk().up(REQUEST).down(OK).up(SSH_UP, blind=True).down(SSH_DOWN).close(),
     SSH_TUNNEL | {"connect_anomalies": ["early-client-data"]},
     "captured after the answer, but the client had not received it: its acknowledgment says so"),
    ("answer captured late", answer_first(), SSH_TUNNEL | {"connect_anomalies": []},
     "captured before the answer, but acknowledging it: nothing odd"),
    ("server bytes with the answer", talk().up(REQUEST).down(OK + SSH_DOWN).up(SSH_UP).close(),
     SSH_TUNNEL | {"connect_anomalies": ["early-server-data"]}, "one segment holds the head's end and tunnel bytes"),
    ("answer to half a request", talk().up(REQUEST[:40]).down(OK).up(REQUEST[40:], blind=True).up(SSH_UP).down(SSH_DOWN)
        .close(),
     SSH_TUNNEL | {"connect_anomalies": {"response-before-request"}}, "nobody can know the answer yet"),
    ("cut at every byte", talk().up(REQUEST, cut=1).down(OK, cut=1).up(SSH_UP, cut=1).down(SSH_DOWN, cut=1).close(),
     SSH_TUNNEL | {"status": [200], "connect_anomalies": [], "user_agent": "probe/1"}, "segments mean nothing to HTTP"),
    ("IPv6 literal", connect_to(b"[2001:DB8:0:0::1]:443"), {"destination": "[2001:db8::1]:443", "inner_protocol": "ssh"},
     "RFC 5952 form, whatever was written"),
    ("odd case and a final dot", connect_to(b"ReLay.EXAMPLE.:443"), {"destination": "relay.example:443"},
     "one host, one key"),
    ("no port", connect_to(b"relay.example"), {"destination": "relay.example:443", "kind": "connect", "inner_protocol": "ssh"},
     "the port that CONNECT is for, so that one host is one key"),
    ("no fields at all", connect_to(b"relay.example:8443"), {"destination": "relay.example:8443", "user_agent": None,
     "host": None}, "absent means not seen"),
    ("IPv6 outside", Conversation(client=("2001:db8::5", 50000), server=("2001:db8::1", 8080)).open().up(REQUEST)
        .down(OK).up(SSH_UP).down(SSH_DOWN).close(),
     SSH_TUNNEL | {"client_ip": "2001:db8::5", "client_port": 50000, "server_ip": "2001:db8::1", "server_port": 8080},
     "addresses of either family"),
    ("client on the low port", Conversation(client=("192.0.2.10", 80), server=("192.0.2.1", 50000)).open().up(REQUEST)
        .down(OK).up(SSH_UP).down(SSH_DOWN).close(),
     SSH_TUNNEL | {"client_ip": "192.0.2.10", "client_port": 80}, "who asks is the client, whatever the ports"),
    ("TLS inside", talk().up(REQUEST).down(OK).up(client_hello("relay.example")).close(),
     {"kind": "ssl", "inner_protocol": "tls", "sni": "relay.example", "cipher_suites": "1301-1302-c02f"},
     "the first bytes are a ClientHello"),
    ("TLS inside, cut at every byte", talk().up(REQUEST).down(OK).up(client_hello("relay.example"), cut=1).close(),
     {"kind": "ssl", "sni": "relay.example", "cipher_suites": "1301-1302-c02f"}, "as above"),
    ("TLS with the request", talk().up(REQUEST + client_hello("relay.example")).down(OK).close(),
     {"kind": "ssl", "sni": "relay.example", "connect_anomalies": ["early-client-data"]}, "impatient, but TLS"),
    ("CONNECT inside CONNECT", talk().up(REQUEST).down(OK).up(b"CONNECT next.example:22 HTTP/1.1\r\n\r\n").down(OK)
        .up(SSH_UP).down(SSH_DOWN).close(),
     {"kind": "connect", "destination": "relay.example:443", "inner_protocol": "http"},
     "the tunnel we see is the outer one; what it carries is a proxy's HTTP"),
    ("HTTP inside", talk().up(REQUEST).down(OK).up(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        .down(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n").close(),
     {"kind": "connect", "inner_protocol": "http"}, "plain HTTP in a tunnel"),
    ("websocket inside", talk().up(REQUEST).down(OK).up(UPGRADE).down(SWITCH).up(b"\x82\x81\0\0\0\0x").close(),
     {"kind": "websocket", "destination": "relay.example:443"}, "browsers open ws:// through a proxy this way"),
    ("websocket without CONNECT", talk().up(UPGRADE).down(SWITCH).up(b"\x82\x81\0\0\0\0x").close(),
     {"kind": "websocket", "destination": "chat.example:80", "host": "chat.example"}, "an Upgrade answered 101"),
    ("Upgrade refused", talk().up(UPGRADE).down(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n").close(),
     {"kind": "get-post"}, "asking is not getting"),
    ("forwarded client", tunnel(REQUEST[:-2] + b"X-Forwarded-For: 10.1.2.3, 10.9.9.9\r\n\r\n"),
     SSH_TUNNEL | {"client_forwarded": "10.1.2.3"}, "a proxy behind the proxy names its client"),
    ("absolute target", talk().up(b"GET http://Site.Example/a HTTP/1.1\r\nHost: site.example\r\nUser-Agent: b\r\n\r\n")
        .down(b"HTTP/1.1 204 No Content\r\n\r\n").close(),
     {"kind": "get-post", "destination": "site.example:80", "methods": {"GET": 1}, "status": [204], "user_agent": "b"},
     "what a proxy's client sends"),
    ("no HTTP", talk().down(SSH_DOWN).up(SSH_UP).close(), {"kind": "other", "destination": "192.0.2.1:3128"},
     "no request was seen"),
]  # fmt: skip


def differences(session, expected):
    """What of `expected` is not so. A set means: these at least; None: absent."""
    found = []
    for key, value in expected.items():
        actual = session.get(key)
        if key == "connect_anomalies":
            actual = actual or []
        is_right = value <= set(actual) if isinstance(value, set) else actual == value
        if value is None and actual == []:
            is_right = True
        if not is_right:
            found.append(f"{key}: {actual!r}, not {value!r}")
    return found


class ConnectDialogue(unittest.TestCase):
    def test_every_case(self):
        with tempfile.TemporaryDirectory() as folder:
            for name, conversation, expected, why in CASES:
                with self.subTest(case=name, why=why):
                    path = pathlib.Path(folder) / "case.pcap"
                    write_pcap(path, conversation.packets)
                    sessions = harness.sessions_of(path)
                    self.assertEqual(len(sessions), 1)
                    self.assertEqual(differences(sessions[0], expected), [])


class BothSidesOfAProxy(unittest.TestCase):
    """The same tunnel before and behind the proxy is one session, seen from the client."""

    def sessions(self, hello_behind):
        before = talk().up(REQUEST).down(OK)
        behind = Conversation(client=("192.0.2.1", 50001), server=("198.51.100.7", 443), start=before.time).open()
        hello = client_hello("relay.example")
        before.up(hello).close()
        behind.up(hello_behind or hello).close()
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "both.pcap"
            write_pcap(path, sorted(before.packets + behind.packets))
            return harness.sessions_of(path)

    def test_same_hello_is_one_session(self):
        sessions = self.sessions(None)
        self.assertEqual([session["client_ip"] for session in sessions], ["192.0.2.10"])
        self.assertEqual(sessions[0]["kind"], "ssl")

    def test_another_hello_is_another_session(self):
        other = client_hello("relay.example").replace(bytes(range(32)), bytes(range(1, 33)))
        self.assertEqual(len(self.sessions(other)), 2)

    def test_what_a_client_repeats_through_a_branch_proxy_is_not_paired(self):
        poll = b"GET http://update.example/check HTTP/1.1\r\nHost: update.example\r\nVia: 1.1 branch\r\n\r\n"
        packets = []
        for i in range(5):
            start = 1_700_000_000_000_000 + i * 30_000_000
            talk = Conversation(client=("192.0.2.10", 40000 + i), start=start).open().up(poll)
            packets += talk.down(b"HTTP/1.1 204 No\r\n\r\n").close().packets
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "polls.pcap"
            write_pcap(path, packets)
            self.assertEqual(len(harness.sessions_of(path)), 5)


if __name__ == "__main__":
    harness.main()
