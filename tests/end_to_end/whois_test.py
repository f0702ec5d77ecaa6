#!/usr/bin/env python3
"""`mogura whois` against whois servers of this test's own, on loopback: referrals, faults, and what servers may try."""

import json
import pathlib
import socket
import tempfile
import threading
import time
import unittest

import harness


class Server:
    """A whois server: `answer` gets the connection and the line that was asked."""

    def __init__(self, answer, host="127.0.0.1"):
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self.socket = socket.create_server((host, 0), family=family)
        port = self.socket.getsockname()[1]
        self.name = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
        self.lines = []
        self.answer = answer
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            try:
                connection, _ = self.socket.accept()
            except OSError:
                return
            threading.Thread(target=self.talk, args=(connection,), daemon=True).start()

    def talk(self, connection):
        with connection:
            try:
                line = b""
                while not line.endswith(b"\n"):
                    piece = connection.recv(1024)
                    if not piece:
                        return
                    line += piece
                self.lines.append(line)
                self.answer(connection, line)
            except OSError:
                pass

    def close(self):
        self.socket.close()


class WithServers(unittest.TestCase):
    def server(self, answer, host="127.0.0.1"):
        """`answer`: bytes to say, or what to do with the connection."""
        speak = answer if callable(answer) else lambda connection, _: connection.sendall(answer)
        server = Server(speak, host)
        self.addCleanup(server.close)
        return server

    def whois(self, server, *arguments, query="relay.example", expect=0):
        done = harness.run("whois", query, "--server", getattr(server, "name", server), *arguments, timeout=30)
        self.assertEqual(done.returncode, expect, done.stderr.decode(errors="replace"))
        return done

    def document(self, server, *arguments, **options):
        return json.loads(self.whois(server, "--json", *arguments, **options).stdout)


class Answers(WithServers):
    def test_a_chain_of_referrals(self):
        last = self.server(b"Registrant Organization: Relay Works\r\nRegistrant Country: JP\r\n")
        middle = self.server(f"Registrar: R\r\nRegistrar WHOIS Server: {last.name}\r\n".encode())
        first = self.server(f"% root\n\nrefer:        {middle.name}\n".encode())
        answer = self.document(first)
        self.assertEqual(answer["servers"], [first.name, middle.name, last.name])
        self.assertEqual(answer["organisation"], "Relay Works")
        self.assertEqual(answer["country"], "JP")
        self.assertEqual(last.lines, [b"relay.example\r\n"])

    def test_other_ways_to_refer(self):
        for line in ("whois: {}", "ReferralServer: whois://{}", "ReferralServer: whois://{}/some/path", "Whois Server: {}"):
            with self.subTest(line):
                last = self.server(b"org-name: Relay Works\n")
                first = self.server((line.format(last.name) + "\n").encode())
                self.assertEqual(self.document(first)["organisation"], "Relay Works")

    def test_the_text_is_told_whole(self):
        done = self.whois(self.server(b"first line\r\nRegistrar: R\r\nlast line"))
        self.assertIn(b"first line\nRegistrar: R\nlast line\n", done.stdout)
        self.assertIn(b"registrar", done.stdout)

    def test_addresses(self):
        server = self.server(b"NetRange: 192.0.2.0 - 192.0.2.255\nOrgName: Relay Works\n")
        for query in ("192.0.2.1", "2001:db8::1"):
            self.assertEqual(self.document(server, query=query)["network"], "192.0.2.0 - 192.0.2.255")
        self.assertEqual(server.lines, [b"192.0.2.1\r\n", b"2001:db8::1\r\n"])

    def test_ipv6(self):
        try:
            server = self.server(b"Registrar: R\n", "::1")
        except OSError:
            self.skipTest("no IPv6 here")
        self.assertEqual(self.document(server)["registrar"], "R")

    def test_a_folder_remembers(self):
        server = self.server(b"Registrar: R\n")
        with tempfile.TemporaryDirectory() as folder:
            for _ in range(3):
                self.assertEqual(self.document(server, "--cache", folder)["registrar"], "R")
            self.assertEqual(len(server.lines), 1)
            self.assertEqual(len(list(pathlib.Path(folder).iterdir())), 1)
            self.document(server, "--cache", folder, query="other.example")
            self.assertEqual(len(server.lines), 2)

    def test_a_registry_without_an_entry(self):
        self.assertIn(b"No match", self.whois(self.server(b'No match for "RELAY.EXAMPLE".\r\n')).stdout)


