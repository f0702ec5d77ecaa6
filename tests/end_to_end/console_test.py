#!/usr/bin/env python3
"""`mogura console`: who may look, what it refuses, and how it ends. What it shows is in console_data_test.py."""

import contextlib
import http.client
import json
import pathlib
import shutil
import signal
import socket
import statistics
import tempfile
import time
import unittest

import console_fuzz
import harness
from console_server import Console, make_certificate, write_passwords
from proxy_harness import Folder, wait_until

FUZZ_S = 5
PASSWORD = "correct horse battery staple"
TOKEN = "0123456789abcdef-of-the-console"
_kept = None


def bundled_database(folder):
    """A copy of a database of the bundled capture, which is analysed once."""
    global _kept
    if _kept is None:
        _kept = tempfile.TemporaryDirectory()
        done = harness.run("analyze", "--quiet", harness.SAMPLE, "--db", pathlib.Path(_kept.name, "mogura.db"))
        assert (done.returncode, done.stderr) == (0, b""), done.stderr
        left = [path.name for path in pathlib.Path(_kept.name).iterdir()]
        assert left == ["mogura.db"], f"a copy of the file is not all of it: {left}"
    return pathlib.Path(shutil.copy(pathlib.Path(_kept.name, "mogura.db"), folder))


class WithDatabase(Folder):
    def setUp(self):
        super().setUp()
        self.database = bundled_database(self.folder)

    def console(self, *options, **how):
        return self.enterContext(Console(self.database, *options, **how))

    def with_login(self, *options, tls=False, **passwords):
        users = write_passwords(self.folder / "users", **(passwords or {"anna": PASSWORD}))
        certificate = make_certificate(self.folder)[0] if tls else None
        return self.console("--htpasswd", users, *options, certificate=certificate)

    def with_token(self):
        path = self.folder / "token"
        path.write_text(TOKEN + "\n")
        path.chmod(0o600)
        return self.console("--token", path)

    def assert_refused(self, answer, status, code):
        self.assertEqual((answer.status, answer.code), (status, code), answer.body)

    @staticmethod
    def a_finding(console):
        return console.get("/api/findings").json["rows"][0]["finding_id"]


class Start(WithDatabase):
    def test_what_does_not_fit_together_is_refused(self):
        users = write_passwords(self.folder / "users", anna=PASSWORD)
        certificate, key = make_certificate(self.folder)
        free = ("--listen", "127.0.0.1:0")
        (self.folder / "plain").write_text("anna:secret\n")
        (self.folder / "short").write_text("short\n")
        (self.folder / "short").chmod(0o600)
        tls = ("--certificate", certificate, "--key", key)
        for why, said, options in (
            ("off loopback", b"--certificate and --key", ("--listen", "192.0.2.1:8470")),
            ("anybody's address", b"--certificate and --key", ("--listen", "0.0.0.0:0")),
            ("and of IPv6", b"--certificate and --key", ("--listen", "[::]:0")),
            ("a mapped address is no loopback", b"--certificate", ("--listen", "[::ffff:192.0.2.1]:0")),
            ("with a login, no TLS", b"--certificate and --key", ("--listen", "192.0.2.1:0", "--htpasswd", users)),
            ("with TLS, no login", b"--htpasswd or --token", ("--listen", "0.0.0.0:0", *tls)),
            ("half a certificate", b"belong together", (*free, "--certificate", certificate)),
            ("a key that is none", b"console.pem", (*free, "--certificate", certificate, "--key", certificate)),
            ("passwords as they are", b"plain", (*free, "--htpasswd", self.folder / "plain")),
            ("a token to be guessed", b"short", (*free, "--token", self.folder / "short")),
            ("no address", b"--listen", ("--listen", "localhost")),
            ("a port too high", b"--listen", ("--listen", "127.0.0.1:65536")),
            ("no name", b"--host-name", (*free, "--host-name", "a b")),
        ):  # fmt: skip
            with self.subTest(why):
                done = harness.run("console", "--db", self.database, *options, timeout=30)
                self.assertEqual((done.returncode, done.stdout), (2, b""), done.stderr)
                self.assertIn(said, done.stderr)
                self.assertNotIn(b"secret", done.stderr)

    def test_files_that_are_no_database(self):
        good = self.database.read_bytes()
        newer = good[:60] + (99).to_bytes(4, "big") + good[64:]  # user_version
        foreign = good[:68] + b"none" + good[72:]  # application_id
        for name, content, statuses in (
            ("text.db", b"this is no database, but it is long enough to be read as one" * 99, (2,)), ("newer.db", newer, (2, 4)),
            ("foreign.db", foreign, (2,)), ("cut.db", good[:5000], (2, 4)), ("none.db", None, (4,)),
        ):  # fmt: skip
            path = self.folder / name
            if content is not None:
                path.write_bytes(content)
            with self.subTest(name):
                done = harness.run("console", "--db", path, "--listen", "127.0.0.1:0", timeout=30)
                self.assertIn(done.returncode, statuses, done.stderr)
                self.assertIn(name.encode(), done.stderr.splitlines()[-1])
                self.assertEqual(path.read_bytes() if content else path.exists(), content or False, "untouched")

    def test_an_address_in_use_is_a_failure(self):
        console = self.console()
        done = harness.run("console", "--db", self.database, "--listen", f"127.0.0.1:{console.port}", timeout=30)
        self.assertEqual(done.returncode, 4)
        self.assertIn(str(console.port).encode(), done.stderr)


