#!/usr/bin/env python3
"""Programs that speak HTTP, on every way through mogura: each gets the verdict that its way with cookies deserves, and
what it fetches whole."""

import concurrent.futures
import functools
import http.server
import os
import pathlib
import shutil
import subprocess
import sys
import threading

import harness
import web_pages
from clients_table import CLIENTS, DOMAIN, python_with_requests
from proxy_harness import OUR_VALUE, PATIENCE_S, Folder, need, wait_until
from ways import BesideBump, BesideSquid, Opened, OpenedHttp2, Plain
from web_site import WebSite

HERE = pathlib.Path(__file__).resolve().parent / "clients"
FILES, OLD_FILES = f"files.{DOMAIN}", f"git.{DOMAIN}"
NAMES = [*(client.host for client in CLIENTS), FILES, OLD_FILES]
PATHS = ("/plain", "/chunked", "/plain", "/plain")
CHROME = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.{}.0 Safari/537.36".format
# What a program does on one connection within 100 ms is not counted, nor what it asks in the very millisecond in which it
# was given the cookie. So the second run has the first miss that is certain, the third the second.
TIMES = 3
AT_ONCE = 4


class _Files(http.server.SimpleHTTPRequestHandler):
    """A folder, and the git repositories in it by git's own CGI program."""

    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def do_POST(self):
        self._run_git()

    def do_GET(self):
        self.server.seen.append(dict(self.headers))
        self._run_git() if "/info/refs?" in self.path else super().do_GET()

    def _run_git(self):
        path, _, query = self.path.partition("?")
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        asked = {"PATH_INFO": path, "QUERY_STRING": query, "REQUEST_METHOD": self.command,
                 "CONTENT_TYPE": self.headers.get("Content-Type", ""), "CONTENT_LENGTH": str(len(body)),
                 "HTTP_CONTENT_ENCODING": self.headers.get("Content-Encoding", ""),
                 "GIT_PROJECT_ROOT": self.directory, "GIT_HTTP_EXPORT_ALL": "1"}  # fmt: skip
        done = subprocess.run(["git", "http-backend"], input=body, capture_output=True, check=True,
                              env=dict(os.environ, **asked))  # fmt: skip
        head, _, content = done.stdout.partition(b"\r\n\r\n")
        self.send_response_only(200)
        for line in head.decode().split("\r\n"):
            self.send_header(*line.split(": ", 1))
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


class _Clients(Folder):
    kind = Plain

    def run_client(self, command, **more):
        done = subprocess.run(command, shell=isinstance(command, str), capture_output=True, text=True, check=False,
                              timeout=2 * PATIENCE_S, env={**self.telling, **more})  # fmt: skip
        self.assertEqual(done.returncode, 0, f"{command}: {done.stderr}")
        return done.stdout

    def enter_way(self, port, **more):
        self.folder.chmod(0o755)  # Squid gives up being root
        self.way = self.enterContext(self.kind(self.folder / "way", NAMES, port, **more))
        self.telling = self.way.telling(self.folder)


class _Verdicts(_Clients):
    def test_each_client_gets_its_verdict(self):
        self.site = self.enterContext(WebSite())
        self.enter_way(self.site.port)
        clients = [client for client in CLIENTS if client.speaks_http2 or not self.kind.speaks_http2]
        self.compile_java(clients)
        with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
            used = [(client, pool.submit(self.use, client)) for client in clients]
        self.way.stop()
        for client, use in used:
            with self.subTest(client.name, why=client.why):
                use.result()
                found = [("accused-" if event["score"] >= 0.5 else "") + event["verdict"]
                         for event in self.way.verdicts(host=client.host)]  # fmt: skip
                self.assertEqual(found, client.verdicts_over(self.way))
                self.check_requests(client)
                for event in self.way.challenges("set", host=client.host):
                    self.assertTrue(event["url"].startswith(self.way.url(client.host)), event)

    def compile_java(self, clients):
        """Once, and not with each start."""
        self.classes = self.folder / "classes"
        if any(client.program == "javac" for client in clients) and shutil.which("javac"):
            subprocess.run(["javac", "-d", self.classes, *HERE.glob("*.java")], check=True, capture_output=True)

    def use(self, client):
        words = {"python": sys.executable, "chrome": CHROME(CLIENTS.index(client)), "here": HERE, "classes": self.classes,
                 "folder": self.folder / client.name, "ca": self.way.authority or os.devnull,
                 "proxy": self.way.proxy_url, "port": self.way.proxy_port, "site": self.way.url(client.host),
                 "urls": " ".join(self.way.url(client.host, path) for path in PATHS)}  # fmt: skip
        words["folder"].mkdir()
        if client.program == "requests":
            words["requests"] = python_with_requests()
        else:
            need(client.program)
        expected = "".join(self.body_of(path) for path in PATHS)
        for _ in range(TIMES):
            said = self.run_client(client.command.format(**words))
            if client.fetches_urls:
                self.assertEqual(said, expected)

    def check_requests(self, client):
        seen = self.site.requests(client.host)
        if client.fetches_urls:
            self.assertEqual([each.path for each in seen], [*PATHS] * TIMES)
        self.assertIsNone(OUR_VALUE.search(str(seen)), "our cookie reached the site")
        if self.kind.speaks_http2:
            self.assertEqual({each.field("x-protocol") for each in seen}, {"HTTP/2.0"})

    @staticmethod
    def body_of(path):
        return web_pages.answer(None, path, {}, 0).body.decode()


