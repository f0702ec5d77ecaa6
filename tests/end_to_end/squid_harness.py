"""Debian's Squid started for a test, on loopback, with and without mogura beside it as an ICAP service.

Squid finds the test's names in a hosts file of its own, so none of it needs a namespace; nobody answers for others, which
what a browser wants from its maker's servers waits for, so that this wait is short. It gets the include that is
shipped (packaging/squid/mogura.conf), of which nothing but the service's port is changed.
"""

import contextlib
import functools
import json
import pathlib
import re
import signal
import socket
import subprocess
import tempfile
import threading
import unittest
import urllib.request

import harness
from proxy_harness import PATIENCE_S, TIED_TO_US, need, wait_until

INCLUDE = harness.ROOT / "packaging" / "squid" / "mogura.conf"
DELIVERY_S = 0.3


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def is_open(port):
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
        return True
    return False


class Icap(contextlib.AbstractContextManager):
    """`mogura icap`. Leaving the context stops it and demands that it ends well. start() again after kill()."""

    def __init__(self, *options, port=0, challenge="observe"):
        self._keeper = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        self.folder = pathlib.Path(self._keeper.name)
        self.events_path = self.folder / "events.jsonl"
        self.port = port
        self.metrics_port = None
        self.notes = []
        self._options = [*options, "--events", self.events_path, "--secret", self.folder / "secret", "--user", "root"]
        if challenge:
            self._options += ["--challenge", challenge]
        if not any("icap.delivery" in str(option) for option in options):
            self._options += ["--set", f"icap.delivery={int(DELIVERY_S * 1000)}ms"]
        self._process = None
        self.start()

    def start(self):
        command = [*TIED_TO_US, harness.MOGURA, "icap", "--listen", f"127.0.0.1:{self.port}", *self._options]
        self._process = subprocess.Popen(list(map(str, command)), stderr=subprocess.PIPE, text=True)
        said = []
        threading.Thread(target=self._read_notes, args=(self._process.stderr, said), daemon=True).start()
        wait_until(lambda: said or self._process.poll() is not None, "the service is ready")
        if not said:
            raise AssertionError(f"the service ended with {self._process.returncode}: {self.notes}")
        self.port = said[0]

    def _read_notes(self, stream, said):
        with stream:
            for line in stream:
                self.notes.append(line.rstrip("\n"))
                if found := re.search(r"listening on 127\.0\.0\.1:(\d+)", line):
                    said.append(int(found[1]))
                if found := re.search(r"metrics on 127\.0\.0\.1:(\d+)", line):
                    self.metrics_port = int(found[1])

    @property
    def pid(self):
        return self._process.pid

    def kill(self):
        self._process.kill()
        self._process.wait()

    def reload(self):
        before = self.notes.count("mogura icap: reloaded")
        self._process.send_signal(signal.SIGHUP)
        wait_until(lambda: self.notes.count("mogura icap: reloaded") > before, f"reloaded: {self.notes}")

    def events(self, kind=None, **fields):
        if not self.events_path.exists():
            return []
        complete = self.events_path.read_text(encoding="utf-8").rpartition("\n")[0].splitlines()
        return [event for event in map(json.loads, complete) if (kind is None or event["event"] == kind)
                and all(event.get(key) == value for key, value in fields.items())]  # fmt: skip

    def metrics(self):
        """By name and labels as they stand; with --metrics 127.0.0.1:0."""
        wait_until(lambda: self.metrics_port, "the metrics' port")
        with urllib.request.urlopen(f"http://127.0.0.1:{self.metrics_port}/metrics", timeout=PATIENCE_S) as answer:
            lines = answer.read().decode().splitlines()
        return {name: float(value) for name, _, value in (line.rpartition(" ") for line in lines if not line.startswith("#"))}

    def challenges(self, state=None, **fields):
        return self.events("challenge", **({"state": state} if state else {}), **fields)

    def verdicts(self, verdict=None, **fields):
        return self.events("verdict", **({"verdict": verdict} if verdict else {}), **fields)

    def stop(self):
        self._process.send_signal(signal.SIGTERM)
        try:
            status = self._process.wait(PATIENCE_S)
        except subprocess.TimeoutExpired:
            self.kill()
            status = "no end on SIGTERM"
        if status != 0:
            raise AssertionError(f"the service ended with {status}: {self.notes[-20:]}")

    def __exit__(self, kind, error, trace):
        try:
            if self._process.poll() is None:
                self.stop() if kind is None else self.kill()
        finally:
            self._keeper.cleanup()


