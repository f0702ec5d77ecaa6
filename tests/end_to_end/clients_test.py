#!/usr/bin/env python3
"""Programs that speak HTTP through the asking proxy, each with the verdict that its way with cookies deserves, and with
what they fetched whole. None of them says that it is a browser."""

import functools
import http.server
import os
import pathlib
import subprocess
import sys
import threading
import unittest

import harness
import web_pages
from proxy_harness import OUR_VALUE, PATIENCE_S, Folder, Proxy, environment, need
from web_site import WebSite

HERE = pathlib.Path(__file__).resolve().parent / "clients"
DOMAIN = "clients.example"
FILES = "files." + DOMAIN
PATHS = ("/plain", "/chunked", "/plain", "/plain")
CHROME = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36"
# A program's command line: {port} of the proxy, {urls}, {chrome} (a User-Agent), {here} (the folder `clients`), {folder} (one of its own).
#   name, program, verdicts in their order, command, why
CLIENTS = (
    ("curl", "curl", "no-jar", "curl -sS -x http://127.0.0.1:{port} {urls}", "has no jar unless told"),
    ("curl-alone", "curl", "no-jar", "for url in {urls}; do curl -sS -x http://127.0.0.1:{port} $url; done",
     "a process for each request"),
    ("curl-http10", "curl", "no-jar", "curl -sS -0 -x http://127.0.0.1:{port} {urls}", "HTTP/1.0"),
    ("curl-jar", "curl", "cookie-jar", "curl -sS -b '' -x http://127.0.0.1:{port} {urls}", "an empty jar in memory"),
    ("curl-jar-file", "curl", "cookie-jar",
     "curl -sS -b {folder}/jar -c {folder}/jar -x http://127.0.0.1:{port} {urls}", "a jar that is kept"),
    ("curl-jar-in-disguise", "curl", "cookie-jar accused-cookie-jar",
     "curl -sS -A '{chrome}' -b '' -x http://127.0.0.1:{port} {urls}", "a jar that Chromium does not have"),
    ("wget-in-disguise", "wget", "cookie-jar accused-naive-jar",
     "http_proxy=http://127.0.0.1:{port} wget -q -U '{chrome}' -O - {urls}", "the same"),
    ("curl-in-disguise", "curl", "accused-no-jar", "curl -sS -A '{chrome}' -x http://127.0.0.1:{port} {urls}", "no jar"),
    ("wget", "wget", "cookie-jar naive-jar", "http_proxy=http://127.0.0.1:{port} wget -q -O - {urls}", "keeps cookies in memory"),
    ("wget-no-cookies", "wget", "no-jar", "http_proxy=http://127.0.0.1:{port} wget -q --no-cookies -O - {urls}",
     "told not to"),
    ("requests-get", "requests", "no-jar", "{requests} {here}/requests_get.py {port} get {urls}", "no session"),
    ("requests-session", "requests", "cookie-jar naive-jar", "{requests} {here}/requests_get.py {port} session {urls}",
     "a session"),
    ("urllib", "python3", "no-jar", "{python} {here}/urllib_get.py {port} none {urls}", "no jar by itself"),
    ("urllib-jar", "python3", "cookie-jar naive-jar", "{python} {here}/urllib_get.py {port} jar {urls}", "with http.cookiejar"),
    ("java-http-client", "javac", "no-jar", "java {here}/HttpClientGet.java {port} {urls}", "no cookie handler is set"),
    ("java-url-connection", "javac", "no-jar", "java {here}/UrlConnectionGet.java {port} {urls}", "no cookie handler"),
    ("node", "node", "no-jar", "node {here}/http_get.js {port} {urls}", "http has no jar"),
)  # fmt: skip


def host_of(client):
    return f"{client[0]}.{DOMAIN}"


@functools.cache
def python_with_requests():
    for path in (sys.executable, "/usr/bin/python3"):
        if subprocess.run([path, "-c", "import requests"], capture_output=True, check=False).returncode == 0:
            return path
    raise unittest.SkipTest("python3-requests is not installed")


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
    def setUp(self):
        super().setUp()
        self.proxy = self.enterContext(Proxy([*map(host_of, CLIENTS), FILES, "git." + FILES]))

    def run_client(self, command, **more):
        done = subprocess.run(command, shell=isinstance(command, str), capture_output=True, text=True, check=False,
                              timeout=2 * PATIENCE_S, env=environment(self.folder, **more))  # fmt: skip
        self.assertEqual(done.returncode, 0, f"{command}: {done.stderr}")
        return done.stdout


