"""HTTP as bytes, for tests of what a proxy does to it: connections that are read and written by hand, an origin whose
answers a test writes byte for byte, and the proxy with what /proc knows about it.

Nothing here corrects or hides anything: heads, chunks and trailers are kept as they came.
"""

import contextlib
import os
import pathlib
import re
import socket
import struct
import tempfile
import threading

import proxy_harness

PATIENCE_S = 20
HEAD_END = b"\r\n\r\n"


class Broken(Exception):
    """The connection ended, or fell silent, before what was wanted; `got` is what came."""

    def __init__(self, why, got):
        super().__init__(f"{why}; got {bytes(got)[-200:]!r}")
        self.why, self.got = why, bytes(got)


class Wire:
    """A connection, with what was received but not yet taken."""

    def __init__(self, sock):
        self.socket = sock
        self.received = bytearray()
        self.end = None  # "closed" or "reset", once that came
        sock.settimeout(PATIENCE_S)
        with contextlib.suppress(OSError):
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    @classmethod
    def to(cls, port, host="127.0.0.1", source=None, receive_buffer=None):
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        sock = socket.socket(family, socket.SOCK_STREAM)
        if receive_buffer:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        if source:
            sock.bind((source, 0))
        sock.settimeout(PATIENCE_S)
        try:
            sock.connect((host, port))
        except OSError:
            sock.close()
            raise
        return cls(sock)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def _more(self):
        """Whether something came; False at the end. Silence is a TimeoutError."""
        if self.end:
            return False
        try:
            piece = self.socket.recv(1 << 18)
        except TimeoutError:
            raise
        except OSError:
            self.end = "reset"
            return False
        if not piece:
            self.end = "closed"
            return False
        self.received += piece
        return True

    def _take(self, count):
        taken = bytes(self.received[:count])
        del self.received[:count]
        return taken

    def until(self, mark):
        looked_at = 0
        while (at := self.received.find(mark, max(0, looked_at - len(mark)))) < 0:
            looked_at = len(self.received)
            if not self._more():
                raise Broken(f"{self.end} before {mark!r}", self._take(len(self.received)))
        return self._take(at + len(mark))

    def exactly(self, count):
        while len(self.received) < count:
            if not self._more():
                raise Broken(f"{self.end} before {count} bytes", self._take(len(self.received)))
        return self._take(count)

    def to_the_end(self):
        while self._more():
            pass
        return self._take(len(self.received))

    def chunked(self):
        """A chunked body as it came, trailers included."""
        body = bytearray()
        try:
            while True:
                line = self.until(b"\r\n")
                body += line
                size = int(line.split(b";")[0], 16)
                if size == 0:
                    while line != b"\r\n":
                        line = self.until(b"\r\n")
                        body += line
                    return bytes(body)
                body += self.exactly(size + 2)
        except Broken as broken:
            raise Broken(broken.why, body + broken.got) from None

    def send(self, data):
        """False where the other side would not take it."""
        try:
            self.socket.sendall(data)
            return True
        except TimeoutError:
            raise
        except OSError:  # reset, or closed by another thread of the test
            return False

    def half_close(self):
        with contextlib.suppress(OSError):
            self.socket.shutdown(socket.SHUT_WR)

    def reset(self):
        with contextlib.suppress(OSError):
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close()

    def close(self):
        self.socket.close()


def fields_of(head):
    """Names (lower case) and values of a head."""
    lines = head[: -len(HEAD_END)].split(b"\r\n")[1:]
    return [(name.strip().lower(), value.strip()) for name, _, value in (line.partition(b":") for line in lines)]


def field(head, name):
    return next((value for key, value in fields_of(head) if key == name), None)


def status_of(head):
    return int(head.split(b" ", 2)[1])


