#!/usr/bin/env python3
"""hostile_capture.py OUT.pcap < STRINGS.json: a capture in which each of the strings is a User-Agent, a host, a banner
of an SSH tunnel, and a path; see hostile_test.mjs. A string is text, or {"base64"} of what is none.
"""

import base64
import json
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "end_to_end"))
from pcapgen import Conversation, write_pcap  # noqa: E402

OK = b"HTTP/1.1 200 OK\r\n\r\n"
MINUTE_US = 60_000_000
START_US = 1_700_000_000_000_000
LONGEST_FIELD = 60_000
LONGEST_HOST = 200


def bytes_of(string):
    raw = base64.b64decode(string["base64"]) if isinstance(string, dict) else string.encode("utf-8", "surrogatepass")
    return raw.replace(b"\r", b"").replace(b"\n", b"")


def conversations(strings):
    for number, string in enumerate(strings):
        text = bytes_of(string)
        field = text[:LONGEST_FIELD]
        host = b"h%d." % number + text[:LONGEST_HOST].replace(b" ", b"") + b".example"
        client = f"192.0.2.{1 + number % 200}"
        start = START_US + number * MINUTE_US // 10
        yield (Conversation(client=(client, 1024 + number), start=start).open()
               .up(b"CONNECT " + host + b":443 HTTP/1.1\r\nHost: " + host + b"\r\nUser-Agent: " + field + b"\r\n\r\n")
               .down(OK).down(b"SSH-2.0-" + text[:400] + b"\r\n").up(b"SSH-2.0-" + text[:400] + b"\r\n").close())  # fmt: skip
        yield (Conversation(client=(client, 20_000 + number), start=start).open()
               .up(b"GET http://plain%d.example/" % number + b" HTTP/1.1\r\nHost: " + host + b"\r\nUser-Agent: " + field
                   + b"\r\n\r\n").down(b"HTTP/1.1 204 No\r\n\r\n").close())  # fmt: skip


def main():
    talks = conversations(json.load(sys.stdin))
    write_pcap(sys.argv[1], [packet for talk in talks for packet in talk.packets])


if __name__ == "__main__":
    main()
