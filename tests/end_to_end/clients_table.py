"""Programs that speak HTTP, and the verdict that each deserves for its way with cookies: the one table for all ways of
`ways.py`. Git and apt, which fetch what they like, are in clients_test.py; browsers in browsers_test.py,
people_test.py and intercept_browsers_test.py; implants in implant/implants.toml.

A row is told of the proxy and of the authority by the environment (`Way.telling`), where its command does not say it.
Its command is run three times, with four URLs each time. In it stand

    {urls}      of its own host, {site} its root   {python}, {requests}   interpreters
    {proxy}     URL, {port} port                   {classes}              where the Java programs have been compiled to
    {ca}        the authority that is to be trusted {here}                the folder `clients`
    {chrome}    a User-Agent that no other row has {folder}               one of its own
"""

import dataclasses
import functools
import subprocess
import sys
import unittest

DOMAIN = "clients.example"


@dataclasses.dataclass(frozen=True)
class Client:
    name: str
    program: str  # without which the row is skipped
    verdicts: str  # in their order; accused-… with a score of 0.5 or more
    command: str
    why: str
    speaks_http2: bool = False  # where the origin does as well
    fetches_urls: bool = True  # and prints what they hold; else it fetches what it likes
    over: dict = dataclasses.field(default_factory=dict)  # name of a way: the verdicts there, and why they are others

    @property
    def host(self):
        return f"{self.name}.{DOMAIN}"

    def verdicts_over(self, way):
        return self.over.get(type(way).__name__, (self.verdicts, ""))[0].split()


CLIENTS = (
    Client("curl", "curl", "no-jar", "curl -sS {urls}", "has no jar unless told", speaks_http2=True),
    Client("curl-http11", "curl", "no-jar", "curl -sS --http1.1 {urls}", "told to speak HTTP/1.1"),
    Client("curl-alone", "curl", "no-jar", "for url in {urls}; do curl -sS $url; done", "a process for each request",
           speaks_http2=True),
    Client("curl-http10", "curl", "no-jar", "curl -sS -0 {urls}", "HTTP/1.0"),
    Client("curl-jar", "curl", "cookie-jar", "curl -sS -b '' {urls}", "an empty jar in memory", speaks_http2=True),
    Client("curl-jar-file", "curl", "cookie-jar", "curl -sS -b {folder}/jar -c {folder}/jar {urls}", "a jar that is kept",
           speaks_http2=True),
    Client("curl-jar-in-disguise", "curl", "cookie-jar accused-cookie-jar", "curl -sS -A '{chrome}' -b '' {urls}",
           "a jar that Chromium does not have", speaks_http2=True),
    Client("curl-in-disguise", "curl", "accused-no-jar", "curl -sS -A '{chrome}' {urls}", "no jar", speaks_http2=True),
    Client("wget", "wget", "cookie-jar naive-jar", "wget -q --ca-certificate={ca} -O - {urls}", "keeps cookies in memory"),
    Client("wget-no-cookies", "wget", "no-jar", "wget -q --ca-certificate={ca} --no-cookies -O - {urls}", "told not to"),
    Client("wget-in-disguise", "wget", "cookie-jar accused-naive-jar",
           "wget -q --ca-certificate={ca} -U '{chrome}' -O - {urls}", "a jar that Chromium does not have"),
    Client("lynx", "lynx", "no-jar", "for url in {urls}; do lynx -source $url; done", "an empty jar in each process"),
    Client("lynx-jar", "lynx", "cookie-jar naive-jar",
           "echo PERSISTENT_COOKIES:TRUE >{folder}/cfg; for url in {urls}; do lynx -cfg={folder}/cfg -accept_all_cookies "
           "-cookie_file={folder}/jar -cookie_save_file={folder}/jar -source $url; done", "a jar that is kept"),
    Client("requests-get", "requests", "no-jar", "{requests} {here}/requests_get.py get {urls}", "no session"),
    Client("requests-session", "requests", "cookie-jar naive-jar", "{requests} {here}/requests_get.py session {urls}",
           "a session"),
    Client("urllib", "python3", "no-jar", "{python} {here}/urllib_get.py none {urls}", "no jar by itself"),
    Client("urllib-jar", "python3", "cookie-jar naive-jar", "{python} {here}/urllib_get.py jar {urls}",
           "with http.cookiejar"),
    Client("java-http-client", "javac", "no-jar", "java -cp {classes} HttpClientGet {urls}", "no cookie handler is set",
           speaks_http2=True),
    Client("java-url-connection", "javac", "no-jar", "java -cp {classes} UrlConnectionGet {urls}", "no cookie handler"),
    Client("node", "node", "no-jar", "node {here}/http_get.js {port} {urls}", "http has no jar"),
    Client("node-fetch", "node", "no-jar", "node {here}/fetch_get.js {port} {urls}", "neither has fetch"),
    # rclone is written in Go, and uses net/http.
    Client("go", "rclone", "no-jar", "for url in {urls}; do rclone copyurl --stdout $url; done", "net/http without a jar",
           speaks_http2=True),
    Client("go-http11", "rclone", "no-jar", "for url in {urls}; do rclone --disable-http2 copyurl --stdout $url; done",
           "told to speak HTTP/1.1"),
    Client("go-jar", "rclone", "cookie-jar naive-jar", "rclone --use-cookies lsf --http-url {site} :http:",
           "net/http/cookiejar; looks at a page, and at what is linked there", speaks_http2=True, fetches_urls=False),
)  # fmt: skip


@functools.cache
def python_with_requests():
    for path in (sys.executable, "/usr/bin/python3"):
        if subprocess.run([path, "-c", "import requests"], capture_output=True, check=False).returncode == 0:
            return path
    raise unittest.SkipTest("python3-requests is not installed")
