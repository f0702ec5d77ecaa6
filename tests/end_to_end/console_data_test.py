#!/usr/bin/env python3
"""`mogura console`: what it shows of what the other commands have stored, what people do there, and what comes of that."""

import contextlib
import csv
import datetime
import http.client
import io
import json
import os
import sqlite3
import threading
import unittest

import harness
from console_server import Console, write_passwords
from console_test import PASSWORD, WithDatabase
from pcapgen import Conversation, write_pcap
from proxy_harness import PATIENCE_S, Proxy, wait_until
from web_site import WebSite

CAPTURE_DAY = datetime.datetime(2026, 11, 22, 12, tzinfo=datetime.timezone.utc)
PATTERN = """format = 1
name = "SSH through the proxy"
candidate = true
all = [ { kind = "connect" }, { bytes = { dir = "up", message = 0, offset = 0, text = "SSH-2.0-" } } ]
"""
FINDING_KEYS = {"finding_id", "destination", "kind", "score", "severity", "status", "application", "class", "sessions", "clients", "first", "last",
                "current", "assignee", "notes", "evidence"}  # fmt: skip
SESSION_KEYS = {"session_id", "start", "end", "client", "destination", "kind", "user_agent", "inner_protocol", "ja4", "exchanges_up",
                "exchanges_down", "bytes_up", "bytes_down", "line"}  # fmt: skip
# Path, keys that rows must have, keys that they may have.
LISTS = (
    ("/api/findings", FINDING_KEYS - {"application", "class", "assignee", "evidence"}, FINDING_KEYS),
    ("/api/finding-groups?by=application", {"key", "findings", "sessions", "highest_score"}, set()),
    ("/api/finding-groups?by=client", {"key", "findings", "sessions", "highest_score"}, set()),
    ("/api/findings/ID/sessions", SESSION_KEYS - {"user_agent", "ja4", "inner_protocol"}, SESSION_KEYS),
    ("/api/sessions", SESSION_KEYS - {"user_agent", "ja4", "inner_protocol", "destination"}, SESSION_KEYS),
    ("/api/clients", {"client", "sessions", "bytes_up", "bytes_down", "first", "last"}, {"user_agent", "verdict", "score"}),
    ("/api/audit", {"time", "user", "address", "action"}, {"subject", "detail"}),
    ("/api/patterns", {"id", "name", "candidate"}, {"application", "author", "date", "source_finding", "note", "rates"}),
    *((f"/api/populations?by={by}", {"key", "sessions", "clients"}, None) for by in ("destination", "user_agent", "cipher_suites", "ja4")),
)  # fmt: skip
OTHER_LISTS = ("/api/alerts", "/api/verdicts?client=10.77.0.18", "/api/challenges?client=10.77.0.18")


def ssh_tunnel(port):
    """What looks like SSH inside CONNECT: an alert of the pattern, and a finding."""
    start = int(CAPTURE_DAY.timestamp() * 1e6)
    talk = Conversation(client=("192.0.2.10", port), start=start).open()
    talk.up(b"CONNECT relay.example:443 HTTP/1.1\r\nHost: relay.example:443\r\nUser-Agent: probe/1\r\n\r\n").down(b"HTTP/1.1 200 OK\r\n\r\n")
    for _ in range(12):
        talk.up(b"SSH-2.0-probe\r\n").down(b"SSH-2.0-answer\r\n")
    return talk.close().packets


class Shown(WithDatabase):
    def setUp(self):
        super().setUp()
        self.patterns = self.folder / "patterns"
        self.patterns.mkdir()
        (self.patterns / "relay.toml").write_text(PATTERN)

    def console(self, *options, **how):
        return super().console("--patterns", self.patterns, *options, **how)

    def capture(self, port):
        path = self.folder / f"{port}.pcap"
        write_pcap(path, ssh_tunnel(port))
        return path

    def run_on(self, command, *arguments):
        done = harness.run(command, "--quiet", "--db", self.database, *arguments)
        self.assertEqual((done.returncode, done.stderr), (0, b""))
        return [json.loads(line) for line in done.stdout.splitlines()]

    def edit_database(self, sql, *values):
        with contextlib.closing(sqlite3.connect(self.database, timeout=10)) as database, database:
            database.execute(sql, values)