class Verdicts(_Clients):
    def test_each_client_gets_its_verdict(self):
        site = self.enterContext(WebSite())
        used = []
        for client in CLIENTS:
            with self.subTest(client[0], why=client[4]):
                self.use(client, site)
                used.append(client)
        self.proxy.stop()
        for client in used:
            with self.subTest(client[0], why=client[4]):
                found = [("accused-" if self.is_in_disguise(event) else "") + event["verdict"]
                         for event in self.proxy.verdicts(host=host_of(client))]  # fmt: skip
                self.assertEqual(found, client[2].split())

    @staticmethod
    def is_in_disguise(event):
        return event["score"] >= 0.5

    def use(self, client, site):
        name, program, _, command, _ = client
        words = {"python": sys.executable, "chrome": CHROME, "here": HERE, "port": self.proxy.port, "folder": self.folder,
                 "urls": " ".join(site.url(host_of(client), path) for path in PATHS)}  # fmt: skip
        if program == "requests":
            words["requests"] = python_with_requests()
        else:
            need(program)
        expected = "".join(self.body_of(path) for path in PATHS)
        for _ in range(2):  # what it does on one connection within 100 ms is not counted
            self.assertEqual(self.run_client(command.format(**words)), expected)
        for seen in site.requests(host_of(client)):
            self.assertEqual(seen.cookie, "", f"{name}: our cookie reached the site")

    @staticmethod
    def body_of(path):
        return web_pages.answer(None, path, {}, 0).body.decode()


class Tools(_Clients):
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
        self.port = self.server.server_address[1]

    def git(self, *arguments):
        return self.run_client(["git", "-c", "user.name=a", "-c", "user.email=a@a.example", *map(str, arguments)],
                               http_proxy=self.proxy.url, GIT_CONFIG_NOSYSTEM="1")  # fmt: skip

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
                host = FILES if name == "smart" else "git." + FILES
                copy = self.folder / name
                self.run_client(["git", "clone", "-q", f"http://{host}:{self.port}/repository.git", str(copy)],
                                http_proxy=self.proxy.url, GIT_CONFIG_NOSYSTEM="1", **more)  # fmt: skip
                self.assertEqual(self.git("-C", copy, "rev-parse", "HEAD"), head)
                self.git("-C", copy, "fsck", "--no-progress")
        for _ in range(3):
            self.git("ls-remote", f"http://{FILES}:{self.port}/repository.git")
        self.assertTrue(self.proxy.wait_for_verdict("no-jar", host=FILES))
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
        (root / "sources.list").write_text(f"deb [trusted=yes] http://{FILES}:{self.port} ./\n")
        chosen = {"Acquire::http::Proxy": self.proxy.url, "Dir::Etc": root / "etc/apt", "Dir::State": root,
                  "Dir::Etc::sourcelist": root / "sources.list", "Dir::Etc::sourceparts": "-",
                  "Dir::State::lists": root / "lists", "Dir::State::status": root / "status",
                  "Dir::Cache": root / "cache", "APT::Sandbox::User": "root",
                  "Acquire::AllowInsecureRepositories": "true", "Acquire::Languages": "none"}  # fmt: skip
        options = [part for key, value in chosen.items() for part in ("-o", f"{key}={value}")]
        for _ in range(3):
            self.run_client(["apt-get", "-q", *options, "update"])
        policy = self.run_client(["apt-cache", *options, "policy", "probe"])
        self.assertIn("Candidate: 1", policy)
        self.proxy.stop()
        self.assertTrue(self.proxy.verdicts("exempt", host=FILES))
        self.assertEqual(self.proxy.challenges("suspicious"), [])
        self.assert_ours_stayed_away()

    def assert_ours_stayed_away(self):
        self.assertIsNone(OUR_VALUE.search(str(self.server.seen)))


del _Clients

if __name__ == "__main__":
    harness.main()
