"""An hour of a person's browsing, compressed: what a browser is made to do, in steps, on the sites of `web_site.py`.

It works on either driver, and visits the same pages in the same order with and without a proxy, so that what reached
the sites can be compared. Steps that happen side by side use pages whose cookies do not depend on which was first.
"""

import contextlib
import json

import web_pages
from proxy_harness import wait_until

SHOP, PORTAL, NEWS, API = "shop.example", "www.portal.example", "news.example.com", "api.portal.example"
COLD_PAGES = ("/article", "/landed", "/chunked", "/missing")


class Person:
    """Somebody at a browser. `start(**options)` starts one on a profile of the given name."""

    def __init__(self, site, start):
        self._site, self._start = site, start
        self.browser = self.tab = None

    def spend_the_evening(self, **options):
        urls = [self._site.url(PORTAL, path) for path in COLD_PAGES]
        with self._start("profile", urls=urls, **options) as self.browser:
            self._see_cold_start()
            self.browse()
            self._private_windows()

    def come_back_next_morning(self):
        with self._start("profile") as self.browser:
            self.browse()
        for name in ("other", "third"):  # profiles of somebody else's at the same machine
            with self._start(name) as self.browser:
                self.visit_home()

    def browse(self):
        self.visit_home()
        for step in (self._reload, self._follow_links, self._two_tabs, self._log_in, self._be_redirected,
                     self._run_scripts, self._be_embedded, self._come_from_outside, self._see_oddities,
                     self._download):  # fmt: skip
            step()
        self.tab.close()

    def _see_cold_start(self):
        wait_until(lambda: len(self.browser.tabs()) >= len(COLD_PAGES), "the first tabs")
        for tab in self.browser.tabs():
            tab.wait_for("location.hostname && document.readyState == 'complete'")

    def go(self, host, path, until="document.readyState == 'complete'"):
        self.tab.go(self._site.url(host, path))
        self.tab.wait_for(until)

    def click(self, selector):
        element = f"document.querySelector({json.dumps(selector)})"
        self.tab.wait_for(f"{element} !== null")
        with self.tab.loading():
            self.tab.run(f"{element}.click()")

    def visit_home(self):
        self.tab = self.browser.open(self._site.url(SHOP))
        self.tab.wait_for("window.loaded")

    def _reload(self):
        self.tab.reload()
        self.tab.reload(hard=True)
        self.go(SHOP, "/validated")
        self.tab.reload()

    def _follow_links(self):
        self.go(SHOP, "/")
        self.click("#news")
        self.tab.back()
        self.tab.forward()
        self.click("#shop")
        self.go(SHOP, "/ahead")
        self.click("#next")

    def _two_tabs(self):
        tabs = [self.browser.start_opening(self._site.url(SHOP, path)) for path in ("/landed", "/chunked", "/missing")]
        for tab in tabs:
            tab.wait_for("location.hostname && document.readyState == 'complete'")
            tab.close()

    def _log_in(self):
        self.go(SHOP, "/account", "location.pathname == '/login'")
        with self.tab.loading():
            self.tab.run("document.forms[0].submit()")
        self.tab.wait_for("document.querySelector('#name').textContent == 'ann'")
        self.go(SHOP, "/script-cookies", "window.done")
        self.go(SHOP, "/account")
        self.click("#out")
        self.tab.wait_for("location.pathname == '/login'")

    def _be_redirected(self):
        for code in (301, 302, 303, 307, 308):
            self.go(SHOP, f"/hop?code={code}&times=2", "location.pathname == '/landed'")
            self.go(SHOP, f"/hop?code={code}&times=1&host={NEWS}", f"location.hostname == '{NEWS}'")
        for path in ("/meta-refresh", "/refresh"):
            self.go(SHOP, path, "location.pathname == '/landed' && document.readyState == 'complete'")

    def _run_scripts(self):
        for host, path in ((SHOP, "/fetches"), (PORTAL, "/fetches"), (SHOP, "/quiet")):
            self.go(host, path, "window.done")
        self.go(PORTAL, "/websocket", "window.heard == 'one,two,three'")
        self.go(PORTAL, "/listen", "window.heard == '0,1,2,3,4'")

    def _be_embedded(self):
        """Frames of another site: their cookies are a stranger's, whatever their pages' own requests look like."""
        for path in ("/embedder", "/", "/"):
            self.go(SHOP, path)

    def _come_from_outside(self):
        self.go(NEWS, "/outside-form")
        with self.tab.loading():
            self.tab.run("document.forms[0].submit()")
        self.tab.wait_for("document.querySelector('#name').textContent == 'ann'")
        self.click("#out")

    def _see_oddities(self):
        for path in ("/missing", "/chunked", "/validated", "/plain", "/plain", "/plain"):
            self.go(SHOP, path)

    def _download(self):
        for found in self.browser.downloads.glob("data*"):
            found.unlink()
        self.tab.run("location.href = '/download'")
        wait_until(lambda: self._downloaded() == [web_pages.DOWNLOAD], "the download")

    def _downloaded(self):
        with contextlib.suppress(FileNotFoundError):  # under the name that it had until it was there whole
            return [found.read_bytes() for found in self.browser.downloads.glob("*.bin")]
        return []

    def _private_windows(self):
        for _ in range(2):
            with self.browser.private() as window:
                tab = window.open(self._site.url(SHOP))
                tab.wait_for("window.loaded")
                tab.go(self._site.url(SHOP, "/article"))
        with self.browser.private() as window:  # as when somebody opens all bookmarks of a folder
            tabs = [window.start_opening(self._site.url(PORTAL, path)) for path in COLD_PAGES]
            for tab in tabs:
                tab.wait_for("location.hostname && document.readyState == 'complete'")