class Questions(Shown):
    def test_lists_are_as_documented(self):
        console = self.console()
        finding = self.a_finding(console)
        console.act(f"/api/findings/{finding}/notes", text="seen")
        for path, needed, allowed in LISTS:
            with self.subTest(path):
                answer = console.get(path.replace("ID", finding))
                self.assertEqual((answer.status, answer.field("content-type")), (200, "application/json; charset=utf-8"))
                self.assertLessEqual(set(answer.json), {"rows", "next", "total"})
                self.assertTrue(answer.json["rows"])
                for row in answer.json["rows"]:
                    self.assertLessEqual(needed, set(row))
                    if allowed is not None:
                        self.assertLessEqual(set(row), needed | allowed)
        for path in OTHER_LISTS:
            self.assertEqual(console.get(path).json["rows"], [], path)

    def test_single_things_are_as_documented(self):
        console = self.console()
        overview = console.get("/api/overview").json
        self.assertLessEqual({"now", "totals", "new_findings", "new_alerts", "table1", "by_kind", "hours", "sensors"}, set(overview))
        self.assertEqual(set(overview["table1"]), {"connect", "ssl", "min_exchanges"})
        self.assertEqual(overview["totals"]["sessions"], len(harness.sessions_of(harness.SAMPLE)))
        self.assertNotIn("last_look", overview)
        console.get("/api/overview?look=1")
        again = console.get("/api/overview").json
        self.assertEqual((again["new_findings"], "last_look" in again), ([], True))
        finding = self.a_finding(console)
        record = console.get(f"/api/findings/{finding}").json
        self.assertLessEqual({"finding", "row", "decision", "notes", "history", "timeline"}, set(record))
        self.assertLessEqual({"from", "to", "clients"}, set(record["timeline"]))
        self.assertEqual({len(client["sessions"]) for client in record["timeline"]["clients"]}, {120})
        self.assertIn("[[allow]]", record["allow_entry"])
        self.assertEqual(record["finding"]["finding_id"], finding)
        self.assertEqual(console.get("/api/patterns/relay").json["text"], PATTERN)
        self.assertEqual(set(console.get(f"/api/findings/{finding}/draft").json), {"id", "text"})
        for path in ("/api/findings/0123456789abcdef", "/api/patterns/none", "/api/none", "/api/findings/x/y", "/api"):
            self.assert_refused(console.get(path), 404, "not-found")
        preview = console.act("/api/patterns/preview", text=PATTERN, finding_id=finding).json
        self.assertGreater((preview["sessions"], preview["hits"]), (1000, 0))
        self.assertLess(preview["hits"], 50)

    def test_exports(self):
        console = self.console()
        console.act("/api/patterns/relay/accept")
        for kind in ("suricata", "snort", "zeek", "sigma", "json"):
            answer = console.get(f"/api/patterns/export?format={kind}")
            self.assertEqual(answer.status, 200, kind)
            self.assertRegex(answer.field("content-disposition"), r'^attachment; filename="[\w.-]+"$')
            self.assertTrue(answer.body)

    def test_pages_are_all_rows_once(self):
        console = self.console()
        for path in ("/api/findings?earlier=1&", "/api/sessions?", "/api/clients?"):
            whole = [json.loads(line) for line in console.get(path + "format=json-lines").body.splitlines()]
            rows, after = [], ""
            while True:
                page = console.get(f"{path}limit=37&after={after}").json
                rows += page["rows"]
                if not (after := page.get("next")):
                    break
            self.assertEqual([json.dumps(row) for row in rows], [json.dumps(row) for row in whole], path)

    def test_downloads(self):
        console = self.console()
        finding = self.a_finding(console)
        console.act(f"/api/findings/{finding}/assignee", assignee='=HYPERLINK("http://evil.example")')
        console.act(f"/api/findings/{finding}/name", name="\u202eevil\u202c, \"quoted\"; \\")
        for path in (*(path.replace("ID", finding) for path, *_ in LISTS), *OTHER_LISTS):
            for kind, content_type in (("csv", "text/csv"), ("json-lines", "json")):
                with self.subTest(path, kind=kind):
                    answer = console.get(path + ("&" if "?" in path else "?") + "format=" + kind)
                    self.assertEqual(answer.status, 200, answer.body)
                    self.assertIn(content_type, answer.field("content-type"))
                    self.assertRegex(answer.field("content-disposition"), r'^attachment; filename="[\w.-]+"$')
                    rows = self.csv_rows(answer.body) if kind == "csv" else [json.loads(line) for line in answer.body.splitlines()]
                    shown = console.get(path).json["rows"]
                    self.assertGreaterEqual(len(rows), len(shown))
        (row,) = [row for row in self.csv_rows(console.get("/api/findings?format=csv").body) if row["finding_id"] == finding]
        self.assertEqual(row["assignee"], '\'=HYPERLINK("http://evil.example")')
        self.assertEqual(row["application"], '\\u202eevil\\u202c, "quoted"; \\\\')

    @staticmethod
    def csv_rows(body):
        return list(csv.DictReader(io.StringIO(body.decode(), newline=""), strict=True))

    def test_parameters_that_make_no_sense(self):
        console = self.console()
        for path in ("/api/findings?limit=0", "/api/findings?limit=501", "/api/findings?limit=x", "/api/findings?colour=red", "/api/findings?q=a&q=b",
                     "/api/findings?sort=x", "/api/findings?min_score=high", "/api/findings?earlier=yes", "/api/findings?after=x", "/api/findings?since=soon",
                     "/api/sessions?after=1", "/api/sessions?kind=x", "/api/sessions?from=x", "/api/verdicts", "/api/challenges?user_agent=x",
                     "/api/populations?by=x", "/api/finding-groups", "/api/overview?hours=0", "/api/overview?hours=9999", "/api/alerts?format=xml",
                     "/api/patterns/export", "/api/patterns/export?format=x", "/api/findings?q=%00", "/api/findings?q=%ff"):  # fmt: skip
            answer = console.get(path)
            if answer.status == 200 and "kind=x" in path:
                continue  # nothing is of that kind
            self.assert_refused(answer, 400, "bad-request")


