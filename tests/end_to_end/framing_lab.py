"""What framing tests and bench/framing share: the table of vectors, an origin that keeps the raw bytes it gets, and other
people's readers of HTTP/1. Python's standard library only; nginx and node where they are installed.
"""

import contextlib
import http.server
import io
import json
import pathlib
import re
import shutil
import socket
import socketserver
import subprocess
import threading
import time

import harness

TABLE = harness.ROOT / "tests" / "framing" / "vectors.tsv"
PATIENCE_S = 5
LOG_PATIENCE_S = 0.3
MOST_BYTES = 1 << 20
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
STATUS = {"version": 505, "target-too-long": 414, "head-too-large": 431, "too-many-fields": 431}
ESCAPE = re.compile(rb"\\(r|n|t|\\|x[0-9a-f]{2})")


def unescape(text, origin):
    plain = {b"r": b"\r", b"n": b"\n", b"t": b"\t", b"\\": b"\\"}
    raw = ESCAPE.sub(lambda m: plain.get(m[1]) or bytes([int(m[1][1:], 16)]), text.encode())
    return raw.replace(b"{origin}", origin.encode())


def vectors(origin, *kinds):
    """Rows of the table as dictionaries, `bytes` as they go over the wire."""
    rows = [row for row in harness.read_table(TABLE) if row["kind"] in kinds]
    return [{**row, "bytes": unescape(row["bytes"], origin)} for row in rows]


def request(target, origin, *fields):
    return "\r\n".join([f"GET {target} HTTP/1.1", f"Host: {origin}", *fields, "", ""]).encode()


# --- a reader of our own, for what has been found clean ------------------------------------------------------------


def read_chunked(stream):
    body = b""
    while True:
        size = int(stream.readline().split(b";")[0], 16)
        if not 0 <= size < MOST_BYTES:
            raise ValueError(f"a chunk of {size} bytes")
        if size == 0:
            while (line := stream.readline()) != b"\r\n":
                if not line:
                    raise EOFError
            return body
        chunk = stream.read(size + 2)
        if len(chunk) < size + 2:
            raise EOFError
        body += chunk[:size]


def read_head(stream):
    """The lines of a head, without line ends; empty at the end."""
    lines = []
    while line := stream.readline():
        line = line.rstrip(b"\r\n")
        if line:
            lines.append(line)
        elif lines:
            return lines
    if lines:
        raise EOFError
    return []


def fields_of(lines):
    return [(name.lower(), value.strip(b" \t")) for name, _, value in (line.partition(b":") for line in lines)]


def read_body(fields, stream):
    found = dict(fields)
    if b"transfer-encoding" in found:
        return read_chunked(stream)
    length = int(found.get(b"content-length", b"0"))
    if not 0 <= length < MOST_BYTES:
        raise ValueError(f"a body of {length} bytes")
    body = stream.read(length)
    if len(body) < length:
        raise EOFError
    return body


def origin_form(target):
    absolute = re.match(rb"[A-Za-z]+://[^/?]*(.*)", target)
    if not absolute:
        return target
    return absolute[1] if absolute[1].startswith(b"/") else b"/" + absolute[1]


def read_requests(raw):
    """(method, target, body, fields) of each complete request, and whether bytes are left over."""
    stream, found = io.BytesIO(raw), []
    while True:
        begin = stream.tell()
        try:
            lines = read_head(stream)
            if not lines:
                return found, False
            method, target, _version = lines[0].split(b" ", 2)
            fields = fields_of(lines[1:])
            found.append((method, origin_form(target), read_body(fields, stream), fields))
        except (EOFError, ValueError):
            return found, begin < len(raw)


class FakeSocket:
    """What http.client wants to read a response from."""

    def __init__(self, raw):
        self.raw = raw

    def makefile(self, *_):
        return io.BytesIO(self.raw)


# --- an origin -----------------------------------------------------------------------------------------------------


class Origin:
    """Answers every request it can read, and keeps every byte. `answers`: what is sent to a target instead, before the
    connection is closed."""

    def __init__(self):
        self.answers = {}
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.authority = "127.0.0.1:%d" % self.listener.getsockname()[1]
        self.lock = threading.Lock()
        self.streams = {}
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        with contextlib.suppress(OSError):
            for number in range(1 << 30):
                threading.Thread(target=self.serve, args=(number, self.listener.accept()[0]), daemon=True).start()

    def serve(self, number, connection):
        pending = b""
        with connection, contextlib.suppress(OSError):
            while data := connection.recv(65536):
                with self.lock:
                    self.streams[number] = self.streams.get(number, b"") + data
                pending += data
                found, is_more = read_requests(pending)
                if found and not is_more:
                    pending = b""
                for _method, target, _body, _fields in found if not pending else []:
                    if target in self.answers:
                        connection.sendall(self.answers[target])
                        return
                    connection.sendall(OK)

    def take(self):
        """What came since the last call, one text for each connection."""
        with self.lock:
            taken, self.streams = list(self.streams.values()), {}
        return taken

    def close(self):
        self.listener.close()


# --- asking a proxy ------------------------------------------------------------------------------------------------


def ask(address, raw, is_enough=lambda received: False):
    """Sends `raw`; what comes back until the other side closes, or `is_enough`, or nothing more comes."""
    received = b""
    with socket.create_connection(address, timeout=PATIENCE_S) as connection, contextlib.suppress(OSError):
        connection.sendall(raw)
        while not is_enough(received):
            data = connection.recv(65536)
            if not data:
                break
            received += data
    return received


def status_of(received):
    """Of the first response; 0: there is none."""
    match = re.match(rb"HTTP/1\.[01] (\d{3})", received)
    return int(match[1]) if match else 0