class Sites(WithDatabase):
    def test_names_that_were_made_to_point_here(self):
        console = self.console("--host-name", "mogura.example")
        port = console.port
        for host in (f"localhost:{port}", f"127.0.0.1:{port}", f"mogura.example:{port}", "mogura.example", f"LOCALHOST:{port}"):
            self.assertEqual(console.get("/api/session", fields={"Host": host}).status, 200, host)
        for host in ("evil.example", f"evil.example:{port}", f"localhost.evil.example:{port}", "127.0.0.2", "0.0.0.0", "[::1]",
                     "mogura.example.evil.example", "2130706433", "localhost@evil.example", "localhost/evil.example"):  # fmt: skip
            for path in ("/", "/api/session", "/api/findings", "/app.js"):
                answer = console.get(path, fields={"Host": host})
                self.assertIn(answer.status, (400, 421), (host, path))
                self.assertIsNone(answer.field("set-cookie"))
                self.assertNotIn(b"finding_id", answer.body)
        absolute = f"GET http://evil.example/api/session HTTP/1.1\r\nHost: localhost:{port}\r\nConnection: close\r\n\r\n"
        self.assertIn(console.raw(absolute.encode())[:12], (b"HTTP/1.1 421", b"HTTP/1.1 400"))

    def test_other_pages_in_the_same_browser(self):
        console = self.console()
        console.begin()
        own = f"http://localhost:{console.port}"
        path = f"/api/findings/{self.a_finding(console)}/notes"
        for fields in ({"Origin": own}, {"Sec-Fetch-Site": "same-origin"}, {"Origin": own, "Sec-Fetch-Site": "same-origin"}, {}):
            self.assertEqual(console.act(path, text="x", how={"fields": fields}).status, 200, fields)
        for fields in (
            {"Origin": "http://evil.example"}, {"Origin": "null"}, {"Origin": own + "0"}, {"Origin": "http://localhost"},
            {"Origin": f"http://127.0.0.1:{console.port}"}, {"Origin": own + ".evil.example"}, {"Origin": f"ftp://localhost:{console.port}"},
            {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Sec-Fetch-Site": "none"}, {"Sec-Fetch-Site": "x"},
            {"Origin": own, "Sec-Fetch-Site": "cross-site"},
        ):  # fmt: skip
            self.assert_refused(console.act(path, text="y", how={"fields": fields}), 403, "origin")
        self.assert_refused(console.get("/api/findings", fields={"Sec-Fetch-Site": "cross-site"}), 403, "origin")
        notes = console.get(path.removesuffix("/notes")).json["notes"]
        self.assertEqual({note["text"] for note in notes}, {"x"})

    def test_changes_need_the_token_of_their_session(self):
        console = self.console()
        other = console.client()
        console.begin()
        other.begin()
        self.assertNotEqual(console.csrf, other.csrf)
        path = f"/api/findings/{self.a_finding(console)}/assignee"
        body = b'{"assignee":"mallory"}'
        for why, fields in (
            ("no token", {"X-CSRF-Token": None}), ("empty", {"X-CSRF-Token": ""}), ("wrong", {"X-CSRF-Token": "0" * 64}),
            ("of another session", {"X-CSRF-Token": other.csrf}), ("part of it", {"X-CSRF-Token": console.csrf[:-1]}),
            ("more than it", {"X-CSRF-Token": console.csrf + "0"}), ("no session", {"Cookie": None}),
            ("of no session", {"Cookie": "mogura_session=" + "0" * 64}),
        ):  # fmt: skip
            with self.subTest(why):
                self.assert_refused(console.ask("POST", path, body, fields), 403, "csrf")
                self.assert_refused(console.ask("DELETE", "/api/patterns/x", b"", fields), 403, "csrf")
        self.assertNotIn(b"mallory", console.get("/api/audit").body + console.get("/api/findings").body)

    def test_cookies(self):
        plain = self.console().get("/api/session").field("set-cookie")
        self.assertRegex(plain, r"^mogura_session=[0-9a-f]{64}; ")
        self.assertEqual(set(plain.split("; ")[1:]), {"Path=/", "HttpOnly", "SameSite=Strict"})
        console = self.with_login(tls=True)
        self.assertIsNone(console.get("/api/session").field("set-cookie"), "none before a login")
        answer = console.login("anna", PASSWORD)
        self.assertRegex(answer.field("set-cookie"), r"^__Host-mogura_session=[0-9a-f]{64}; ")
        self.assertEqual(set(answer.field("set-cookie").split("; ")[1:]), {"Path=/", "HttpOnly", "SameSite=Strict", "Secure"})

    def test_what_every_answer_says(self):
        console = self.console()
        for path, status in (("/", 200), ("/app.js", 200), ("/findings/x", 200), ("/api/session", 200), ("/api/none", 404), ("/%2e", 400)):
            answer = console.get(path)
            self.assertEqual(answer.status, status, path)
            policy = answer.field("content-security-policy")
            self.assertIn("default-src 'none'", policy)
            self.assertNotIn("unsafe", policy)
            for name, value in (("x-content-type-options", "nosniff"), ("x-frame-options", "DENY"), ("referrer-policy", "no-referrer"),
                                ("cross-origin-resource-policy", "same-origin"), ("cross-origin-opener-policy", "same-origin")):  # fmt: skip
                self.assertEqual(answer.field(name), value, path)
            self.assertFalse([name for name, _ in answer.fields if name.lower().startswith("access-control-")])
            self.assertIsNone(answer.field("server"))
            if path.startswith("/api"):
                self.assertEqual(answer.field("cache-control"), "no-store")
        page = console.get("/").body
        self.assertNotRegex(page, rb"<script(?![^>]*\bsrc=)|<style|\son\w+=|javascript:")


class Logins(WithDatabase):
    QUESTIONS = ("/api/findings", "/api/overview", "/api/audit", "/api/patterns/export?format=json", "/api/live", "/api/none", "/api/")

    def test_without_one_there_is_nothing_to_see(self):
        console = self.with_login(tls=True)
        self.assertEqual(console.get("/api/session").json, {"needs_login": True, "has_users": True, "has_token": False})
        self.assertEqual(console.get("/").status, 200)
        for path in self.QUESTIONS:
            self.assert_refused(console.get(path), 401, "login")
            self.assert_refused(console.get(path, fields={"Cookie": "__Host-mogura_session=" + "0" * 64}), 401, "login")
        self.assert_refused(console.ask("POST", "/api/findings/x/notes", b"{}"), 401, "login")
        self.assertEqual(console.login("anna", PASSWORD).json["user"], "anna")
        self.assertEqual(console.get("/api/findings").status, 200)
        name, value = console.cookie.split("=")
        self.assert_refused(console.get("/api/findings", fields={"Cookie": f"mogura_session={value}"}), 401, "login")
        self.assert_refused(console.get("/api/findings", fields={"Cookie": f"{name}={value[:-1]}"}), 401, "login")

    def test_they_end_at_logout(self):
        console = self.with_login()
        console.login("anna", PASSWORD)
        before = console.cookie
        other = console.client()
        other.login("anna", PASSWORD)
        self.assert_refused(console.ask("POST", "/api/logout", b"", token=False), 403, "csrf")
        answer = console.ask("POST", "/api/logout", b"")
        self.assertEqual((answer.status, answer.body), (204, b""))
        self.assertIn("Max-Age=0", answer.field("set-cookie"))
        self.assert_refused(console.get("/api/findings", fields={"Cookie": before}), 401, "login")
        self.assertEqual(other.get("/api/findings").status, 200, "that session alone")

    def test_each_login_is_a_new_session(self):
        console = self.with_login()
        planted = {"Cookie": "mogura_session=" + "ab" * 32}
        answer = console.ask("POST", "/api/login", json.dumps({"user": "anna", "password": PASSWORD}).encode(), planted)
        self.assertNotIn("ab" * 32, answer.field("set-cookie"))
        console.login("anna", PASSWORD)
        first, token = console.cookie, console.csrf
        console.login("anna", PASSWORD)
        self.assertNotEqual((console.cookie, console.csrf), (first, token))
        self.assertEqual(console.get("/api/findings", fields={"Cookie": first}).status, 401, "the one before is over")

    def test_with_a_token(self):
        console = self.with_token()
        self.assertEqual(console.get("/api/session").json, {"needs_login": True, "has_users": False, "has_token": True})
        for wrong in (TOKEN[:-1], TOKEN + "x", TOKEN.upper(), ""):
            self.assertIn(console.client("127.0.0.3").login(token=wrong).status, (400, 401, 429))
        self.assertEqual(console.login(token=TOKEN).json["user"], "token")
        self.assertEqual(console.get("/api/findings").status, 200)
        self.assertEqual(console.get("/api/findings", fields={"Cookie": None, "Authorization": f"Bearer {TOKEN}"}).status, 401)

    def test_guessing_is_slowed_and_nobody_else(self):
        console = self.with_login()
        guesser = console.client("127.0.0.9")
        answers = [guesser.login("anna", f"guess {n}") for n in range(30)]
        self.assertEqual([answer.code for answer in answers[:3]], ["login"] * 3)
        statuses = {answer.status for answer in answers}
        self.assertEqual(statuses, {401, 429})
        slowed = [answer for answer in answers if answer.status == 429]
        self.assertGreater(len(slowed), 20)
        for answer in slowed:
            self.assertEqual(answer.code, "slow-down")
            self.assertGreaterEqual(int(answer.field("retry-after")), 1)
        self.assertEqual(guesser.login("anna", PASSWORD).status, 429, "also with the right one")
        self.assertEqual(console.login("anna", PASSWORD).status, 200, "from elsewhere")
        audit = console.get("/api/audit").json["rows"]
        failed = [row for row in audit if row["action"] == "login-failed"]
        self.assertEqual({(row["user"], row["address"]) for row in failed}, {("anna", "127.0.0.9")})
        self.assertNotIn("guess", json.dumps(audit) + "".join(console.notes))

    def test_who_is_nobody_is_not_told_by_time(self):
        console = self.with_login(anna=PASSWORD, boris="another one")
        took = {"anna": [], "nobody": []}
        for number in range(6):  # each from a place of its own, at which it is not slowed
            for user, times in took.items():
                client = console.client(f"127.0.{number + 1}.{len(user)}")
                start = time.monotonic()
                answer = client.login(user, "wrong")
                times.append(time.monotonic() - start)
                self.assertEqual((answer.status, answer.json["error"]["message"]), (401, answer.json["error"]["message"]))
        fast, slow = sorted(statistics.median(times) for times in took.values())
        self.assertLess(slow, 4 * fast + 0.02)
        self.assertNotIn("nobody", json.dumps(console.notes))

    def test_bodies_that_are_no_login(self):
        console = self.with_login()
        for number, body in enumerate((
            b"", b"{}", b"[]", b"null", b'{"user":"anna"}', b'{"user":"anna","password":7}', b'{"user":"anna","password":"x","x":"y"}',
            b'{"user":"anna","user":"anna","password":"x"}', b'{"token":"x","user":"a","password":"b"}', b"{" * 2000, b'{"user":"\xff","password":"x"}',
        )):  # fmt: skip
            answer = console.client(f"127.0.0.{number + 10}").ask("POST", "/api/login", body)
            self.assert_refused(answer, 400, "bad-request")
        self.assertEqual(console.ask("POST", "/api/login", b'{"user":"' + b"a" * 5000 + b'","password":""}').status, 413)
        long = console.login("a" * 1500, "b" * 1500)
        self.assertIn(long.status, (400, 401))

    def test_changed_passwords_are_taken_with_sighup(self):
        console = self.with_login(anna=PASSWORD, boris="another one")
        boris = console.client()
        console.login("anna", PASSWORD)
        boris.login("boris", "another one")
        kept = (self.folder / "users").read_text().splitlines()[1]
        write_passwords(self.folder / "users", carol="new here")
        with (self.folder / "users").open("a") as file:
            file.write(kept + "\n")
        console.process.send_signal(signal.SIGHUP)
        wait_until(lambda: console.get("/api/findings").status == 401, "the removed user's session ends")
        self.assertEqual(boris.get("/api/findings").status, 200, "who is still there stays")
        self.assertEqual(console.client("127.0.0.4").login("carol", "new here").status, 200)
        (self.folder / "users").write_text("carol:plain\n")
        console.process.send_signal(signal.SIGHUP)
        wait_until(lambda: any("stays" in note or "users" in note for note in console.notes), "it is said")
        self.assertEqual(console.client("127.0.0.5").login("carol", "new here").status, 200, "what was there before stays")


class Requests(WithDatabase):
    def setUp(self):
        super().setUp()
        self.served = self.console()

    def status(self, data):
        answer = self.served.raw(data)
        self.assertTrue(answer == b"" or answer.startswith(b"HTTP/1.1 "), answer[:80])
        return int(answer[9:12]) if answer else 0

    def head(self, line, *fields, end=b"\r\n"):
        host = b"Host: localhost:%d" % self.served.port
        return b"\r\n".join([line, host, b"Connection: close", *fields]) + b"\r\n" + end

    def still_serves(self):
        self.assertEqual(self.served.get("/api/session").status, 200)

    def test_paths_that_lead_elsewhere(self):
        dots = (b"..", b"%2e%2e", b"%2E%2e", b".%2e", b"%252e%252e", b"..%00", b"%c0%ae%c0%ae", b"..;", b"%uff0e%uff0e", b"...",
                b"%ef%bc%8e%ef%bc%8e")  # fmt: skip
        slashes = (b"/", b"%2f", b"%5c", b"\\", b"%c0%af", b"%252f", b"//", b"/./")
        for start in (b"/", b"/api/patterns/", b"/api/findings/", b"/assets/"):
            for dot in dots:
                for slash in slashes:
                    target = start + slash.join([dot] * 6) + slash + b"etc" + slash + b"passwd"
                    answer = self.served.raw(self.head(b"GET " + target + b" HTTP/1.1"))
                    self.assertIn(int(answer[9:12]), (200, 400, 404), target)
                    self.assertNotIn(b"root:", answer)
                    if answer[9:12] == b"200":  # a page of the front end, which knows what it is
                        self.assertIn(b"text/html", answer, target)
        for target in (b"/api/../app.js", b"/api/%2e%2e/app.js", b"//evil.example/", b"/api//findings", b"/\x01", b"/%00", b"/%0d%0aX:%20y",
                       b"/api/findings/%", b"/api/findings/%g0", b"/a\xc3\xa9", b"/#", b"http:///x", b"*", b"x", b""):  # fmt: skip
            self.assertEqual(self.status(self.head(b"GET " + target + b" HTTP/1.1")), 400, target)
        self.still_serves()

    def test_what_is_too_large(self):
        line = b"GET /api/session HTTP/1.1"
        for why, statuses, data in (
            ("target", (414, 431, 400), self.head(b"GET /" + b"a" * 9000 + b" HTTP/1.1")),
            ("query", (414, 431, 400), self.head(b"GET /api/findings?q=" + b"a" * 9000 + b" HTTP/1.1")),
            ("text to look for", (400,), self.head(b"GET /api/findings?q=" + b"a" * 1025 + b" HTTP/1.1")),
            ("parameters", (400,), self.head(b"GET /api/findings?" + b"&".join([b"q=1"] * 100) + b" HTTP/1.1")),
            ("a field", (431,), self.head(line, b"X: " + b"a" * 20000)),
            ("fields", (431,), self.head(line, *[b"X%d: y" % n for n in range(200)])),
            ("a megabyte of head", (431, 0), self.head(line, *[b"X%d: " % n + b"y" * 1000 for n in range(1000)])),
            ("a line without end", (431, 414, 400, 0), b"G" * 100_000),
            ("a body", (413,), self.head(b"POST /api/login HTTP/1.1", b"Content-Length: 1000000")),
            ("a length beyond numbers", (400, 413), self.head(b"POST /api/login HTTP/1.1", b"Content-Length: " + b"9" * 30)),
        ):  # fmt: skip
            with self.subTest(why):
                self.assertIn(self.status(data), statuses)
        self.still_serves()

    def test_what_is_no_request(self):
        session = b"GET /api/session HTTP/1.1"
        post = b"POST /api/findings/x/notes HTTP/1.1"
        for why, statuses, data in (
            ("HTTP/0.9", (400, 505), b"GET /\r\n\r\n"), ("HTTP/2", (400, 505), self.head(b"GET / HTTP/2.0")),
            ("its preface", (400, 505), b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), ("TLS", (400,), b"\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03" + b"\r\n\r\n"),
            ("TRACE", (405,), self.head(b"TRACE / HTTP/1.1")), ("TRACK", (405,), self.head(b"TRACK / HTTP/1.1")),
            ("CONNECT", (400, 405, 421), self.head(b"CONNECT localhost:22 HTTP/1.1")), ("PUT", (405,), self.head(b"PUT / HTTP/1.1")),
            ("OPTIONS", (405,), self.head(b"OPTIONS /api/findings HTTP/1.1")), ("a method of its own", (400, 405), self.head(b"G\xc3\x8bT / HTTP/1.1")),
            ("POST of a page", (405, 403), self.head(b"POST / HTTP/1.1", b"Content-Length: 0")),
            ("chunks", (411,), self.head(post, b"Transfer-Encoding: chunked") + b"0\r\n\r\n"),
            ("chunks and a length", (400, 411), self.head(post, b"Transfer-Encoding: chunked", b"Content-Length: 5") + b"0\r\n\r\n"),
            ("two lengths", (400,), self.head(post, b"Content-Length: 5", b"Content-Length: 6")),
            ("a length below zero", (400,), self.head(post, b"Content-Length: -1")), ("a signed one", (400,), self.head(post, b"Content-Length: +1")),
            ("a question with a body", (400,), self.head(session, b"Content-Length: 2") + b"{}"),
            ("NUL in a field", (400,), self.head(session, b"X: a\0b")), ("NUL in a name", (400,), self.head(session, b"X\0: a")),
            ("a line that goes on", (400,), self.head(session, b"X: a", b" b")), ("space before the colon", (400,), self.head(session, b"X : a")),
            ("bare LF", (400,), b"GET / HTTP/1.1\nHost: localhost\n\n"), ("bare CR", (400,), self.head(session, b"X: a\rb")),
            ("no Host", (400, 421), b"GET / HTTP/1.1\r\nConnection: close\r\n\r\n"), ("two Hosts", (400,), self.head(session, b"Host: localhost")),
            ("no colon", (400,), self.head(session, b"what is this")),
        ):  # fmt: skip
            with self.subTest(why):
                self.assertIn(self.status(data), statuses)
        self.still_serves()

    def test_several_on_one_connection(self):
        host = b"Host: localhost:%d\r\n" % self.served.port
        one = b"GET /api/session HTTP/1.1\r\n" + host + b"\r\n"
        last = self.head(b"GET /api/findings?limit=1 HTTP/1.1")
        answers = self.served.raw(one * 20 + last)
        self.assertEqual(answers.count(b"HTTP/1.1 200"), 21)
        self.assertIn(b"finding_id", answers.rpartition(b"HTTP/1.1 200")[2], "in their order")
        smuggled = b"POST /api/login HTTP/1.1\r\n" + host + b"Content-Length: 5\r\nContent-Length: 0\r\n\r\n" + one
        self.assertEqual(self.served.raw(smuggled).count(b"HTTP/1.1"), 1, "after nonsense, nothing is read as a request")

    def test_head_is_an_answer_without_its_body(self):
        got = self.served.get("/api/findings")
        head = self.served.ask("HEAD", "/api/findings")
        self.assertEqual((head.status, head.body, head.field("content-length")), (200, b"", str(len(got.body))))

    def test_slow_ones_do_not_keep_others_out(self):
        """Connections are bounded for each client; who says nothing takes only its own share."""
        slow = []
        with contextlib.ExitStack() as held:
            for _ in range(100):
                connection = held.enter_context(socket.create_connection(("127.0.0.1", self.served.port), 10, ("127.0.0.8", 0)))
                with contextlib.suppress(OSError):
                    connection.sendall(b"GET / HTTP/1.1\r\nX-a: ")
                slow.append(connection)
            wait_until(lambda: sum(map(is_ended, slow)) >= 30, "those beyond the limit are ended")
            self.assertGreater(sum(not is_ended(connection) for connection in slow), 30)
            self.still_serves()
            self.assertEqual(self.served.client("127.0.0.7").get("/api/findings").status, 200)

    def test_five_seconds_of_nonsense(self):
        self.addCleanup(self.still_serves)
        report = console_fuzz.fuzz(self.served, FUZZ_S, seed=1)
        self.assertEqual(report.problems, [])
        self.assertGreater(report.requests, 50)


def is_ended(connection):
    connection.setblocking(False)
    try:
        return connection.recv(65536) == b""
    except BlockingIOError:
        return False
    except OSError:
        return True


class Stop(WithDatabase):
    def test_with_streams_open(self):
        console = self.console("--read-only")
        streams = []
        for _ in range(5):
            connection = http.client.HTTPConnection("127.0.0.1", console.port, timeout=20)
            self.addCleanup(connection.close)
            connection.request("GET", "/api/live", headers={"Host": "localhost"})
            streams.append(connection.getresponse())
            self.assertEqual(streams[-1].status, 200)
        start = time.monotonic()
        self.assertEqual(console.stop(), 0)
        self.assertLess(time.monotonic() - start, 4)
        for stream in streams:
            with contextlib.suppress(http.client.IncompleteRead):
                stream.read()

    def test_with_requests_half_sent(self):
        console = self.console()
        with console.connect() as half:
            half.sendall(b"GET /api/findings HTTP/1.1\r\n")
            self.assertEqual(console.stop(signal.SIGINT), 0)


if __name__ == "__main__":
    unittest.TestCase.maxDiff = None
    harness.main()