class _Tools(_Clients):
    """Tools that fetch many files by themselves."""

    def setUp(self):
        super().setUp()
        self.files = self.folder / "files"
        self.files.mkdir()
        handler = functools.partial(_Files, directory=str(self.files))
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.server.daemon_threads, self.server.seen = True, []
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()
        self.addCleanup(self.server.server_close)
        self.addCleanup(self.server.shutdown)
        self.enter_way(self.server.server_address[1])

    def git(self, *arguments):
        return self.run_client(["git", "-c", "user.name=a", "-c", "user.email=a@a.example", *map(str, arguments)],
                               GIT_CONFIG_NOSYSTEM="1")  # fmt: skip

    def make_repository(self):
        work = self.folder / "work"
        self.git("init", "-q", work)
        for number in range(20):
            (work / f"file-{number}").write_bytes(os.urandom(20_000))
        self.git("-C", work, "add", ".")
        self.git("-C", work, "commit", "-q", "-m", "first")
        self.git("clone", "-q", "--bare", work, self.files / "repository.git")
        self.git("-C", self.files / "repository.git", "update-server-info")
        return self.git("-C", work, "rev-parse", "HEAD")

    def test_git_clones_and_is_a_program_without_a_jar(self):
        need("git")
        head = self.make_repository()
        for name, more in (("smart", {}), ("dumb", {"GIT_SMART_HTTP": "0"})):
            with self.subTest(name):
                host = FILES if name == "smart" else OLD_FILES
                copy = self.folder / name
                self.run_client(["git", "clone", "-q", self.way.url(host, "/repository.git"), str(copy)],
                                GIT_CONFIG_NOSYSTEM="1", **more)  # fmt: skip
                self.assertEqual(self.git("-C", copy, "rev-parse", "HEAD"), head)
                self.git("-C", copy, "fsck", "--no-progress")
        for _ in range(3):
            self.git("ls-remote", self.way.url(FILES, "/repository.git"))
        self.way.stop()
        self.assertEqual([event["verdict"] for event in self.way.verdicts(host=FILES)], ["no-jar"])
        if self.kind.speaks_http2:
            self.assertEqual({fields.get("X-Protocol") for fields in self.server.seen}, {"HTTP/2.0"})
        self.assert_ours_stayed_away()

    def test_apt_updates_and_is_exempt(self):
        need("apt-get")
        (self.files / "Packages").write_text(
            "Package: probe\nVersion: 1\nArchitecture: all\nMaintainer: a\nDescription: a\nFilename: ./p.deb\nSize: 1\n"
            "SHA256: " + 64 * "0" + "\n"
        )  # fmt: skip
        root = self.folder / "apt"
        for path in ("etc/apt", "lists/partial", "cache/archives/partial"):
            (root / path).mkdir(parents=True)
        (root / "status").write_text("")
        (root / "sources.list").write_text(f"deb [trusted=yes] {self.way.url(FILES)} ./\n")
        chosen = {"Acquire::http::Proxy": self.way.proxy_url, "Acquire::https::Proxy": self.way.proxy_url,
                  "Acquire::https::CAInfo": self.way.authority, "Dir::Etc": root / "etc/apt", "Dir::State": root,
                  "Dir::Etc::sourcelist": root / "sources.list", "Dir::Etc::sourceparts": "-",
                  "Dir::State::lists": root / "lists", "Dir::State::status": root / "status",
                  "Dir::Cache": root / "cache", "APT::Sandbox::User": "root",
                  "Acquire::AllowInsecureRepositories": "true", "Acquire::Languages": "none"}  # fmt: skip
        options = [part for key, value in chosen.items() for part in ("-o", f"{key}={value}")]
        for _ in range(3):
            self.run_client(["apt-get", "-q", *options, "update"])
        policy = self.run_client(["apt-cache", *options, "policy", "probe"])
        self.assertIn("Candidate: 1", policy)
        self.way.stop()
        self.assertTrue(self.way.verdicts("exempt", host=FILES))
        self.assertEqual(self.way.challenges("suspicious"), [])
        self.assert_ours_stayed_away()

    def assert_ours_stayed_away(self):
        self.assertIsNone(OUR_VALUE.search(str(self.server.seen)))


class PlainVerdicts(_Verdicts):
    kind = Plain


class PlainTools(_Tools):
    kind = Plain


class OpenedVerdicts(_Verdicts):
    kind = Opened


class OpenedTools(_Tools):
    kind = Opened


class OpenedHttp2Verdicts(_Verdicts):
    kind = OpenedHttp2


class OpenedHttp2Tools(_Tools):
    kind = OpenedHttp2


class BesideSquidVerdicts(_Verdicts):
    kind = BesideSquid


class BesideSquidTools(_Tools):
    kind = BesideSquid


class BesideSquidByDefault(_Clients):
    """With `icap.delivery` as it is unless set."""

    kind = BesideSquid

    def test_a_program_that_goes_on_asking_is_known_some_seconds_later(self):
        need("curl")
        site = self.enterContext(WebSite())
        self.enter_way(site.port, delivery="2s")
        client = next(client for client in CLIENTS if client.name == "curl-alone")

        def visit():
            self.run_client(["curl", "-sS", self.way.url(client.host, "/plain")])
            return self.way.verdicts(host=client.host)

        found = wait_until(visit, lambda: str(self.way.events()))
        self.assertEqual([event["verdict"] for event in found], ["no-jar"])


class BesideBumpVerdicts(_Verdicts):
    kind = BesideBump


class BesideBumpTools(_Tools):
    kind = BesideBump


del _Clients, _Verdicts, _Tools

if __name__ == "__main__":
    harness.main()
