#!/usr/bin/env python3
"""What a client answered to the challenge and what its sessions look like among all others are evidence of one finding: in
the database, in the console, and after a new start.
"""

import contextlib
import itertools
import json
import sqlite3
import time

import harness
from console_server import Console
from icap_test import BROWSER as GATEWAYS_BROWSER
from icap_test import SITE, BesideSquid
from prefilter_test import BROWSER, HOSTS, MACHINES, Program
from proxy_harness import Folder, Proxy, wait_until
from web_site import WebSite

# As of an implant: passes for a browser that nobody else here has.
IMPLANT = "User-Agent: Mozilla/4.0 (compatible; MSIE 8.0; Windows NT 5.1)\r\nAccept: */*\r\n"
CALLED = "called.elsewhere.example"
LONE, BESIDE = "127.0.2.1", "127.0.2.2"
OF_SESSIONS = {"unusual-port", "exclusive-program", "few-clients", "rare-user-agent", "no-referer"}


def findings_in(path):
    """Of the last analysis, as the database has them."""
    with contextlib.closing(sqlite3.connect(path, timeout=10)) as database:
        lines = database.execute("SELECT line FROM findings WHERE is_current ORDER BY score DESC").fetchall()
    return [json.loads(line) for (line,) in lines]


class OfTheProxy(Folder):
    def setUp(self):
        super().setUp()
        self.site = self.enterContext(WebSite())
        self.database = self.folder / "mogura.db"

    def start(self):
        return Proxy([*HOSTS, CALLED], "--db", self.database, "--set", "challenge.ask=everyone", "--set", "challenge.refresh=1s")

    def findings(self):
        return findings_in(self.database)

    def finding_at(self, host):
        return next((finding for finding in self.findings() if finding["destination"] == f"{host}:{self.site.port}"), None)

    def codes_at(self, host):
        return {item["code"] for item in (self.finding_at(host) or {"evidence": []})["evidence"]}

    def play(self, proxy):
        """An office day: browsers everywhere, something that calls home, and the same beside a browser."""
        browsers = [Program(proxy, self.site, machine, BROWSER, True) for machine in MACHINES]
        for program, host, _ in itertools.product(browsers, HOSTS, range(3)):
            program.get(host)
        lone, beside = (Program(proxy, self.site, source, IMPLANT, False) for source in (LONE, BESIDE))
        for _ in range(12):
            lone.get(CALLED)
            beside.get(HOSTS[0])

    def assert_found(self):
        finding = wait_until(lambda: "no-jar" in self.codes_at(CALLED) and self.codes_at(CALLED) & OF_SESSIONS and self.finding_at(CALLED),
                             lambda: f"both kinds of evidence: {self.finding_at(CALLED)}")  # fmt: skip
        self.assertEqual(finding["clients"], [LONE])
        self.assertEqual(finding["kind"], "get-post")
        verdict = next(item for item in finding["evidence"] if item["code"] == "no-jar")
        self.assertEqual(verdict["weight"], 0.8)
        self.assertIn(f"{LONE}: our cookie was given", verdict["text"])
        self.assertAlmostEqual(finding["score"], min(1, sum(item["weight"] for item in finding["evidence"])), 6)
        self.assertEqual(finding["severity"], "high")
        self.assertIn("ask", finding["next_steps"])
        return finding

    def assert_named_alone(self):
        """Of a place where everybody goes, only who answered so."""
        finding = wait_until(lambda: self.finding_at(HOSTS[0]), "the answer is a finding by itself")
        self.assertEqual((finding["clients"], finding["clients_count"], finding["user_agents_count"]), ([BESIDE], 1, 1))
        self.assertGreaterEqual(finding["score"], 0.8)
        others = {host for host in HOSTS[1:] if (self.finding_at(host) or {"score": 0})["score"] >= 0.5}
        self.assertEqual(others, set(), "ordinary browsers at ordinary places")

    def test_both_are_evidence_of_one_finding(self):
        with self.start() as proxy:
            self.play(proxy)
            finding = self.assert_found()
            self.assert_named_alone()
        with Console(self.database) as console:
            record = console.get(f"/api/findings/{finding['finding_id']}").json
            self.assertIn("no-jar", {item["code"] for item in record["finding"]["evidence"]})
            self.assertTrue(record["row"]["current"])
            self.assertTrue(console.get(f"/api/findings/{finding['finding_id']}/sessions").json["rows"])

    def test_both_are_there_after_a_new_start(self):
        with self.start() as proxy:
            self.play(proxy)
            before = self.assert_found()
        self.forget_findings()
        with self.start():
            after = self.assert_found()
            self.assert_named_alone()
        self.assertEqual(after["finding_id"], before["finding_id"])
        self.assertEqual({item["code"] for item in after["evidence"]}, {item["code"] for item in self.finding_at(CALLED)["evidence"]})
        self.assertEqual(after["sessions"], 12)

    def forget_findings(self):
        with contextlib.closing(sqlite3.connect(self.database, timeout=10)) as database, database:
            database.execute("DELETE FROM findings")


class OfTheGateway(BesideSquid):
    """`mogura icap` that keeps no sessions: what is answered is a finding by itself."""

    def test_an_answer_is_a_finding(self):
        database = self.folder / "mogura.db"
        for _ in range(2):
            with self.enter("--db", database, "--set", "challenge.refresh=1s", "--set", "icap.sessions=false"):
                if not findings_in(database):
                    self.visit({"User-Agent": GATEWAYS_BROWSER["User-Agent"]}, jar=False, times=3)
                (finding,) = wait_until(lambda: findings_in(database), "a finding")
            self.assertEqual((finding["destination"], finding["kind"], finding["sessions"]), (SITE, "get-post", 0))
            self.assertEqual(finding["clients"], ["127.0.0.1"])
            self.assertEqual(finding["evidence"][0]["code"], "no-jar")
            self.assertGreaterEqual(finding["score"], 0.8)
            with contextlib.closing(sqlite3.connect(database, timeout=10)) as stored, stored:
                stored.execute("DELETE FROM findings")  # after a new start it is found again

    def test_the_log_and_the_answers_are_one_finding(self):
        database, log = self.folder / "mogura.db", self.folder / "access.log"
        with self.enter("--db", database, "--set", "challenge.refresh=1s", "--set", "icap.sessions=false"):
            self.visit({"User-Agent": GATEWAYS_BROWSER["User-Agent"]}, jar=False, times=3)
            wait_until(lambda: findings_in(database), "a finding")
            now, place = time.time() + 1, f"{SITE}:{self.origin.port}"
            log.write_text("".join(
                f"{now - 60 * back:.3f} 5 127.0.0.1 TCP_MISS/200 500 GET http://{place}/ - HIER_DIRECT/127.0.0.1 text/html\n"
                for back in range(30, -1, -1)))  # fmt: skip
            done = harness.run("analyze", "--quiet", "--db", database, log)
            self.assertEqual(done.returncode, 0, done.stderr)
            (finding,) = findings_in(database)
            self.assertEqual(finding["destination"], place)
            self.assertLessEqual({"no-jar", "beacon"}, {item["code"] for item in finding["evidence"]})
            asked = len(self.icap.challenges())
            self.visit({"User-Agent": "another/1"}, jar=False, times=1)
            self.assertGreater(len(self.icap.challenges()), asked)
        self.assertEqual([found["finding_id"] for found in findings_in(database)], [finding["finding_id"]], "it stays")


if __name__ == "__main__":
    harness.main()
