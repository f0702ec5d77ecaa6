"""Origins with TLS for tests: an authority for them, certificates good and bad, and servers that show them.

The origins' authority stands for the public ones: the proxy is told to trust it (`intercept.trust`), clients are not.
The proxy's own authority is made by `mogura ca init`, and clients trust that one alone: what they accept was opened.
"""

import contextlib
import http.server
import pathlib
import socket
import ssl
import subprocess
import threading

import harness
from proxy_harness import Proxy, environment, wait_until

SERVER = "basicConstraints=critical,CA:FALSE\nextendedKeyUsage=serverAuth\n"


def openssl(*arguments, stdin=None):
    done = subprocess.run(["openssl", *map(str, arguments)], input=stdin, capture_output=True, check=False)
    if done.returncode != 0:
        raise AssertionError(f"openssl {arguments}: {done.stderr.decode(errors='replace')}")
    return done.stdout


def install(certificate, store):
    """Into a browser's trust store, as docs/guides/https.md says."""
    store.mkdir(parents=True, exist_ok=True)
    for words in (("-N", "--empty-password"), ("-A", "-t", "C,,", "-n", "Example Org", "-i", str(certificate))):
        subprocess.run(["certutil", "-d", f"sql:{store}", *words], check=True, capture_output=True)


class Authority:
    """Of origins: what it signs is in `folder`."""

    def __init__(self, folder, name="Test Roots"):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(exist_ok=True)
        self.certificate, self.key = self.folder / "root.pem", self.folder / "root.key"
        openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "30",
                "-subj", f"/CN={name}", "-keyout", self.key, "-out", self.certificate)  # fmt: skip

    def issue(self, name, key=("ec", "ec_paramgen_curve:P-256"), digest="sha256", validity=("-days", "30"),
              extensions=SERVER, names=None, file=None):  # fmt: skip
        """A file with certificate and key of a server."""
        stem = self.folder / (file or name)
        request, made, wanted = stem.with_suffix(".csr"), stem.with_suffix(".crt"), stem.with_suffix(".ext")
        private = stem.with_suffix(".key")
        openssl("req", "-newkey", key[0], "-pkeyopt", key[1], "-nodes", "-subj", f"/CN={name}",
                "-keyout", private, "-out", request)  # fmt: skip
        kind = "IP" if name.replace(".", "").isdigit() else "DNS"
        wanted.write_text(f"{extensions}subjectAltName={names or f'{kind}:{name}'}\n")
        openssl("x509", "-req", "-in", request, "-CA", self.certificate, "-CAkey", self.key, "-CAcreateserial",
                f"-{digest}", *validity, "-extfile", wanted, "-out", made)  # fmt: skip
        both = stem.with_suffix(".pem")
        both.write_bytes(made.read_bytes() + private.read_bytes())
        return both


class Handler(http.server.BaseHTTPRequestHandler):
    """Answers with what it was asked, and by whom it was asked over which connection."""

    protocol_version = "HTTP/1.1"

    def do_GET(self):
        length = int(self.headers.get("Content-Length", 0))
        body = self.rfile.read(length)
        self.server.requests.append((self.command, self.path, dict(self.headers), body, self.client_address[1]))
        answer = self.path.encode() + b" " + body
        if self.path.startswith("/size/"):
            answer = b"x" * int(self.path.removeprefix("/size/"))
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer)

    do_POST = do_HEAD = do_PUT = do_GET

    def log_message(self, *arguments):
        pass


class Origin(contextlib.AbstractContextManager):
    """An HTTPS server on loopback, HTTP/1.1 inside."""

    def __init__(self, certificate, handler=Handler, context=None):
        context = context or ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        context.set_alpn_protocols(["http/1.1"])
        self.names, self.resumed = [], []
        context.sni_callback = lambda connection, name, _: self.names.append(name)
        origin = self

        class Server(http.server.ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 128
            requests = []

            def finish_request(self, request, client_address):
                request.settimeout(30)
                try:
                    with context.wrap_socket(request, server_side=True) as secured:
                        origin.resumed.append(secured.session_reused)
                        super().finish_request(secured, client_address)
                except (OSError, ssl.SSLError):
                    pass

            def shutdown_request(self, request):
                self.close_request(request)

        self.server = Server(("127.0.0.1", 0), handler)
        self.server.requests = []
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    @property
    def requests(self):
        return self.server.requests

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()


class Lab(contextlib.AbstractContextManager):
    """The proxy that opens HTTPS, its authority, and that of the origins."""

    def __init__(self, folder, names, *options, settings=(), challenge="observe"):
        self.folder = pathlib.Path(folder)
        self.origins = Authority(self.folder / "origins")
        if harness.run("ca", "init", self.folder).returncode != 0:
            raise AssertionError("no authority")
        self.certificate = self.folder / "ca.pem"
        self.access_path = self.folder / "access.jsonl"
        sets = ["intercept.enabled=true", f"intercept.certificate={self.certificate}",
                f"intercept.key={self.folder / 'ca.key'}", f"intercept.trust={self.origins.certificate}",
                *settings]  # fmt: skip
        self.proxy = Proxy(names, "--connect-ports", "all", "--access-log", self.access_path, "--access-log-format",
                           "json", "--metrics", "127.0.0.1:0", *options,
                           *(word for each in sets for word in ("--set", each)), challenge=challenge)  # fmt: skip

    def curl(self, url, *options, trust=None, expect=0):
        """Body, with the proxy and trusting its authority alone."""
        done = subprocess.run(
            ["curl", "--silent", "--show-error", "--max-time", "30", "--proxy", self.proxy.url, "--cacert",
             str(trust or self.certificate), *options, url],
            capture_output=True, check=False, env=environment(self.folder))  # fmt: skip
        if expect is not None and done.returncode != expect:
            raise AssertionError(f"curl {url}: {done.returncode}, not {expect}: {done.stderr.decode()}")
        return done.stdout if expect is not None else done

    def connect(self, host, port):
        """A tunnel, as a socket, after the CONNECT."""
        raw = socket.create_connection(("127.0.0.1", self.proxy.port), timeout=30)
        raw.sendall(f"CONNECT {host}:{port} HTTP/1.1\r\nHost: {host}:{port}\r\n\r\n".encode())
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            piece = raw.recv(1)
            if not piece:
                raise AssertionError(f"the proxy closed after {head}")
            head += piece
        if not head.startswith(b"HTTP/1.1 200"):
            raise AssertionError(head)
        return raw

    def context(self, trust=None):
        made = ssl.create_default_context(cafile=trust or self.certificate)
        made.set_alpn_protocols(["http/1.1"])
        return made

    def metric(self, name):
        """The value of one series, "name{labels}", or 0."""
        url = f"http://127.0.0.1:{self.proxy.metrics_port}/metrics"
        text = subprocess.run(["curl", "--silent", url], capture_output=True, text=True, check=True).stdout
        for line in text.splitlines():
            series, _, value = line.rpartition(" ")
            if series == f"mogura_proxy_{name}":
                return float(value)
        return 0.0

    def wait_for_metric(self, name, value):
        wait_until(lambda: self.metric(name) >= value, f"{name} is {value}")

    def __exit__(self, kind, error, trace):
        return self.proxy.__exit__(kind, error, trace)
