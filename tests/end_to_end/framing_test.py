#!/usr/bin/env python3
"""`mogura proxy` and messages that two parsers could read differently (tests/framing/vectors.tsv): what is refused does
not reach the origin, and what goes on is read the same by everybody."""

import http.client
import tempfile
import unittest

import framing_lab as lab
import harness


class Vectors(unittest.TestCase):
    """Requests."""

    @classmethod
    def setUpClass(cls):
        cls.origin = lab.Origin()
        cls.addClassCleanup(cls.origin.close)
        cls.proxy = lab.Proxy("--threads", "1", "--challenge", "off")
        cls.addClassCleanup(cls.proxy.stop)
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.readers = lab.readers(folder.name)
        for reader in cls.readers:
            cls.addClassCleanup(reader.close)

    def probe(self):
        """A request after the others: when it is answered, what was to reach the origin has."""
        raw = lab.request("/probe", self.origin.authority, "Connection: close")
        self.assertEqual(lab.status_of(lab.ask(self.proxy.address, raw)), 200)

    def forwarded(self):
        """What reached the origin, the probe's request aside: (complete requests, is there more)."""
        self.probe()
        found, is_more, raws = [], False, []
        for raw in self.origin.take():
            requests, has_rest = lab.read_requests(raw)
            is_more |= has_rest
            found += [entry for entry in requests if entry[1] != b"/probe"]
            raws.append(raw)
        return found, is_more, raws

    def sent(self, vector):
        return lab.vectors(self.origin.authority, *vector)

    def test_refused_heads_do_not_reach_the_origin(self):
        for vector in self.sent(["request"]):
            if vector["expected"] == "pass":
                continue
            with self.subTest(vector["name"]):
                received = lab.ask(self.proxy.address, vector["bytes"])
                self.assertEqual(lab.status_of(received), lab.STATUS.get(vector["expected"], 400), vector["why"])
                self.assertEqual(received.count(b"HTTP/1.1 "), 1, received)
                found, is_more, _ = self.forwarded()
                self.assertEqual(found, [])
                self.assertFalse(is_more)

    def test_refused_bodies_reach_the_origin_incomplete_at_most(self):
        for vector in self.sent(["chunked"]):
            if vector["expected"] == "pass":
                continue
            with self.subTest(vector["name"]):
                received = lab.ask(self.proxy.address, vector["bytes"])
                found, is_more, _ = self.forwarded()
                if vector["name"].startswith("good-"):
                    self.assertEqual(len(found), 1)
                    self.assertFalse(is_more)
                    self.assertEqual(lab.status_of(received), 200)
                    self.assertIn(b"HTTP/1.1 400", received)
                else:
                    self.assertEqual(found, [], vector["why"])
                    self.assertNotIn(b"HTTP/1.1 200", received)

    def test_what_goes_on_is_read_the_same_by_everybody(self):
        sentinel = lab.request("/sentinel", self.origin.authority, "Connection: close")
        for vector in self.sent(["request", "chunked"]):
            if vector["expected"] != "pass":
                continue
            with self.subTest(vector["name"]):
                raw = vector["bytes"]
                wanted = [entry[:3] for entry in lab.read_requests(raw)[0]]
                if b" HTTP/1.0\r\n" not in raw:
                    wanted.append((b"GET", b"/sentinel", b""))
                received = lab.ask(self.proxy.address, raw + sentinel)
                self.assertEqual(lab.status_of(received), 200, received)
                found, is_more, raws = self.forwarded()
                self.assertFalse(is_more)
                self.assertEqual([entry[:3] for entry in found], wanted)
                for *_, fields in found:
                    hosts = [value for name, value in fields if name == b"host"]
                    self.assertEqual(hosts, [self.origin.authority.encode()])
                self.everybody_reads(raws, wanted)

    def everybody_reads(self, raws, wanted):
        """Each reader finds what we found, or refuses: it never finds anything else."""
        for raw in raws:
            ours = [entry[:3] for entry in lab.read_requests(raw)[0]]
            for reader in self.readers:
                theirs = [entry for entry in reader.read(raw) if entry[1] != b"/last-of-all"]
                self.assertEqual(theirs, ours[: len(theirs)], reader.name)
                if all(method in (b"GET", b"POST") for method, *_ in ours):
                    self.assertEqual(len(theirs), len(ours), f"{reader.name} refuses: {raw}")

    def test_all_readers_are_there(self):
        missing = {"http.server", "node", "nginx"} - {reader.name for reader in self.readers}
        if missing:
            self.skipTest(f"not installed: {', '.join(sorted(missing))}")


def read_response(raw):
    """(status, body) of the final response, as Python's client has it."""
    response = http.client.HTTPResponse(lab.FakeSocket(raw), method="GET")
    response.begin()
    while 100 < response.status < 200:  # the client skips 100 only
        raw = raw.split(b"\r\n\r\n", 1)[1]
        response = http.client.HTTPResponse(lab.FakeSocket(raw), method="GET")
        response.begin()
    return response.status, response.read()


class Responses(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.origin = lab.Origin()
        cls.addClassCleanup(cls.origin.close)
        cls.proxy = lab.Proxy("--threads", "1", "--challenge", "off")
        cls.addClassCleanup(cls.proxy.stop)
        cls.vectors = lab.vectors(cls.origin.authority, "response", "response-body")
        cls.origin.answers = {b"/" + vector["name"].encode(): vector["bytes"] for vector in cls.vectors}

    def ask(self, vector):
        raw = lab.request("/" + vector["name"], self.origin.authority, "Connection: close")
        return lab.ask(self.proxy.address, raw)

    def test_refused_heads_do_not_reach_the_client(self):
        for vector in self.vectors:
            if vector["kind"] != "response" or vector["expected"] == "pass":
                continue
            with self.subTest(vector["name"]):
                received = self.ask(vector)
                self.assertEqual(lab.status_of(received), 502, vector["why"])
                self.assertNotIn(b"Set-Cookie: a=b", received)

    def test_refused_bodies_end_early(self):
        for vector in self.vectors:
            if vector["kind"] != "response-body":
                continue
            with self.subTest(vector["name"]):
                received = self.ask(vector)
                self.assertFalse(received.endswith(b"0\r\n\r\n"), vector["why"])

    def test_the_others_arrive_as_they_were_sent(self):
        for vector in self.vectors:
            if vector["expected"] != "pass":
                continue
            with self.subTest(vector["name"]):
                self.assertEqual(read_response(self.ask(vector)), read_response(vector["bytes"]), vector["why"])


if __name__ == "__main__":
    harness.main()
