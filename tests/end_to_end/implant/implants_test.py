#!/usr/bin/env python3
"""Programs without a browser's jar are found out within three requests, whatever their heads say; a real browser beside
them on the same machine is not; and what this challenge cannot see is written down here as well."""

import pathlib
import sys
import threading

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))

import chromium
import harness
import implant
from proxy_harness import Folder, Proxy, wait_until
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

    # Of what has every field of a current browser, misses have to go on for some time; here, for none.
    options = ("--set", "challenge.engine_span=0s")

    def proxy(self, challenge="observe"):
        return self.enterContext(Proxy(NAMES, *self.options, challenge=challenge))

    def implant(self, row, proxy, **more):
        made = implant.Implant(row, proxy.port, more.pop("host", host_of(row)), self.site.port, **more)
        self.addCleanup(made.close)
        if row.jar == "copied":
            made.jar = self.jar_of_another(row, proxy)
        return made

    def jar_of_another(self, row, proxy):
        other = implant.Implant(row, proxy.port, host_of(row), self.site.port, source=ELSEWHERE)
        line = other.beat().set_cookies[0]
        return dict([line.partition(";")[0].split("=", 1)])


class Rows(_OnSite):
    def test_each_row_comes_out_as_expected(self):
        proxy = self.proxy()
        for row in ROWS:
            self.implant(row, proxy).run()
        proxy.stop()
        for row in ROWS:
            with self.subTest(row.name, why=row.why):
                self.assert_outcome(row, proxy)

    def assert_outcome(self, row, proxy):
        """What the events say, now that they are complete."""
        about = {"host": host_of(row), "client_ip": "127.0.0.1"}
        states = {event["state"] for event in proxy.challenges(**about)}
        verdicts = [event["verdict"] for event in proxy.verdicts(**about)]
        expected = {"suspicious": ["no-jar"], "naive-jar": ["cookie-jar", "naive-jar"], "disguise": ["cookie-jar", "naive-jar"],
                    "tampering": ["tampering"]}  # fmt: skip
        self.assertEqual(verdicts, expected.get(row.expect, []))
        accused = [event for event in proxy.verdicts(**about) if event["score"] >= 0.5]
        if row.expect in ("naive-jar", "disguise"):
            self.assertEqual(bool(accused), row.expect == "disguise")
        self.assertEqual("suspicious" in states, row.expect == "suspicious")
        self.assertEqual("inconsistency" in states, row.expect in ("inconsistency", "tampering", "disguise"))

    def test_the_events_say_what_was_seen(self):
        proxy = self.proxy()
        row = next(row for row in ROWS if row.name == "msie8-full-head")
        self.implant(row, proxy).run()
        suspicion = wait_until(lambda: proxy.challenges("suspicious"), "suspicion")[0]
        self.assertEqual(suspicion["user_agent"], row.user_agent)
        self.assertEqual(suspicion["client_ip"], "127.0.0.1")
        self.assertEqual(suspicion["host"], host_of(row))
        self.assertGreaterEqual(suspicion["misses"], 2)
        verdict = proxy.wait_for_verdict("no-jar")[0]
        self.assertTrue(verdict["evidence"])
        self.assertGreater(verdict["score"], 0.5)
        self.assertEqual(proxy.challenges("set")[0]["host"], host_of(row))

    def test_what_never_came_twice_is_not_accused(self):
        """A single request says nothing, however many machines make one."""
        proxy = self.proxy()
        for last in range(1, 30):
            self.implant(ROWS[0], proxy, source=f"127.0.1.{last}").beat()
        proxy.stop()
        self.assertEqual(len(proxy.challenges("set")), 29)
        self.assertEqual(proxy.challenges("suspicious"), [])
        self.assertEqual(proxy.verdicts(), [])


class Blocking(_OnSite):
    def test_what_is_suspicious_gets_403_from_then_on(self):
        proxy = self.proxy("block")
        for row in (row for row in ROWS if row.expect == "suspicious"):
            with self.subTest(row.name):
                made = self.implant(row, proxy)
                before = made.run()
                self.assertEqual([status for status in before[:2] if status == 403], [], "not before it is found out")
                after = [made.beat().status for _ in range(3)]
                self.assertEqual(after, [403, 403, 403])
                self.assertLessEqual(len(self.site.requests(host_of(row))), row.requests)

    def test_what_returns_the_wrong_cookies_gets_403_from_then_on(self):
        proxy = self.proxy("block")
        for row in (row for row in ROWS if row.expect == "disguise"):
            with self.subTest(row.name):
                made = self.implant(row, proxy)
                self.assertEqual([status == 403 for status in made.run(6)], [False, False, True, True, True, True])

    def test_what_is_not_is_never_blocked(self):
        proxy = self.proxy("block")
        for row in (row for row in ROWS if row.expect not in ("suspicious", "disguise")):
            with self.subTest(row.name):
                made = self.implant(row, proxy)
                made.run(6)
                self.assertNotIn(403, [answer.status for answer in made.answers])

    def test_another_machine_is_not_blocked_for_it(self):
        proxy = self.proxy("block")
        row = ROWS[0]
        self.implant(row, proxy).run(4)
        other = self.implant(row, proxy, source=ELSEWHERE)
        self.assertNotEqual(other.beat().status, 403)


class BesideABrowser(_OnSite):
    """Section 5 of the paper: both on one machine, at the same host, at the same time."""

    options = ()

    def setUp(self):
        super().setUp()
        if chromium.installed() is None:
            self.skipTest("Chromium is not installed")

    def browse_beside(self, proxy, row):
        """A browser visits shop.example while the program calls there; the program's statuses, the browser's pages."""
        profile = self.folder / "profile"
        profile.mkdir()
        made = self.implant(row, proxy, host="shop.example")
        with chromium.Chromium(profile, proxy=proxy.url) as browser:
            tab = browser.open(self.site.url("shop.example"))
            beside = threading.Thread(target=made.run, args=(8,))
            beside.start()
            titles = []
            while beside.is_alive() or len(titles) < 6:
                tab.go(self.site.url("shop.example", "/landed"))
                titles.append(tab.run("document.body.textContent"))
            beside.join()
            agent = tab.run("navigator.userAgent")
        return [answer.status for answer in made.answers], titles, agent

    def test_the_program_is_found_out_and_the_browser_stays_clean(self):
        proxy = self.proxy()
        row = next(row for row in ROWS if row.name == "msie-no-cache")
        _, titles, agent = self.browse_beside(proxy, row)
        self.assertEqual(set(titles), {"landed"})
        proxy.stop()
        self.assertTrue(proxy.challenges("suspicious", user_agent=row.user_agent))
        self.assertEqual(proxy.challenges("suspicious", user_agent=agent), [])
        self.assertTrue(proxy.wait_for_verdict("browser", user_agent=agent, host="shop.example"))
        self.assertTrue(proxy.wait_for_verdict("no-jar", user_agent=row.user_agent, host="shop.example"))

    def test_block_mode_blocks_the_program_alone(self):
        proxy = self.proxy("block")
        row = next(row for row in ROWS if row.name == "msie8-full-head")
        statuses, titles, _ = self.browse_beside(proxy, row)
        self.assertEqual(statuses[3:], [403] * 5)
        self.assertEqual(set(titles), {"landed"})


del _OnSite

if __name__ == "__main__":
    harness.main()