class Squid(contextlib.AbstractContextManager):
    """`icap`: the port of a service, or nothing. `more`: lines of squid.conf; `listening`: words behind http_port."""

    def __init__(self, names=(), icap=None, more="", program="squid", cache="cache deny all", listening="",
                 access="http_access allow all"):
        self.program = str(program) if isinstance(program, pathlib.Path) else need(program)[0]
        self._keeper = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        self.folder = pathlib.Path(self._keeper.name)
        self.folder.chmod(0o777)
        self.port = free_port()
        (self.folder / "hosts").write_text("".join(f"127.0.0.1 {name}\n" for name in ("localhost", *names)))
        include = self.folder / "mogura.conf"
        include.write_text(INCLUDE.read_text().replace("127.0.0.1:1344", f"127.0.0.1:{icap}"))
        config = self.folder / "squid.conf"
        config.write_text(f"""http_port 127.0.0.1:{self.port} {listening}
{cache}
access_log stdio:{self.folder}/access.log
cache_log {self.folder}/cache.log
cache_store_log none
pid_filename none
coredump_dir {self.folder}
hosts_file {self.folder}/hosts
dns_nameservers 127.0.0.1
dns_timeout 1 second
visible_hostname squid.test
pinger_enable off
shutdown_lifetime 0 seconds
{more}
{access}
{f"include {include}" if icap else ""}
""")
        self._process = subprocess.Popen([*TIED_TO_US, self.program, "-N", "-f", str(config)],
                                         stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # fmt: skip
        try:
            wait_until(lambda: is_open(self.port) or self._process.poll() is not None, "squid listens")
            if self._process.poll() is not None:
                raise AssertionError(f"squid ended with {self._process.returncode}: {self.said()[-2000:]}")
        except AssertionError:
            self.__exit__(None, None, None)
            raise

    @property
    def pid(self):
        return self._process.pid

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def said(self):
        log = self.folder / "cache.log"
        return log.read_text(errors="replace") if log.exists() else ""

    def __exit__(self, *_):
        if self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(PATIENCE_S)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        self._keeper.cleanup()


@functools.cache
def squid_openssl():
    """The folder of Debian's squid-openssl, or a skipped test. The package cannot be installed beside squid, so it is
    unpacked into build/squid-openssl, once."""
    folder = harness.ROOT / "build" / "squid-openssl"
    if not (folder / "usr/sbin/squid").exists():
        need("squid", "apt-get", "dpkg")  # what the two have in common comes with squid
        with tempfile.TemporaryDirectory() as place:
            subprocess.run(["apt-get", "download", "squid-openssl"], cwd=place, capture_output=True, check=False)
            packages = list(pathlib.Path(place).glob("*.deb"))
            if not packages:
                raise unittest.SkipTest("apt-get download squid-openssl gave nothing: no network, or no such package")
            subprocess.run(["dpkg", "-x", packages[0], folder], check=True)
    done = subprocess.run([folder / "usr/sbin/squid", "-v"], capture_output=True, check=False)
    if done.returncode != 0:
        raise unittest.SkipTest(f"squid-openssl does not run here: {done.stderr.decode(errors='replace')}")
    return folder


def bumping(folder, names, icap, authority, trust, more="", **options):
    """squid-openssl that opens HTTPS with certificates of `authority` (a tls_lab.Authority), and trusts origins that
    `trust` has signed. `folder` is for its certificates; the user that Squid becomes reads there."""
    squid = squid_openssl()
    certificates = pathlib.Path(folder) / "certificates"
    helper = squid / "usr/lib/squid/security_file_certgen"
    authority.folder.chmod(0o755)
    authority.key.chmod(0o644)
    subprocess.run([helper, "-c", "-s", certificates, "-M", "4MB"], capture_output=True, check=True)
    subprocess.run(["chmod", "-R", "a+rwX", certificates], check=True)
    listening = f"ssl-bump generate-host-certificates=on tls-cert={authority.certificate} tls-key={authority.key}"
    lines = (f"sslcrtd_program {helper} -s {certificates} -M 4MB", "acl first at_step SslBump1", "ssl_bump peek first",
             "ssl_bump bump all", f"tls_outgoing_options cafile={trust}", more)  # fmt: skip
    return Squid(names, icap, program=squid / "usr/sbin/squid", listening=listening, more="\n".join(lines), **options)
