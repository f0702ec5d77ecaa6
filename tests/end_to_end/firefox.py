"""Firefox without a window, driven over Marionette: JSON messages on TCP, each with its length and a colon in front.
Nothing but Python's standard library. The same methods as `chromium.py`."""

import contextlib
import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess

from proxy_harness import PATIENCE_S, TIED_TO_US, environment, wait_until

NAMES = ("firefox-esr", "firefox")
# As a user has it, with what its makers would be asked switched off. "remote.prefs.recommended" would also switch off
# what an ordinary Firefox does to web sites unasked, such as thumbnails.
_PREFERENCES = {
    "remote.prefs.recommended": False,
    "marionette.port": 0,
    "browser.shell.checkDefaultBrowser": False,
    "browser.aboutwelcome.enabled": False,
    "browser.startup.page": 1,
    "browser.startup.homepage_override.mstone": "ignore",
    "browser.startup.couldRestoreSession.count": -1,
    "browser.sessionstore.resume_from_crash": False,
    "browser.tabs.warnOnClose": False,
    "browser.warnOnQuit": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "toolkit.telemetry.reportingpolicy.firstRun": False,
    "app.update.auto": False,
    "app.normandy.enabled": False,
    "extensions.update.enabled": False,
    "browser.safebrowsing.update.enabled": False,
    "browser.download.useDownloadDir": True,
    "browser.download.folderList": 2,
    "browser.download.alwaysOpenPanel": False,
    "browser.helperApps.neverAsk.saveToDisk": "application/octet-stream",
    "dom.disable_beforeunload": True,
}
_NO_COOKIES = 2
_THUMBNAIL = """const [url, done] = arguments;
const {BackgroundPageThumbs} = ChromeUtils.importESModule("resource://gre/modules/BackgroundPageThumbs.sys.mjs");
BackgroundPageThumbs.capture(url, {onDone: () => done(true)});"""


def installed():
    return next((path for name in NAMES if (path := shutil.which(name))), None)


def trust_store(profile):
    """Where a Firefox of this profile looks for authorities."""
    return pathlib.Path(profile)


def _preferences(folder, proxy, hosts, cookies_blocked):
    chosen = dict(_PREFERENCES)
    chosen["browser.download.dir"] = str(folder / "downloads")
    if proxy:
        host, port = proxy.removeprefix("http://").split(":")
        chosen |= {"network.proxy.type": 1, "network.proxy.no_proxies_on": ""}
        for scheme in ("http", "ssl"):
            chosen |= {f"network.proxy.{scheme}": host, f"network.proxy.{scheme}_port": int(port)}
    else:
        chosen |= {"network.proxy.type": 0, "network.dns.localDomains": ",".join(hosts)}
    if cookies_blocked:
        chosen["network.cookie.cookieBehavior"] = _NO_COOKIES
    return "".join(f"user_pref({json.dumps(name)}, {json.dumps(value)});\n" for name, value in chosen.items())