class Proxy:
    """`mogura proxy` on a port of its own."""

    def __init__(self, *options):
        command = [harness.MOGURA, "proxy", "--listen", "127.0.0.1:0", "--allow-destination", "127.0.0.0/8", *options]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        self.address, said = None, b""
        for line in self.process.stderr:
            said += line
            if match := re.search(rb"listening on 127\.0\.0\.1:(\d+)", line):
                self.address = ("127.0.0.1", int(match[1]))
                break
        if self.address is None:
            raise AssertionError(f"mogura proxy did not start: {said.decode(errors='replace')}")
        threading.Thread(target=self.process.stderr.read, daemon=True).start()

    def stop(self):
        self.process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(PATIENCE_S)
        self.process.kill()
        self.process.wait()
        return self.process.returncode


# --- other people's readers: bytes in, [(method, target, body)] out ------------------------------------------------

LAST = b"GET /last-of-all HTTP/1.1\r\nHost: end.example\r\nConnection: close\r\n\r\n"


def until_there(path):
    limit = time.monotonic() + PATIENCE_S
    while time.monotonic() < limit:
        with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX) as probe:
            probe.connect(str(path))
            return
        time.sleep(0.01)
    raise AssertionError(f"{path} does not answer")


def send_to(path, raw):
    with socket.socket(socket.AF_UNIX) as connection, contextlib.suppress(OSError):
        connection.settimeout(PATIENCE_S)
        connection.connect(str(path))
        connection.sendall(raw + LAST)
        while connection.recv(65536):
            pass


class PythonReader:
    name = "http.server"

    def __init__(self, folder):
        self.path = pathlib.Path(folder) / "python.sock"
        self.found = found = []

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def __getattr__(self, name):
                if not name.startswith("do_"):
                    raise AttributeError(name)
                return self.answer

            def answer(self):
                try:
                    self.read()
                except (EOFError, ValueError):
                    self.close_connection = True

            def read(self):
                body = read_body([(n.lower().encode(), v.encode("latin-1")) for n, v in self.headers.items()], self.rfile)
                found.append((self.command.encode(), self.requestline.split(" ")[1].encode("latin-1"), body))
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def address_string(self):
                return "unix"

            def log_message(self, *_):
                pass

        self.server = socketserver.ThreadingUnixStreamServer(str(self.path), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def read(self, raw):
        self.found.clear()
        send_to(self.path, raw)
        return [(method, origin_form(target), body) for method, target, body in self.found]

    def close(self):
        self.server.shutdown()
        self.server.server_close()


NODE = """
const http = require('http'), fs = require('fs');
http.createServer((request, response) => {
  const parts = [];
  request.on('data', part => parts.push(part));
  request.on('end', () => {
    const line = [request.method, request.url, Buffer.concat(parts).toString('latin1')];
    fs.appendFileSync(process.argv[2], JSON.stringify(line) + '\\n');
    response.end();
  });
}).listen(process.argv[1]);
"""

NGINX = """
daemon off; master_process off; pid {folder}/nginx.pid; error_log {folder}/error.log crit;
events {{ worker_connections 256; }}
http {{
  access_log off;
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
  log_format seen escape=json '["$request_method","$request_uri","$request_body"]';
  server {{
    listen unix:{folder}/nginx.sock; access_log {folder}/seen.log seen; keepalive_requests 100000;
    client_body_in_single_buffer on;
    location / {{ proxy_pass http://unix:{folder}/back.sock; }}
  }}
  server {{ listen unix:{folder}/back.sock; location / {{ return 200 ok; }} }}
}}
"""


class ProgramReader:
    """A server that writes a line of JSON for each request."""

    def __init__(self, folder, command, path, log):
        self.path, self.log = path, log
        self.log.touch()
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        until_there(path)

    def read(self, raw):
        before = self.log.stat().st_size
        send_to(self.path, raw)
        limit = time.monotonic() + LOG_PATIENCE_S
        while True:  # the log may be a moment behind the answer
            lines = self.log.read_bytes()[before:].decode(self.encoding).split("\n")[:-1]
            found = [tuple(part.encode("latin-1") for part in json.loads(line)) for line in lines]
            # What cannot be read at all is a line without a method in nginx's log, and none in node's.
            is_over = found and (found[-1][1] == b"/last-of-all" or not found[-1][0])
            if is_over or time.monotonic() > limit:
                return [(method, origin_form(target), body) for method, target, body in found if method]
            time.sleep(0.005)

    def close(self):
        self.process.terminate()
        self.process.wait()


class NodeReader(ProgramReader):
    name = "node"  # llhttp, strict
    encoding = "utf-8"

    def __init__(self, folder):
        folder = pathlib.Path(folder)
        path, log = folder / "node.sock", folder / "node.log"
        super().__init__(folder, ["node", "-e", NODE, str(path), str(log)], path, log)


class NginxReader(ProgramReader):
    name = "nginx"
    encoding = "latin-1"  # it escapes controls and quotes only

    def __init__(self, folder):
        folder = pathlib.Path(folder)
        (folder / "nginx.conf").write_text(NGINX.format(folder=folder))
        command = [shutil.which("nginx") or "/usr/sbin/nginx", "-c", str(folder / "nginx.conf"), "-p", str(folder)]
        super().__init__(folder, command, folder / "nginx.sock", folder / "seen.log")


def readers(folder):
    """Those that are installed."""
    made = [PythonReader(folder)]
    if shutil.which("node"):
        made.append(NodeReader(folder))
    if shutil.which("nginx") or pathlib.Path("/usr/sbin/nginx").exists():
        made.append(NginxReader(folder))
    return made
