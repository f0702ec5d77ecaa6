"""Chromium without a window, driven over its DevTools protocol: JSON messages, each with a NUL behind it, on
descriptors 3 (to the browser) and 4 (from it). Nothing but Python's standard library.

    with Chromium(folder, proxy="http://127.0.0.1:3128") as browser:
        tab = browser.open("http://…/")             # waits until the page is loaded
        tab.run("document.title")
"""

import contextlib
import json
import os
import pathlib
import queue
import shutil
import signal
import threading

from proxy_harness import PATIENCE_S, TIED_TO_US, environment, wait_until

NAMES = ("chromium", "chromium-browser", "google-chrome")
_OPTIONS = (
    "--headless=new --no-sandbox --disable-gpu --disable-dev-shm-usage --no-first-run --no-default-browser-check "
    "--disable-background-networking --disable-component-update --disable-sync --password-store=basic "
    "--use-mock-keychain --remote-debugging-pipe"
).split()
_COOKIES_BLOCKED = {"profile": {"default_content_setting_values": {"cookies": 2}}}


def installed():
    return next((path for name in NAMES if (path := shutil.which(name))), None)


def trust_store(profile):
    """Where a Chromium of this profile looks for authorities: in its home."""
    return pathlib.Path(profile).parent / ".pki" / "nssdb"


class Chromium(contextlib.AbstractContextManager):
    """`hosts`: without a proxy, names that are this machine. `urls`: opened while it starts, side by side. Without
    `keeps_profile` it is ended the quick way."""

    def __init__(self, folder, proxy=None, hosts=(), urls=(), cookies_blocked=False, keeps_profile=False):
        self.profile, self._keeps_profile = pathlib.Path(folder), keeps_profile
        self.downloads = self.profile / "downloads"
        self._write_preferences(cookies_blocked)
        way = [f"--proxy-server={proxy}", "--proxy-bypass-list=<-loopback>"] if proxy else [
            "--no-proxy-server", "--host-resolver-rules=" + ",".join(f"MAP {name} 127.0.0.1" for name in hosts),
        ]  # fmt: skip
        self._answers, self._events, self._number = {}, queue.Queue(), 0
        self._changed, self._loads, self._ended = threading.Condition(), {}, False
        self._start([installed(), *_OPTIONS, *way, f"--user-data-dir={self.profile}", *urls[:1]])
        try:
            self.call("Browser.setDownloadBehavior", behavior="allow", downloadPath=str(self.downloads))
            for url in urls[1:]:  # without a window, it takes one on the command line
                self.call("Target.createTarget", url=url)
        except AssertionError:
            self.close()
            raise

    def _write_preferences(self, cookies_blocked):
        path = self.profile / "Default" / "Preferences"
        if cookies_blocked and not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(json.dumps(_COOKIES_BLOCKED))

    def _start(self, command):
        from_us, to_us = os.pipe(), os.pipe()
        log = os.open(self.profile.parent / "chromium.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        wiring = [(os.POSIX_SPAWN_DUP2, log, 2), (os.POSIX_SPAWN_DUP2, log, 1),
                  (os.POSIX_SPAWN_DUP2, from_us[0], 3), (os.POSIX_SPAWN_DUP2, to_us[1], 4)]  # fmt: skip
        home = environment(self.profile.parent)
        command = [*TIED_TO_US, *command]
        self._pid = os.posix_spawnp(command[0], command, home, file_actions=wiring, setpgroup=0)
        for descriptor in (from_us[0], to_us[1], log):
            os.close(descriptor)
        self._to, self._from = from_us[1], os.fdopen(to_us[0], "rb", buffering=0)
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        pending = b""
        while data := self._from.read(1 << 16):
            *messages, pending = (pending + data).split(b"\0")
            for message in messages:
                self._take(json.loads(message))
        with self._changed:
            self._ended = True
            self._changed.notify_all()

    def _take(self, message):
        with self._changed:
            if "id" in message:
                self._answers[message["id"]] = message
            elif message["method"] == "Page.loadEventFired":
                self._loads[message["sessionId"]] = self._loads.get(message["sessionId"], 0) + 1
            self._changed.notify_all()

    def call(self, method, session=None, **parameters):
        """One command and its result; raises what the browser says is wrong."""
        with self._changed:
            self._number += 1
            number = self._number
        message = {"id": number, "method": method, "params": parameters, **({"sessionId": session} if session else {})}
        os.write(self._to, json.dumps(message).encode() + b"\0")
        with self._changed:
            answered = self._changed.wait_for(lambda: number in self._answers or self._ended, PATIENCE_S)
            if not answered or number not in self._answers:
                raise AssertionError(f"Chromium {'ended' if self._ended else 'did not answer'} at {method}")
            answer = self._answers.pop(number)
        if "error" in answer:
            raise AssertionError(f"{method}: {answer['error']}")
        return answer["result"]

    def _pages(self):
        return [info for info in self.call("Target.getTargets")["targetInfos"] if info["type"] == "page"]

    def tabs(self):
        """The tabs that are open, those of `urls` among them."""
        return [Tab(self, info["targetId"]) for info in self._pages()]

    def private(self):
        """A private window: what it opens shares a jar of its own until it is closed."""
        return Private(self)

    def open(self, url, context=None):
        where = {"browserContextId": context} if context else {}
        tab = Tab(self, self.call("Target.createTarget", url="about:blank", **where)["targetId"])
        return tab.go(url)

    def start_opening(self, url, context=None):
        """Opens a tab without waiting for its page."""
        where = {"browserContextId": context} if context else {}
        return Tab(self, self.call("Target.createTarget", url=url, **where)["targetId"])

    def loads(self, session):
        with self._changed:
            return self._loads.get(session, 0)

    def close(self):
        if self._keeps_profile:
            with contextlib.suppress(AssertionError, OSError):
                self.call("Browser.close")
                wait_until(lambda: self._ended, "Chromium to end")
        with contextlib.suppress(OSError):
            os.killpg(self._pid, signal.SIGKILL)
        with contextlib.suppress(OSError):
            os.waitpid(self._pid, 0)
        with contextlib.suppress(OSError):
            os.close(self._to)

    def __exit__(self, *_):
        self.close()


