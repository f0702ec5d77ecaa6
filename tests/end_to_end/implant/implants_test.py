#!/usr/bin/env python3
"""Programs without a browser's jar are found out within three requests, whatever their heads say; a real browser beside
them on the same machine is not; and what this challenge cannot see is written down here as well. The rows are played on
every way through mogura; they speak no HTTP/2."""

import pathlib
import sys
import threading

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))

import chromium
import harness
import implant
from proxy_harness import Folder, wait_until
from ways import BesideBump, BesideSquid, Opened, Plain
from web_site import HOSTS, WebSite

ROWS = implant.rows()
DOMAIN = "implants.example"
ELSEWHERE = "127.0.0.2"  # another machine of the network's


def host_of(row):
    return f"{row.name}.{DOMAIN}"


NAMES = [host_of(row) for row in ROWS] + list(HOSTS)


class _OnSite(Folder):
    def setUp(self):
        super().setUp()
        self.site = self.enterContext(WebSite())

    kind = Plain
    # Of what has every field of a current browser, misses have to go on for some time; here, for none.
    settings = ("challenge.engine_span=0s",)

    def way(self, challenge="observe"):
        self.folder.chmod(0o755)  # Squid gives up being root
        return self.enterContext(self.kind(self.folder / "way", NAMES, self.site.port, self.settings, challenge=challenge))

    def implant(self, row, way, **more):
        made = self.made(row, way, more.pop("host", host_of(row)), **more)
        self.addCleanup(made.close)
        if row.jar == "copied":
            made.jar = self.jar_of_another(row, way)
        return made

    @staticmethod
    def made(row, way, host, **more):
        return implant.Implant(row, way.proxy_port, host, way.port, tls=way.tls(), **more)

    def jar_of_another(self, row, way):
        other = self.made(row, way, host_of(row), source=ELSEWHERE)
        line = other.beat().set_cookies[0]
        other.close()
        return dict([line.partition(";")[0].split("=", 1)])


class _Table(_OnSite):
    def test_each_row_comes_out_as_expected(self):
        way = self.way()
        for row in ROWS:
            self.implant(row, way).run()
        way.stop()
        for row in ROWS:
            with self.subTest(row.name, why=row.why):
                self.assert_outcome(row, way)

    def assert_outcome(self, row, way):
        """What the events say, now that they are complete."""
        about = {"host": host_of(row), "client_ip": "127.0.0.1"}
        states = {event["state"] for event in way.challenges(**about)}
        verdicts = [event["verdict"] for event in way.verdicts(**about)]
        expected = {"suspicious": ["no-jar"], "naive-jar": ["cookie-jar", "naive-jar"], "disguise": ["cookie-jar", "naive-jar"],
                    "tampering": ["tampering"]}  # fmt: skip
        self.assertEqual(verdicts, expected.get(row.expect, []))
        accused = [event for event in way.verdicts(**about) if event["score"] >= 0.5]
        if row.expect in ("naive-jar", "disguise"):
            self.assertEqual(bool(accused), row.expect == "disguise")
        self.assertEqual("suspicious" in states, row.expect == "suspicious")
        self.assertEqual("inconsistency" in states, row.expect in ("inconsistency", "tampering", "disguise"))


class Rows(_Table):
    def test_the_events_say_what_was_seen(self):
        way = self.way()
        row = next(row for row in ROWS if row.name == "msie8-full-head")
        self.implant(row, way).run()
        suspicion = wait_until(lambda: way.challenges("suspicious"), "suspicion")[0]
        self.assertEqual(suspicion["user_agent"], row.user_agent)
        self.assertEqual(suspicion["client_ip"], "127.0.0.1")
        self.assertEqual(suspicion["host"], host_of(row))
        self.assertGreaterEqual(suspicion["misses"], 2)
        verdict = way.wait_for_verdict("no-jar")[0]
        self.assertTrue(verdict["evidence"])
        self.assertGreater(verdict["score"], 0.5)
        self.assertEqual(way.challenges("set")[0]["host"], host_of(row))

    def test_what_never_came_twice_is_not_accused(self):
        """A single request says nothing, however many machines make one."""
        way = self.way()
        for last in range(1, 30):
            self.implant(ROWS[0], way, source=f"127.0.1.{last}").beat()
        way.stop()
        self.assertEqual(len(way.challenges("set")), 29)
        self.assertEqual(way.challenges("suspicious"), [])
        self.assertEqual(way.verdicts(), [])


