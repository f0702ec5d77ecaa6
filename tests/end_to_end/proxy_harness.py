"""`mogura proxy` started for a test, on loopback, and what it writes.

The proxy resolves the names that clients ask for, and the tests need hosts of several sites. So it runs in a mount
namespace of its own, where /etc/hosts has the test's names and nothing else is asked (no DNS: what a browser wants from
its maker's servers fails at once, and nothing leaves the machine). That takes root or user namespaces; tests are
skipped, and say so, where neither is there.
"""

import contextlib
import functools
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import tempfile
import threading
import time
import unittest

import harness

PATIENCE_S = 30
# One of our cookies' values, whatever it is named: epoch, code and tag.
OUR_VALUE = re.compile(r"(?<![\w-])1\.\d{1,12}\.[\w-]{16}\.[\w-]{8}(?![\w-])", re.ASCII)
# What a test starts ends with it, also when it is killed.
TIED_TO_US = ("setpriv", "--pdeathsig", "KILL")
_ENTER = 'mount --bind "$1" /etc/hosts && mount --bind "$2" /etc/nsswitch.conf && shift 2 && exec "$@"'
_WAYS = (["unshare", "--mount"], ["unshare", "--user", "--map-root-user", "--mount"])


def wait_until(condition, why, seconds=PATIENCE_S):
    """Polls until `condition()` is true and answers what it was; fails after `seconds`."""
    end = time.monotonic() + seconds
    while True:
        found = condition()
        if found:
            return found
        if time.monotonic() > end:
            raise AssertionError(f"waited {seconds} s for: {why() if callable(why) else why}")
        time.sleep(0.01)


def need(*programs):
    """Paths of programs, or a skipped test."""
    for name in programs:
        if shutil.which(name) is None:
            raise unittest.SkipTest(f"{name} is not installed")
    return [shutil.which(name) for name in programs]


@functools.cache
def _way_into_namespace():
    if shutil.which("unshare") is not None:
        for way in _WAYS:
            probe = [*way, "mount", "--bind", "/etc/hosts", "/etc/hosts"]
            if subprocess.run(probe, capture_output=True, check=False).returncode == 0:
                return way
    return None


def with_hosts(names, folder, command):
    """A command line that runs `command` where the names are this machine and all others are unknown."""
    way = _way_into_namespace()
    if way is None:
        raise unittest.SkipTest("no permission for a mount namespace, in which the proxy would find the test's hosts")
    hosts, switch = pathlib.Path(folder, "hosts"), pathlib.Path(folder, "nsswitch.conf")
    hosts.write_text("".join(f"127.0.0.1 {name}\n" for name in ("localhost", *names)))
    switch.write_text("hosts: files\n")
    return [*way, "sh", "-c", _ENTER, "sh", str(hosts), str(switch), *TIED_TO_US, *map(str, command)]


class Folder(unittest.TestCase):
    """A test with a folder of its own, `self.folder`."""

    def setUp(self):
        keeper = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        self.addCleanup(keeper.cleanup)
        self.folder = pathlib.Path(keeper.name)


class Proxy(contextlib.AbstractContextManager):
    """The running proxy. Leaving the context stops it and demands that it ends well."""

    def __init__(self, names, *options, challenge="observe"):
        self._keeper = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        self.folder = pathlib.Path(self._keeper.name)
        self.events_path = self.folder / "events.jsonl"
        self.port = self.metrics_port = None
        self.notes = []  # what it said on stderr
        command = [harness.MOGURA, "proxy", "--listen", "127.0.0.1:0", "--allow-destination", "127.0.0.0/8",
                   "--events", self.events_path, "--challenge", challenge, *options]  # fmt: skip
        self._process = subprocess.Popen(with_hosts(names, self.folder, command), stderr=subprocess.PIPE, text=True)
        threading.Thread(target=self._read_notes, daemon=True).start()
        self._wait_until_ready()

    def _read_notes(self):
        for line in self._process.stderr:
            self.notes.append(line.rstrip("\n"))
            if found := re.search(r"listening on 127\.0\.0\.1:(\d+)", line):
                self.port = int(found[1])
            if found := re.search(r"metrics on 127\.0\.0\.1:(\d+)", line):
                self.metrics_port = int(found[1])

    def _wait_until_ready(self):
        try:
            wait_until(lambda: self.port or self._process.poll() is not None, "the proxy is ready")
            if self.port is None:
                raise AssertionError(f"the proxy ended with {self._process.returncode}: {self.notes}")
        except AssertionError:
            self._end()
            raise

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    @property
    def pid(self):
        return self._process.pid

    def reload(self):
        self._process.send_signal(signal.SIGHUP)

    def events(self, kind=None, **fields):
        """Lines of the events' file that say so, oldest first."""
        if not self.events_path.exists():
            return []
        complete = self.events_path.read_text(encoding="utf-8").rpartition("\n")[0].splitlines()
        events = [json.loads(line) for line in complete]
        return [event for event in events if (kind is None or event["event"] == kind)
                and all(event.get(key) == value for key, value in fields.items())]  # fmt: skip

    def challenges(self, state=None, **fields):
        return self.events("challenge", **({"state": state} if state else {}), **fields)

    def verdicts(self, verdict=None, **fields):
        return self.events("verdict", **({"verdict": verdict} if verdict else {}), **fields)

    def wait_for_verdict(self, verdict, **fields):
        try:
            return wait_until(lambda: self.verdicts(verdict, **fields), "", 10)
        except AssertionError:
            seen = [self.brief(event) for event in self.events(**fields)]
            raise AssertionError(f"no verdict {verdict} of {fields}; there was {seen}") from None

    @staticmethod
    def brief(event):
        """An event for messages."""
        what = event.get("state") or event.get("verdict")
        about = event.get("reason") or event.get("evidence")
        return f"{what} {event.get('host')}{event.get('url', '')} misses={event.get('misses')} {about}"

    def _end(self):
        """Status at the end; kills what does not end."""
        self._process.send_signal(signal.SIGTERM)
        try:
            return self._process.wait(PATIENCE_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
            return "no end on SIGTERM"

    def stop(self):
        """Ends it well: all that it has to say is then in the files. May be called again."""
        status = self._end()
        if status != 0:
            raise AssertionError(f"the proxy ended with {status}: {self.notes[-20:]}")

    def __exit__(self, kind, error, trace):
        try:
            if kind is None:
                self.stop()
            else:
                self._end()
        finally:
            self._process.stderr.close()
            self._keeper.cleanup()


def exempt_client(folder, network="127.0.0.0/8", comment="its browsers are set to refuse cookies"):
    """A file of exemptions that covers the clients of a network, as documented for --exempt."""
    path = pathlib.Path(folder) / "exemptions.toml"
    path.write_text(f'format = 1\n\n[[exempt]]\nclient = "{network}"\ncomment = "{comment}"\n', encoding="utf-8")
    return path


def environment(folder, **more):
    """An environment for clients: nothing of this machine's proxies, and a home of its own."""
    kept = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
    return {**kept, "HOME": str(folder), "LC_ALL": "C.UTF-8", **more}