class Faults(WithServers):
    def test_a_server_that_says_nothing_in_time(self):
        stop = threading.Event()
        self.addCleanup(stop.set)
        server = self.server(lambda connection, line: stop.wait(20))
        begin = time.monotonic()
        done = self.whois(server, "--timeout", "1", expect=4)
        self.assertLess(time.monotonic() - begin, 10)
        self.assertIn(b"no answer in time", done.stderr)
        self.assertEqual(done.stdout, b"")

    def test_a_referral_that_leads_nowhere_leaves_what_was_known(self):
        gone = self.server(b"")
        gone.close()
        first = self.server(f"Registrar: R\nrefer: {gone.name}\n".encode())
        self.assertEqual(self.document(first)["registrar"], "R")

    def test_a_connection_that_closes_at_once(self):
        done = self.whois(self.server(b""), expect=4)
        self.assertIn(b"without an answer", done.stderr)

    def test_a_connection_that_breaks_after_a_part(self):
        def answer(connection, _):
            connection.sendall(b"Registrar: R\n")
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")

        self.assertEqual(self.document(self.server(answer))["registrar"], "R")

    def test_nobody_listens(self):
        gone = self.server(b"")
        gone.close()
        self.whois(gone, expect=4)

    def test_too_many_questions(self):
        done = self.whois(self.server(b"%ERROR:201: access denied: query rate limit exceeded\n"), expect=4)
        self.assertIn(b"refuses more questions", done.stderr)

    def test_usage(self):
        server = self.server(b"Registrar: R\n")
        for query in ("a b", "a\r\nb", "a\nb", "", "x" * 300):
            with self.subTest(query):
                self.whois(server, query=query, expect=2)
        self.assertEqual(server.lines, [])
        for name in ("no server", "a:99999", "http://a", ""):
            with self.subTest(name):
                if name:
                    self.whois(name, expect=2)


class Hostility(WithServers):
    def test_an_endless_answer_is_cut(self):
        def answer(connection, _):
            for _ in range(10_000):
                connection.sendall(b"x" * 9_999 + b"\n")

        text = self.document(self.server(answer))["text"]
        self.assertLessEqual(len(text), 256 * 1024)

    def test_garbage(self):
        garbage = bytes(range(256)) * 20
        done = self.whois(self.server(garbage))
        for byte in done.stdout:
            self.assertTrue(byte >= 0x20 or byte in b"\n\t", hex(byte))
        self.assertNotIn(b"\x7f", done.stdout)
        self.document(self.server(garbage))

    def test_terminal_sequences_stay_out(self):
        done = self.whois(self.server("Registrar: \x1b]0;owned\x07\u202ereversed\u009b31m\n".encode()))
        for sequence in (b"\x1b", b"\x07", "\u202e".encode(), "\u009b".encode()):
            self.assertNotIn(sequence, done.stdout)

    def test_a_loop_ends(self):
        names = []
        one = self.server(lambda connection, _: connection.sendall(f"Registrar: 1\nrefer: {names[1]}\n".encode()))
        two = self.server(lambda connection, _: connection.sendall(f"Registrar: 2\nrefer: {names[0]}\n".encode()))
        names += [one.name, two.name]
        self.assertEqual(self.document(one)["servers"], names)
        self.assertEqual((len(one.lines), len(two.lines)), (1, 1))

    def test_a_long_chain_ends(self):
        servers = [self.server(b"Registrar: end\n")]
        for number in range(8):
            servers.append(self.server(f"Registrar: {number}\nrefer: {servers[-1].name}\n".encode()))
        self.assertEqual(len(self.document(servers[-1])["servers"]), 5)


if __name__ == "__main__":
    harness.main()