class Private(contextlib.AbstractContextManager):
    def __init__(self, browser):
        self._browser = browser
        self._context = browser.call("Target.createBrowserContext", disposeOnDetach=False)["browserContextId"]

    def open(self, url):
        return self._browser.open(url, self._context)

    def start_opening(self, url):
        return self._browser.start_opening(url, self._context)

    def __exit__(self, *_):
        self._browser.call("Target.disposeBrowserContext", browserContextId=self._context)


class Tab:
    def __init__(self, browser, target):
        self._browser, self._target = browser, target
        self._session = browser.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        self._call("Page.enable")

    def _call(self, method, **parameters):
        return self._browser.call(method, self._session, **parameters)

    @contextlib.contextmanager
    def loading(self):
        """Waits at its end until one more page has been loaded than at its beginning."""
        before = self._browser.loads(self._session)
        yield
        wait_until(lambda: self._browser.loads(self._session) > before, "a page to load in Chromium")

    def disguise(self, user_agent):
        """From now on it says that it is another browser."""
        self._call("Network.enable")
        self._call("Network.setUserAgentOverride", userAgent=user_agent)

    def go(self, url):
        with self.loading():
            self._call("Page.navigate", url=url)
        return self

    def reload(self, hard=False):
        with self.loading():
            self._call("Page.reload", ignoreCache=hard)

    def _travel(self, steps):
        history = self._call("Page.getNavigationHistory")
        entry = history["entries"][history["currentIndex"] + steps]["id"]
        self._call("Page.navigateToHistoryEntry", entryId=entry)

        def arrived():
            now = self._call("Page.getNavigationHistory")
            return now["entries"][now["currentIndex"]]["id"] == entry and self._is_complete()

        wait_until(arrived, "Chromium to go back or forward")

    def back(self):
        self._travel(-1)

    def forward(self):
        self._travel(1)

    def _is_complete(self):
        return self.run("document.readyState") == "complete"

    def run(self, expression):
        """The value of an expression in the page; of a statement, nothing."""
        answer = self._call("Runtime.evaluate", expression=expression, returnByValue=True, userGesture=True)
        if "exceptionDetails" in answer:
            raise AssertionError(f"{expression}: {answer['exceptionDetails']['text']}")
        return answer["result"].get("value")

    def wait_for(self, expression):
        return wait_until(lambda: self._try(expression), f"{expression} in Chromium")

    def _try(self, expression):
        """While a page gives way to the next one, there is nowhere to ask."""
        with contextlib.suppress(AssertionError):
            return self.run(expression)

    def close(self):
        self._browser.call("Target.closeTarget", targetId=self._target)