class Response:
    """`interim`: heads of 1xx; `head`; `body` as it came, framing included; `is_complete`: nothing was missing at the
    end; `has_end`: its framing says where it ends."""

    def __init__(self, wire, method=b"GET"):
        self.interim = []
        self.head = wire.until(HEAD_END)
        while 100 <= status_of(self.head) < 200 and status_of(self.head) != 101:
            self.interim.append(self.head)
            self.head = wire.until(HEAD_END)
        self.body, self.is_complete, self.has_end = b"", True, True
        try:
            self._read_body(wire, method)
        except Broken as broken:
            self.body, self.is_complete = broken.got, False

    def _read_body(self, wire, method):
        status, length = self.status, field(self.head, b"content-length")
        if method == b"HEAD" or status in (101, 204, 304) or (method == b"CONNECT" and status // 100 == 2):
            return
        if (field(self.head, b"transfer-encoding") or b"").lower() == b"chunked":
            self.body = wire.chunked()
        elif length is not None:
            self.body = wire.exactly(int(length))
        else:
            self.has_end = False
            self.body = wire.to_the_end()
            self.is_complete = wire.end == "closed"

    @property
    def status(self):
        return status_of(self.head)

    @property
    def content(self):
        """The body without chunking."""
        if (field(self.head, b"transfer-encoding") or b"").lower() != b"chunked":
            return self.body
        content, rest = b"", self.body
        while rest:
            line, _, rest = rest.partition(b"\r\n")
            size = int(line.split(b";")[0] or b"0", 16)
            content, rest = content + rest[:size], rest[size + 2 :] if size else b""
        return content


def read_request(wire, on_expectation=None):
    """Head and body of a request as they came; None where the client is gone before one began."""
    try:
        head = wire.until(HEAD_END)
    except Broken as broken:
        if broken.got:
            raise
        return None
    if on_expectation and (field(head, b"expect") or b"").lower() == b"100-continue":
        on_expectation(wire, head)
    if (field(head, b"transfer-encoding") or b"").lower() == b"chunked":
        return head, wire.chunked()
    return head, wire.exactly(int(field(head, b"content-length") or 0))


class Origin:
    """Listens on loopback; `serve(wire)` has a thread for each connection, which is closed when it returns."""

    def __init__(self, serve, host="127.0.0.1", backlog=1024):
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self.listener = socket.socket(family, socket.SOCK_STREAM)
        self.listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.listener.bind((host, 0))
        self.listener.listen(backlog)
        self.port = self.listener.getsockname()[1]
        self.host = f"[{host}]:{self.port}" if ":" in host else f"{host}:{self.port}"
        self.faults = []  # exceptions of serve()
        self.wires = []
        self._serve = serve
        self._thread = threading.Thread(target=self._accept, daemon=True)
        self._thread.start()

    def _accept(self):
        while True:
            try:
                sock, _ = self.listener.accept()
            except OSError:
                return
            wire = Wire(sock)
            self.wires.append(wire)
            threading.Thread(target=self._serve_one, args=(wire,), daemon=True).start()

    def _serve_one(self, wire):
        try:
            self._serve(wire)
        except Exception as fault:  # the test looks at them
            self.faults.append(fault)
        finally:
            wire.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        with contextlib.suppress(OSError):
            self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        self._thread.join(PATIENCE_S)
        for wire in self.wires:
            with contextlib.suppress(OSError):
                wire.socket.shutdown(socket.SHUT_RDWR)


def answering(answer, **options):
    """An origin that answers each request with `answer(head, body)`, bytes, and keeps its connections open."""

    def serve(wire):
        while (request := read_request(wire, lambda w, _: w.send(b"HTTP/1.1 100 Continue\r\n\r\n"))) is not None:
            if not wire.send(answer(*request)):
                return

    return Origin(serve, **options)


def response(body=b"ok", status=b"200 OK", *lines):
    """A plain response with Content-Length."""
    head = b"".join(line + b"\r\n" for line in lines)
    return b"HTTP/1.1 " + status + b"\r\nContent-Length: " + str(len(body)).encode() + b"\r\n" + head + b"\r\n" + body


def get(host, path="/", *lines, version="1.1", method="GET"):
    """A request in absolute form."""
    more = "".join(f"{line}\r\n" for line in lines)
    return f"{method} http://{host}{path} HTTP/{version}\r\nHost: {host}\r\n{more}\r\n".encode()


def ask(proxy_port, request, method=b"GET", **options):
    """One request on a connection of its own, and the response."""
    with Wire.to(proxy_port, **options) as wire:
        wire.send(request)
        return Response(wire, method)


def connect(proxy_port, target, *lines, **options):
    """A tunnel: its wire, and the head of the proxy's answer."""
    wire = Wire.to(proxy_port, **options)
    more = "".join(f"{line}\r\n" for line in lines)
    wire.send(f"CONNECT {target} HTTP/1.1\r\nHost: {target}\r\n{more}\r\n".encode())
    return wire, wire.until(HEAD_END)


class Proxy(proxy_harness.Proxy):
    """The proxy with a configuration given as TOML, and what the kernel says of its process."""

    def __init__(self, *options, config="", challenge="observe", names=()):
        self._config_keeper = contextlib.ExitStack()
        if config:
            folder = self._config_keeper.enter_context(_folder())
            self.config_path = pathlib.Path(folder, "proxy.toml")
            self.config_path.write_text(config)
            options = ("--config", self.config_path, *options)
        try:
            super().__init__(names, *options, challenge=challenge)
        except BaseException:
            self._config_keeper.close()
            raise

    def __exit__(self, *what):
        with self._config_keeper:
            return super().__exit__(*what)

    def listening_ports(self):
        """Of all listeners, as (host, port), in the order in which they were said."""
        found = (re.search(r"listening on (\S+):(\d+)$", note) for note in self.notes)
        return [(match[1].strip("[]"), int(match[2])) for match in found if match]

    def descriptors(self):
        return len(os.listdir(f"/proc/{self.pid}/fd"))

    def sockets(self):
        links = (pathlib.Path(f"/proc/{self.pid}/fd", name) for name in os.listdir(f"/proc/{self.pid}/fd"))
        count = 0
        for link in links:
            with contextlib.suppress(OSError):
                count += os.readlink(link).startswith("socket:")
        return count

    def memory_kb(self, key="VmRSS"):
        return int(re.search(rf"^{key}:\s+(\d+)", pathlib.Path(f"/proc/{self.pid}/status").read_text(), re.MULTILINE)[1])

    def is_running(self):
        return self._process.poll() is None

    def signal(self, number):
        self._process.send_signal(number)

    def wait(self, seconds=PATIENCE_S):
        return self._process.wait(seconds)


@contextlib.contextmanager
def _folder():
    with tempfile.TemporaryDirectory(prefix="mogura-proxy-") as folder:
        yield folder