class Firefox(contextlib.AbstractContextManager):
    """`hosts`: without a proxy, names that are this machine. `urls`: opened while it starts, side by side. Without
    `keeps_profile` it is ended the quick way."""

    def __init__(self, folder, proxy=None, hosts=(), urls=(), cookies_blocked=False, keeps_profile=False):
        self.profile, self._keeps_profile = pathlib.Path(folder), keeps_profile
        self.downloads = self.profile / "downloads"
        self.downloads.mkdir(parents=True, exist_ok=True)
        (self.profile / "user.js").write_text(_preferences(self.profile, proxy, hosts, cookies_blocked))
        self._port_file = self.profile / "MarionetteActivePort"
        self._port_file.unlink(missing_ok=True)
        self._start(urls)
        self._number = 0
        self._connect()
        self.call("WebDriver:NewSession", capabilities={"alwaysMatch": {"pageLoadStrategy": "normal"}})
        if urls:
            wait_until(lambda: len(self.tabs()) >= len(urls), "the first tabs")

    def _start(self, urls):
        command = [*TIED_TO_US, installed(), "--headless", "--marionette", "--remote-allow-system-access",
                   "--no-remote", "--profile", str(self.profile), *urls]  # fmt: skip
        log = (self.profile.parent / "firefox.log").open("ab")
        home = environment(self.profile.parent, MOZ_CRASHREPORTER_DISABLE="1", MOZ_DISABLE_CONTENT_SANDBOX="1")
        self._process = subprocess.Popen(command, stdout=log, stderr=log, env=home, start_new_session=True)
        log.close()

    def _connect(self):
        def port():
            if self._process.poll() is not None:
                raise AssertionError(f"Firefox ended with {self._process.returncode}")
            return self._port_file.exists() and self._port_file.read_text().strip()

        try:
            found = wait_until(port, "Firefox's Marionette", 2 * PATIENCE_S)
            self._socket = socket.create_connection(("127.0.0.1", int(found)), PATIENCE_S)
            self._stream = self._socket.makefile("rb")
            self._receive()  # who it is
        except AssertionError:
            self._kill()
            raise

    def _receive(self):
        length = b""
        while (byte := self._stream.read(1)) != b":":
            if not byte:
                raise AssertionError("Firefox closed its connection")
            length += byte
        return json.loads(self._stream.read(int(length)))

    def call(self, method, **parameters):
        """One command and its result; raises what the browser says is wrong."""
        self._number += 1
        message = json.dumps([0, self._number, method, parameters]).encode()
        self._socket.sendall(b"%d:%s" % (len(message), message))
        _, number, error, result = self._receive()
        if number != self._number or error:
            raise AssertionError(f"{method}: {error}")
        return result

    def tabs(self):
        """The tabs that are open, those of `urls` among them."""
        return [Tab(self, handle) for handle in self.call("WebDriver:GetWindowHandles")]

    def private(self):
        """A private window: what it opens shares a jar of its own until it is closed."""
        return Private(self)

    def new(self, beside=None, **how):
        """A tab in the window of the tab `beside`, or in the first one; with type="window", in a window of its own."""
        here = beside.handle if beside else self.call("WebDriver:GetWindowHandles")[0]
        self.call("WebDriver:SwitchToWindow", handle=here, focus=True)
        return Tab(self, self.call("WebDriver:NewWindow", **{"type": "tab", **how})["handle"])

    def open(self, url):
        return self.new().go(url)

    def start_opening(self, url):
        """Opens a tab without waiting for its page."""
        return self.new().start(url)

    def take_thumbnail(self, url):
        """Makes it fetch a page as it does for the pictures on its start page."""
        self.tabs()[0].run("0")
        self.call("Marionette:SetContext", value="chrome")
        self.call("WebDriver:ExecuteAsyncScript", script=_THUMBNAIL, args=[url])
        self.call("Marionette:SetContext", value="content")

    def close(self):
        if self._keeps_profile:
            with contextlib.suppress(AssertionError, OSError):
                self.call("Marionette:Quit", flags=["eAttemptQuit"])
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(15)
        self._kill()

    def _kill(self):
        with contextlib.suppress(OSError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()

    def __exit__(self, *_):
        self.close()
        self._stream.close()
        self._socket.close()


class Private(contextlib.AbstractContextManager):
    def __init__(self, browser):
        self._browser = browser
        self._tabs = [browser.new(type="window", private=True)]

    def _new(self):
        self._tabs.append(self._browser.new(beside=self._tabs[-1]))
        return self._tabs[-1]

    def open(self, url):
        return self._new().go(url)

    def start_opening(self, url):
        return self._new().start(url)

    def __exit__(self, *_):
        for tab in self._tabs:
            tab.close()


class Tab:
    def __init__(self, browser, handle):
        self._browser, self.handle = browser, handle

    def _call(self, method, **parameters):
        self._browser.call("WebDriver:SwitchToWindow", handle=self.handle, focus=True)
        return self._browser.call(method, **parameters)

    def go(self, url):
        self._call("WebDriver:Navigate", url=url)
        return self

    def start(self, url):
        self.run(f"location.href = {json.dumps(url)}")
        return self

    @contextlib.contextmanager
    def loading(self):
        """Waits at its end until the page of its beginning has given way to another, which is loaded."""
        self.run("window.isOld = true")
        yield
        self.wait_for("!window.isOld && document.readyState == 'complete'")

    def reload(self, hard=False):
        if not hard:
            return self._call("WebDriver:Refresh")
        with self.loading():
            self.run("location.reload(true)")

    def back(self):
        self._call("WebDriver:Back")

    def forward(self):
        self._call("WebDriver:Forward")

    def run(self, expression):
        """The value of an expression in the page; of a statement, nothing."""
        script = "return (0, eval)(arguments[0])"
        return self._call("WebDriver:ExecuteScript", script=script, args=[expression], sandbox=None)["value"]

    def wait_for(self, expression):
        return wait_until(lambda: self._try(expression), f"{expression} in Firefox")

    def _try(self, expression):
        """While a page gives way to the next one, there is nowhere to ask."""
        with contextlib.suppress(AssertionError):
            return self.run(expression)

    def close(self):
        self._call("WebDriver:CloseWindow")
