"""`mogura console` started for a test, on loopback, and ways to ask it: as a program would, and byte by byte.

    with Console(database) as console:
        console.get("/api/findings").json        an Answer: status, fields, body
        console.act("/api/findings/ID/notes", text="seen")
        console.raw(b"GET / HTTP/1.0\\r\\n\\r\\n")   whatever came back until the end

Passwords are bcrypt at its cheapest, so that tests do not wait for them.
"""

import contextlib
import dataclasses
import http.client
import json
import pathlib
import re
import signal
import socket
import ssl
import subprocess
import threading

import harness
from proxy_harness import PATIENCE_S, TIED_TO_US, need, wait_until


@dataclasses.dataclass(frozen=True)
class Answer:
    status: int
    fields: tuple  # (name, value) in order
    body: bytes

    def field(self, name):
        """The value of the only field of that name; None without one."""
        values = [value for key, value in self.fields if key.lower() == name.lower()]
        assert len(values) < 2, f"{name} more than once: {values}"
        return values[0] if values else None

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def code(self):
        """Of an error."""
        return self.json["error"]["code"]


def make_certificate(folder, name="localhost"):
    """Answers the paths of a certificate for the name and 127.0.0.1, and of its key."""
    need("openssl")
    certificate, key = pathlib.Path(folder, "console.pem"), pathlib.Path(folder, "console.key")
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                    "-subj", f"/CN={name}", "-addext", f"subjectAltName=DNS:{name},IP:127.0.0.1", "-days", "2",
                    "-keyout", key, "-out", certificate], capture_output=True, check=True)  # fmt: skip
    return certificate, key


def write_passwords(path, **passwords):
    """A file of htpasswd with bcrypt, of names and passwords."""
    need("htpasswd")
    lines = [subprocess.run(["htpasswd", "-nbB", "-C", "4", user, password], capture_output=True, check=True).stdout.strip()
             for user, password in passwords.items()]  # fmt: skip
    pathlib.Path(path).write_bytes(b"\n".join(lines) + b"\n")
    return path


class Client:
    """One who asks, from an address, with the cookie and token of a session where there is one."""

    def __init__(self, console, source="127.0.0.1"):
        self.console, self.source = console, source
        self.cookie = self.csrf = None

    def connect(self, timeout=PATIENCE_S):
        raw = socket.create_connection(("127.0.0.1", self.console.port), timeout, (self.source, 0))
        if not self.console.has_tls:
            return raw
        return ssl.create_default_context(cafile=self.console.certificate).wrap_socket(raw, server_hostname="localhost")

    def ask(self, method, path, body=None, fields=(), cookie=True, token=True):
        """One request on a connection of its own. `fields` are added, or take the place of those of the same name."""
        asked = {"Host": f"localhost:{self.console.port}"}
        if cookie and self.cookie:
            asked["Cookie"] = self.cookie
        if token and self.csrf:
            asked["X-CSRF-Token"] = self.csrf
        if body is not None:
            asked["Content-Length"] = str(len(body))
        asked.update(fields)
        connection = http.client.HTTPConnection("127.0.0.1", self.console.port)
        with contextlib.closing(connection):
            connection.sock = self.connect()
            connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
            for name, value in asked.items():
                if value is not None:
                    connection.putheader(name, value)
            connection.endheaders(body)
            answer = connection.getresponse()
            return Answer(answer.status, tuple(answer.getheaders()), answer.read())

    def get(self, path, **how):
        return self.ask("GET", path, **how)

    def act(self, path, method="POST", how=None, **keys):
        """What changes something: with the token, and a body of the keys."""
        if self.csrf is None:
            self.begin()
        return self.ask(method, path, json.dumps(keys).encode(), **(how or {}))

    def begin(self):
        """The session that there is without a login."""
        self._keep(self.get("/api/session"))

    def login(self, user=None, password=None, token=None):
        asked = {"token": token} if token is not None else {"user": user, "password": password}
        answer = self.ask("POST", "/api/login", json.dumps(asked).encode())
        if answer.status == 200:
            self._keep(answer)
        return answer

    def _keep(self, answer):
        self.csrf = answer.json["csrf"]
        if cookie := answer.field("set-cookie"):
            self.cookie = cookie.partition(";")[0]

    def raw(self, data, timeout=PATIENCE_S):
        """Sends bytes and reads until the other side ends; what the other side does not read is no error."""
        with self.connect(timeout) as connection:
            with contextlib.suppress(OSError):
                connection.sendall(data)
            received = b""
            with contextlib.suppress(ConnectionResetError, ssl.SSLError):
                while piece := connection.recv(65536):
                    received += piece
            return received


class Console(Client, contextlib.AbstractContextManager):
    """The running console, which is also a client of itself. Leaving the context stops it and demands that it ends well."""

    def __init__(self, database, *options, certificate=None, program=(), **environment):
        super().__init__(self)
        self.port, self.notes = None, []
        self.has_tls, self.certificate = certificate is not None, certificate
        tls = ("--certificate", certificate, "--key", certificate.with_suffix(".key")) if certificate else ()
        command = [*program, *TIED_TO_US, harness.MOGURA, "console", "--db", database, "--listen", "127.0.0.1:0", *tls, *options]
        self.process = subprocess.Popen(list(map(str, command)), stderr=subprocess.PIPE, text=True)
        self._reader = threading.Thread(target=self._read_notes, daemon=True)
        self._reader.start()
        try:
            wait_until(lambda: self.port or self.process.poll() is not None, "the console is ready")
            if self.port is None:
                raise AssertionError(f"the console ended with {self.process.returncode}: {self.notes}")
        except AssertionError:
            self.process.kill()
            self._finish()
            raise

    def _read_notes(self):
        for line in self.process.stderr:
            self.notes.append(line.rstrip("\n"))
            if found := re.search(r"listening on https?://127\.0\.0\.1:(\d+)", line):
                self.port = int(found[1])

    def client(self, source="127.0.0.1"):
        return Client(self, source)

    def resident_kb(self):
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+)", status)[1])

    def stop(self, number=signal.SIGTERM):
        """Ends it; answers its exit status."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        try:
            return self.process.wait(PATIENCE_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            return "no end on SIGTERM"

    def _finish(self):
        self.process.wait()
        self._reader.join(PATIENCE_S)
        self.process.stderr.close()

    def __exit__(self, kind, error, trace):
        status = self.stop()
        self._finish()
        if kind is None and status != 0:
            raise AssertionError(f"the console ended with {status}: {self.notes[-20:]}")