class RowsOpened(_Table):
    kind = Opened


class RowsBesideSquid(_Table):
    kind = BesideSquid


class RowsBesideBump(_Table):
    kind = BesideBump


class Blocking(_OnSite):
    def test_what_is_suspicious_gets_403_from_then_on(self):
        way = self.way("block")
        for row in (row for row in ROWS if row.expect == "suspicious"):
            with self.subTest(row.name):
                made = self.implant(row, way)
                before = made.run()
                self.assertEqual([status for status in before[:2] if status == 403], [], "not before it is found out")
                after = [made.beat().status for _ in range(3)]
                self.assertEqual(after, [403, 403, 403])
                self.assertLessEqual(len(self.site.requests(host_of(row))), row.requests)

    def test_what_returns_the_wrong_cookies_gets_403_from_then_on(self):
        way = self.way("block")
        for row in (row for row in ROWS if row.expect == "disguise"):
            with self.subTest(row.name):
                made = self.implant(row, way)
                self.assertEqual([status == 403 for status in made.run(6)], [False, False, True, True, True, True])

    def test_what_is_not_is_never_blocked(self):
        way = self.way("block")
        for row in (row for row in ROWS if row.expect not in ("suspicious", "disguise")):
            with self.subTest(row.name):
                made = self.implant(row, way)
                made.run(6)
                self.assertNotIn(403, [answer.status for answer in made.answers])

    def test_another_machine_is_not_blocked_for_it(self):
        way = self.way("block")
        row = ROWS[0]
        self.implant(row, way).run(4)
        other = self.implant(row, way, source=ELSEWHERE)
        self.assertNotEqual(other.beat().status, 403)


class BesideABrowser(_OnSite):
    """Section 5 of the paper: both on one machine, at the same host, at the same time."""

    settings = ()

    def setUp(self):
        super().setUp()
        if chromium.installed() is None:
            self.skipTest("Chromium is not installed")

    def browse_beside(self, way, row):
        """A browser visits shop.example while the program calls there; the program's statuses, the browser's pages."""
        profile = self.folder / "profile"
        profile.mkdir()
        made = self.implant(row, way, host="shop.example")
        with chromium.Chromium(profile, proxy=way.proxy_url) as browser:
            tab = browser.open(way.url("shop.example"))
            beside = threading.Thread(target=made.run, args=(8,))
            beside.start()
            titles = []
            while beside.is_alive() or len(titles) < 6:
                tab.go(way.url("shop.example", "/landed"))
                titles.append(tab.run("document.body.textContent"))
            beside.join()
            agent = tab.run("navigator.userAgent")
        return [answer.status for answer in made.answers], titles, agent

    def test_the_program_is_found_out_and_the_browser_stays_clean(self):
        way = self.way()
        row = next(row for row in ROWS if row.name == "msie-no-cache")
        _, titles, agent = self.browse_beside(way, row)
        self.assertEqual(set(titles), {"landed"})
        way.stop()
        self.assertTrue(way.challenges("suspicious", user_agent=row.user_agent))
        self.assertEqual(way.challenges("suspicious", user_agent=agent), [])
        self.assertTrue(way.wait_for_verdict("browser", user_agent=agent, host="shop.example"))
        self.assertTrue(way.wait_for_verdict("no-jar", user_agent=row.user_agent, host="shop.example"))

    def test_block_mode_blocks_the_program_alone(self):
        way = self.way("block")
        row = next(row for row in ROWS if row.name == "msie8-full-head")
        statuses, titles, _ = self.browse_beside(way, row)
        self.assertEqual(statuses[3:], [403] * 5)
        self.assertEqual(set(titles), {"landed"})


del _OnSite, _Table

if __name__ == "__main__":
    harness.main()