class Actions(Shown):
    def test_each_is_done_and_in_the_audit_log(self):
        users = write_passwords(self.folder / "users", anna=PASSWORD)
        console = self.console("--htpasswd", users, "--whois", "--whois-server", self.whois_server())
        console.login("anna", "wrong")
        console.login("anna", PASSWORD)
        finding = self.a_finding(console)
        path = f"/api/findings/{finding}"
        sanctioned = console.act(path + "/decision", status="sanctioned", owner="net team", reason="a partner\nof ours", expires="2099-12-31")
        self.assertEqual((sanctioned.json["row"]["status"], sanctioned.json["decision"]["by"]), ("sanctioned", "anna"))
        self.assertEqual(sanctioned.json["decision"]["expires"][:10], "2099-12-31")
        self.assertEqual(console.get("/api/overview").json["totals"]["findings_sanctioned"], 1)
        self.assertEqual(console.act(path + "/decision", status="confirmed", reason="it is theirs").json["row"]["status"], "confirmed")
        self.assertEqual(console.act(path + "/decision", status="").json["row"]["status"], "new")
        self.assertEqual(console.act(path + "/name", name="the relay").json["own_name"], "the relay")
        self.assertEqual(console.act(path + "/assignee", assignee="boris").json["row"]["assignee"], "boris")
        (note,) = console.act(path + "/notes", text="<b>seen</b>").json["notes"]
        self.assertEqual((note["by"], note["text"]), ("anna", "<b>seen</b>"))
        self.assertIn("It Is Us", console.act(path + "/whois").json["text"])
        self.assertEqual(console.act("/api/patterns/mine", text=PATTERN).status, 200)
        self.assertEqual(console.act("/api/patterns/mine/accept").json["row"]["candidate"], False)
        self.assert_refused(console.act("/api/patterns/mine/accept"), 409, "conflict")
        self.assertEqual(console.act("/api/patterns/mine", "DELETE").status, 204)
        console.ask("POST", "/api/logout", b"")
        console.login("anna", PASSWORD)
        log = console.get("/api/audit").json["rows"]
        self.assertEqual([row["action"] for row in reversed(log)], [
            "login-failed", "login", "sanction", "confirm", "reset", "name", "assign", "note", "whois", "pattern-save", "pattern-accept",
            "pattern-remove", "logout", "login"])  # fmt: skip
        self.assertEqual({(row["user"], row["address"]) for row in log}, {("anna", "127.0.0.1")})
        self.assertIn("net team", log[-3]["detail"])
        self.assertNotIn(PASSWORD, json.dumps(log) + "".join(console.notes))
        self.assertEqual(console.get(path).json["history"], [row for row in log if row.get("subject") == finding])

    def whois_server(self):
        import socketserver  # noqa: PLC0415  (for this alone)

        class Handler(socketserver.StreamRequestHandler):
            def handle(self):
                self.rfile.readline()
                self.wfile.write(b"organisation: It Is Us\r\n")

        server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        return f"127.0.0.1:{server.server_address[1]}"

    def test_what_makes_no_sense_is_not_done(self):
        console = self.console()
        finding = f"/api/findings/{self.a_finding(console)}"
        for path, keys in (
            ("/decision", {"status": "sanctioned"}), ("/decision", {"status": "sanctioned", "owner": "x", "expires": "2001-01-01"}),
            ("/decision", {"status": "confirmed", "expires": "2099-01-01"}), ("/decision", {"status": "x"}), ("/decision", {}), ("/decision", {"status": 1}),
            ("/decision", {"status": "confirmed", "x": "y"}), ("/name", {"name": "a\nb"}), ("/name", {"name": "a" * 257}), ("/assignee", {"assignee": "\0"}),
            ("/notes", {"text": "a" * 4097}), ("/notes", {}), ("/notes", {"text": None}),
        ):  # fmt: skip
            self.assertEqual(console.act(finding + path, **keys).status, 400, (path, keys))
        self.assert_refused(console.act(finding + "/whois"), 409, "conflict")
        self.assert_refused(console.act("/api/findings/0123456789abcdef/notes", text="x"), 404, "not-found")
        self.assertEqual(console.act("/api/patterns/bad", text="format = 1\nall = [ { colour = 3 } ]").status, 400)
        self.assertEqual(console.act("/api/patterns/..%2fbad", text=PATTERN).status, 400)
        for name in ("export", "preview", ".hidden", "a.b/c", "x" * 300):
            self.assertIn(console.act(f"/api/patterns/{name}", text=PATTERN).status, (200 if name == "preview" else 400, 404, 405, 409), name)
        self.assertEqual(os.listdir(self.patterns), ["relay.toml"])
        ended, begun = console.get("/api/audit").json["rows"]
        self.assertEqual((begun["action"], begun["subject"]), ("pattern-save", "bad"))
        self.assertRegex(ended["detail"], "^failed: bad.toml:2: colour")

    def test_nothing_is_done_where_only_reading_is_allowed(self):
        console = self.console("--read-only")
        self.assertTrue(console.get("/api/session").json["read_only"])
        finding = f"/api/findings/{self.a_finding(console)}"
        before = (self.patterns / "relay.toml").read_text()
        for path, method, keys in (
            (finding + "/decision", "POST", {"status": "confirmed"}), (finding + "/name", "POST", {"name": "x"}), (finding + "/notes", "POST", {"text": "x"}),
            (finding + "/assignee", "POST", {"assignee": "x"}), (finding + "/whois", "POST", {}), ("/api/patterns/relay", "POST", {"text": PATTERN}),
            ("/api/patterns/relay/accept", "POST", {}), ("/api/patterns/relay", "DELETE", {}),
        ):  # fmt: skip
            self.assert_refused(console.act(path, method, **keys), 403, "read-only")
        self.assertEqual(console.act("/api/patterns/preview", text=PATTERN).status, 200)
        self.assertEqual(((self.patterns / "relay.toml").read_text(), console.get("/api/audit").json["rows"]), (before, []))

    def test_a_database_that_another_process_holds(self):
        console = self.console()
        finding = f"/api/findings/{self.a_finding(console)}"
        with contextlib.closing(sqlite3.connect(self.database, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            self.assert_refused(console.act(finding + "/notes", text="x"), 503, "busy")
            self.assertEqual(console.get(finding).json["notes"], [], "questions are answered meanwhile")
            other.execute("ROLLBACK")
        self.assertEqual(len(console.act(finding + "/notes", text="x").json["notes"]), 1)


class Together(Shown):
    def test_a_sanction_outlives_analyses_and_is_not_announced_until_it_expires(self):
        capture = self.capture(40001)
        self.run_on("analyze", capture)
        console = self.console()
        (row,) = console.get("/api/findings?q=relay.example").json["rows"]
        finding = row["finding_id"]
        self.assertGreaterEqual(row["score"], 0.5)
        status = lambda: console.get(f"/api/findings/{finding}").json["row"]["status"]  # noqa: E731
        console.act(f"/api/findings/{finding}/decision", status="sanctioned", owner="net team", expires="2099-01-01")
        self.run_on("analyze", capture)
        self.assertEqual(status(), "sanctioned")
        announced = lambda: {alert.get("finding_id") for alert in self.run_on("watch", "-r", capture)}  # noqa: E731
        self.assertNotIn(finding, announced())
        self.assertEqual(status(), "sanctioned")
        expired = int((CAPTURE_DAY - datetime.timedelta(hours=1)).timestamp() * 1e6)
        self.edit_database("UPDATE findings SET decision_expires_us = ? WHERE finding_id = ?", expired, finding)
        if datetime.datetime.now(datetime.timezone.utc) > CAPTURE_DAY:
            self.assertEqual(status(), "new")
        self.assertIn(finding, announced())
        self.assertNotIn(finding, announced(), "once")

    def test_live_alerts_of_a_watch(self):
        (self.patterns / "relay.toml").write_text(PATTERN.replace("candidate = true\n", ""))
        console = self.console()
        console.begin()
        stream = self.live(console)
        self.run_on("watch", "--patterns", self.patterns, "-r", self.capture(40001))
        events = self.read_events(stream, lambda events: any(kind == "alert" for kind, *_ in events))
        shown = {row["id"]: row for row in console.get("/api/alerts").json["rows"]}
        for kind, number, data in events:
            if kind == "alert":
                self.assertEqual(data, shown[number])
        (first,) = [row["id"] for row in shown.values() if row["kind"] == "pattern"]
        self.run_on("watch", "--patterns", self.patterns, "-r", self.capture(40002))
        again = self.live(console, {"Last-Event-ID": str(first)})
        missed = self.read_events(again, lambda events: any(data.get("client_port") == 40002 for _, _, data in events))
        self.assertTrue(all(number > first for kind, number, _ in missed if kind == "alert"))
        sensor = [row for row in console.get("/api/overview").json["sensors"] if row["kind"] == "watch"]
        self.assertEqual({(row["ended"], row["silent"]) for row in sensor}, {(True, False)})
        self.assertGreater(sensor[-1]["counters"]["packets"], 20)

    def live(self, console, fields=None):
        connection = http.client.HTTPConnection("127.0.0.1", console.port, timeout=PATIENCE_S)
        self.addCleanup(connection.close)
        connection.request("GET", "/api/live", headers={"Host": "localhost", "Cookie": console.cookie, **(fields or {})})
        answer = connection.getresponse()
        self.addCleanup(answer.close)
        self.assertEqual((answer.status, answer.getheader("content-type").partition(";")[0]), (200, "text/event-stream"))
        return answer

    @staticmethod
    def read_events(stream, is_enough):
        """(kind, id, data) until there are enough; the connection's time-out is the patience."""
        events, event = [], {}
        while not is_enough(events):
            line = stream.readline().decode().rstrip("\n")
            if line == "" and event:
                events.append((event["event"], int(event.get("id", -1)), json.loads(event["data"])))
                event = {}
            elif line and not line.startswith(":"):
                name, _, value = line.partition(": ")
                event[name] = value
        return events

    def test_clients_of_the_proxy(self):
        names = ["news.example.com"]
        with WebSite() as site:
            with Proxy(names, "--db", self.database) as proxy:
                console = self.console()
                for _ in range(8):
                    connection = http.client.HTTPConnection("127.0.0.1", proxy.port, timeout=PATIENCE_S)
                    connection.request("GET", site.url(names[0], "/plain"), headers={"User-Agent": "no-jar/1"})
                    connection.getresponse().read()
                    connection.close()
                proxy.wait_for_verdict("no-jar")
                (sensor,) = wait_until(lambda: self.proxies(console), "the proxy is shown as a sensor")
                self.assertEqual((sensor["ended"], sensor["silent"]), (False, False))
        (sensor,) = self.proxies(console)
        self.assertTrue(sensor["ended"])
        about = "client=127.0.0.1&user_agent=no-jar/1"
        (verdict, *_) = console.get(f"/api/verdicts?{about}").json["rows"]
        self.assertEqual((verdict["verdict"], verdict["host"], verdict["user_agent"]), ("no-jar", names[0], "no-jar/1"))
        self.assertTrue(verdict["evidence"])
        states = console.get(f"/api/challenges?{about}").json["rows"]
        self.assertEqual({row["state"] for row in states} - {"set", "neverset", "addvalue", "suspicious", "resetvalue"}, set())
        self.assertGreaterEqual(sum(row["count"] for row in states), 8)
        (client,) = [row for row in console.get("/api/clients?client=127.0.0.1").json["rows"] if row.get("user_agent") == "no-jar/1"]
        self.assertEqual((client["verdict"], client["sessions"]), ("no-jar", 8))
        (alert,) = console.get("/api/alerts?kind=verdict").json["rows"]
        self.assertEqual((alert["verdict"], alert["clients"]), ("no-jar", ["127.0.0.1"]))

    @staticmethod
    def proxies(console):
        return [row for row in console.get("/api/overview").json["sensors"] if row["kind"] == "proxy"]


if __name__ == "__main__":
    unittest.TestCase.maxDiff = None
    harness.main()
