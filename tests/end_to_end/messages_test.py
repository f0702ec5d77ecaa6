#!/usr/bin/env python3
"""What a session line tells of a session's messages and of the shape of its HTTP, on conversations made to order."""

import json
import pathlib
import tempfile
import unittest

import harness
from pcapgen import Conversation, client_hello, write_pcap

CONNECT = b"CONNECT relay.example:443 HTTP/1.1\r\nUser-Agent: probe/1\r\n\r\n"
OK = b"HTTP/1.1 200 Connection established\r\n\r\n"
UPGRADE = b"GET /s HTTP/1.1\r\nHost: chat.example\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"
SWITCH = b"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"
SECRET = b"hunter2-TOP-SECRET"


def line_of(conversation):
    """The session of one conversation."""
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "one.pcap"
        write_pcap(path, conversation.packets)
        sessions = harness.sessions_of(path)
    if len(sessions) != 1:
        raise AssertionError(f"{len(sessions)} sessions")
    return sessions[0]


def masked(payload):
    """A frame as clients send it."""
    mask = b"MASK"
    return b"\x82" + bytes([0x80 | len(payload)]) + mask + bytes(b ^ mask[i % 4] for i, b in enumerate(payload))


def brief(session):
    """The messages as (direction, length, bytes)."""
    return [(m["dir"], m["length"], bytes.fromhex(m.get("hex", ""))) for m in session.get("messages", [])]


class Messages(unittest.TestCase):
    def test_of_a_tunnel_have_lengths_times_and_bytes(self):
        session = line_of(
            Conversation().open().up(CONNECT).down(OK).wait(2).down(b"SSH-2.0-b\r\n").up(b"SSH-2.0-a\r\n").close()
        )
        self.assertEqual(brief(session), [("down", 11, b"SSH-2.0-b\r\n"), ("up", 11, b"SSH-2.0-a\r\n")])
        self.assertEqual([m["t_ms"] for m in session["messages"]], [2005, 2006])
        self.assertEqual((session["turns"], session["small_up"], session["small_down"]), (1, 1, 1))

    def test_of_tls_have_no_bytes(self):
        talk = Conversation().open().up(CONNECT).down(OK).up(client_hello("inside.example"))
        for _ in range(12):
            talk.down(b"\x17\x03\x03\x00\x10" + bytes(16)).up(b"\x17\x03\x03\x00\x08" + bytes(8))
        session = line_of(talk.close())
        self.assertEqual(len(session["messages"]), 25)
        self.assertFalse([m for m in session["messages"] if "hex" in m])

    def test_are_the_first_and_of_both_directions(self):
        talk = Conversation().open().up(CONNECT).down(OK).up(b"\x01hello")
        for _ in range(200):
            talk.down(b"\x02" + bytes(90))
        for _ in range(200):
            talk.up(b"\x03")
        session = line_of(talk.close())
        directions = [m["dir"] for m in session["messages"]]
        self.assertEqual((directions.count("down"), directions.count("up")), (36, 12))
        self.assertEqual(len(session["messages"][1]["hex"]), 128)
        self.assertEqual(session["exchanges_down"], 200)

    def test_of_a_websocket_are_unmasked(self):
        session = line_of(Conversation().open().up(UPGRADE).down(SWITCH).up(masked(b"ping")).down(b"\x82\x04pong").close())
        self.assertEqual(brief(session), [("up", 10, b"ping"), ("down", 6, b"pong")])

    def test_of_an_endless_upload_are_pieces_of_its_body(self):
        talk = Conversation().open().up(b"POST http://a.example/x HTTP/1.1\r\nContent-Length: 100000\r\n\r\n")
        for _ in range(15):
            talk.wait(1).up(b"\x02\x00\x05piece")
        session = line_of(talk.close())
        self.assertEqual(brief(session)[0], ("up", 8, b"\x02\x00\x05piece"))
        self.assertEqual(session["lengths"], [{"dir": "up", "length": 8, "count": 15}])
        http = session["http"]
        self.assertTrue(http["has_endless_body_up"])
        self.assertNotIn("has_endless_body_down", http)
        self.assertEqual((http["requests"], http["with_body"], http["body_bytes_up"]), (1, 1, 120))
        self.assertAlmostEqual(http["longest_body_up_s"], 15, delta=0.1)

    def test_of_ordinary_requests_are_not_written(self):
        session = line_of(
            Conversation()
            .open()
            .up(b"GET http://a.example/ HTTP/1.1\r\nReferer: http://b.example/\r\nCookie: " + SECRET + b"\r\n\r\n")
            .down(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 5\r\n\r\nhello")
            .close()
        )
        self.assertNotIn("messages", session)
        self.assertEqual(
            {k: session["http"][k] for k in ("requests", "with_referer", "with_cookie", "body_bytes_down", "content_type")},
            {"requests": 1, "with_referer": 1, "with_cookie": 1, "body_bytes_down": 5, "content_type": "text/html"},
        )


class Passwords(unittest.TestCase):
    """What logs somebody in, in clear, stays inside, also as hexadecimal."""

    def check(self, *steps):
        talk = Conversation().open().up(CONNECT).down(OK)
        for is_up, data in steps:
            talk.up(data) if is_up else talk.down(data)
        for _ in range(12):  # enough to be analysed
            talk.up(b"x").down(b"y")
        session = line_of(talk.close())
        self.assertTrue(session["messages"])
        text = json.dumps(session)
        self.assertNotIn(SECRET.decode(), text)
        self.assertNotIn(SECRET.hex()[4:-4], text)

    def test_of_http(self):
        self.check((True, b"GET /?key=" + SECRET + b" HTTP/1.1\r\nHost: a\r\nCookie: " + SECRET),
                   (True, SECRET + b"\r\n\r\n"),
                   (False, b"HTTP/1.1 200 OK\r\nSet-Cookie: " + SECRET + b"\r\n\r\n"))  # fmt: skip

    def test_of_ftp(self):
        self.check((False, b"220 ProFTPD Server ready.\r\n"), (True, b"USER bob\r\n"), (False, b"331 password\r\n"),
                   (True, b"PASS " + SECRET + b"\r\n"), (False, b"230 in\r\n"))  # fmt: skip

    def test_of_imap(self):
        self.check((False, b"* OK IMAP4rev1 ready\r\n"), (True, b"a1 LOGIN bob " + SECRET + b"\r\n"), (False, b"a1 OK\r\n"))

    def test_of_smtp(self):
        self.check((False, b"220 mail.example ESMTP\r\n"), (True, b"EHLO a\r\n"), (False, b"250 AUTH PLAIN\r\n"),
                   (True, b"AUTH PLAIN " + SECRET + b"\r\n"), (True, SECRET + b"\r\n"))  # fmt: skip

    def test_of_socks(self):
        self.check((True, b"\x05\x01\x02"), (False, b"\x05\x02"), (True, b"\x01\x03bob" + bytes([len(SECRET)]) + SECRET),
                   (False, b"\x01\x00"))  # fmt: skip


if __name__ == "__main__":
    harness.main()
