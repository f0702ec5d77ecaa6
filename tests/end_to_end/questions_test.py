#!/usr/bin/env python3
"""What is asked beside the cookie (docs/guides/challenges), of real browsers: they answer, nobody is accused, and the
sites see nothing of it."""

import json

import chromium
import firefox
import harness
from browsers_test import ABrowser
from browsing import NEWS, PORTAL, SHOP
from proxy_harness import OUR_VALUE, wait_until

ALL = ("decoys", "revalidation", "preload", "report", "redirect", "refresh")
PAGE = "/landed"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:153.0) Gecko/20100101 Firefox/153.0"


def chosen(*questions):
    return "--set", f"challenge.questions={','.join(questions)}"


class _Questions(ABrowser):
    def ask(self, *questions, options=()):
        self.access = self.folder / "access.jsonl"
        return self.proxy(*chosen("decoys", *questions), "--access-log", self.access,
                          "--set", "logs.access_format=json", *options)  # fmt: skip

    def answered(self, method="GET"):
        """Requests that ended at the proxy: path and status."""
        lines = [json.loads(line) for line in self.access.read_text().splitlines()] if self.access.exists() else []
        return [(line["url"], line["status"]) for line in lines if "/.mogura/" in line["url"] and line["method"] == method]

    def assert_left_no_trace(self, proxy):
        self.assert_never_accused(proxy)
        self.assert_ours_stayed_away()
        for seen in self.site.requests():
            self.assertNotIn(".mogura", seen.path)
            self.assertEqual([value for value in [seen.field("if-none-match")] if OUR_VALUE.search(value)], [])
        self.assertNotIn("mogura.invalid", self.access.read_text())

    def test_it_fetches_what_a_page_names(self):
        proxy = self.ask("preload")
        with self.start(proxy=proxy.url) as browser:
            tab = browser.open(self.site.url(SHOP, PAGE))
            tab.go(self.site.url(SHOP, PAGE))
            tab.go(self.site.url(SHOP, PAGE))
            wait_until(self.answered, "the preload")
            for _ in range(3):
                tab.go(self.site.url(SHOP, PAGE))
        self.assert_left_no_trace(proxy)
        self.assertEqual([status for _, status in self.answered()], [200], "asked no more")

    def test_it_reports_what_a_policy_forbids(self):
        proxy = self.ask("report")
        with self.start(proxy=proxy.url) as browser:
            tab = browser.open(self.site.url(SHOP, PAGE))
            tab.go(self.site.url(SHOP, PAGE))
            tab.go(self.site.url(SHOP, PAGE))
            wait_until(lambda: self.answered("POST"), "the report")
            for _ in range(3):
                tab.go(self.site.url(SHOP, PAGE))
        self.assert_left_no_trace(proxy)
        self.assertEqual([status for _, status in self.answered("POST")], [204], "asked no more")

    def test_it_revalidates_and_the_site_answers_as_ever(self):
        proxy = self.ask("revalidation")
        with self.start(proxy=proxy.url) as browser:
            tab = browser.open(self.site.url(SHOP, PAGE))
            for _ in range(6):
                tab.go(self.site.url(SHOP, PAGE))
                self.assertEqual(tab.run("location.pathname"), PAGE)
        self.assert_left_no_trace(proxy)
        self.assertEqual(len(self.site.requests(SHOP, PAGE)), 7)
        self.assertEqual({seen.field("if-none-match") for seen in self.site.requests(SHOP, PAGE)}, {""})

    def test_with_all_of_them_the_web_is_as_ever(self):
        proxy = self.ask(*ALL[1:])
        with self.start(proxy=proxy.url) as browser:
            tab = browser.open(self.site.url(SHOP))
            tab.wait_for("window.loaded")
            for host in (SHOP, PORTAL, NEWS):
                for path in (PAGE, "/chunked", PAGE, "/article", PAGE):
                    tab.go(self.site.url(host, path))
                    self.assertEqual(tab.run("location.pathname"), path)
        self.assert_left_no_trace(proxy)
        self.assertTrue(self.answered() + self.answered("POST"))


    def test_who_refuses_cookies_is_redirected_once(self):
        proxy = self.ask("redirect", options=("--set", "challenge.engine_span=0s"))
        with self.start(proxy=proxy.url, cookies_blocked=True) as browser:
            tab = browser.open(self.site.url(SHOP, PAGE))
            for path in ("/chunked", PAGE, "/chunked", PAGE):
                tab.go(self.site.url(SHOP, path))
                self.assertEqual(tab.run("location.pathname"), path)
        proxy.stop()
        redirected = [line for line in map(json.loads, self.access.read_text().splitlines()) if line["status"] == 307]
        self.assertEqual(len(redirected), 1)


class ChromiumAnswers(_Questions):
    driver, kind = chromium, chromium.Chromium

    def test_in_disguise_it_follows_a_page_that_leads_on(self):
        """What it sends is not what Firefox does, which makes it a suspect."""
        proxy = self.ask("refresh")
        with self.start(proxy=proxy.url) as browser:
            tab = browser.open("about:blank")
            tab.disguise(FIREFOX)
            for path in (PAGE, "/chunked", PAGE, f"{PAGE}?a=b&c=d;e", "/chunked"):
                tab.go(self.site.url(SHOP, path))
                tab.wait_for(f"location.pathname + location.search == {json.dumps(path)} && document.title")
        proxy.stop()
        self.assertEqual([status for _, status in self.answered()], [307])
        self.assert_ours_stayed_away()


class FirefoxAnswers(_Questions):
    driver, kind = firefox, firefox.Firefox


del _Questions, ABrowser

if __name__ == "__main__":
    harness.main()
