"""Origins that speak HTTP/2, a way for programs that know no proxy, and what each says."""

import contextlib
import hashlib
import http.server
import pathlib
import socket
import subprocess
import threading

from proxy_harness import wait_until

NGINX = """
daemon off; master_process off; pid {folder}/nginx.pid; error_log {folder}/error.log;
events {{ worker_connections 1024; }}
http {{
  types {{ text/html html; image/svg+xml svg; }}
  access_log off; client_max_body_size 0; client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
  server {{
    listen 127.0.0.1:{port} ssl http2;
    ssl_certificate {certificate}; ssl_certificate_key {certificate};
    add_header X-Protocol $server_protocol always; add_header X-Client $remote_port always;
    location / {{ root {root}; }}
    location /up/ {{ proxy_pass http://127.0.0.1:{behind}; proxy_http_version 1.1; proxy_request_buffering off;
                     proxy_buffering off; }}
  }}
}}
"""


def free_port():
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


def is_listening(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


class Behind(http.server.BaseHTTPRequestHandler):
    """What stands behind nginx: says what it was sent, or breaks off."""

    protocol_version = "HTTP/1.1"

    def do_POST(self):
        seen, size = hashlib.sha256(), 0
        for piece in self._pieces():
            seen.update(piece)
            size += len(piece)
        answer = f"{size} {seen.hexdigest()}".encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Length", "1000000")
        self.end_headers()
        self.wfile.write(b"x" * 100_000)
        self.close_connection = True

    def _pieces(self):
        left = int(self.headers.get("Content-Length", -1))
        while left > 0:
            piece = self.rfile.read(min(left, 65536))
            left -= len(piece)
            yield piece
        while left < 0 and (size := int(self.rfile.readline(), 16)) > 0:
            yield self.rfile.read(size)
            self.rfile.readline()
        if left < 0:
            self.rfile.readline()

    def log_message(self, *arguments):
        pass


class Program(contextlib.AbstractContextManager):
    """One that listens on `port` until the context is left."""

    def __init__(self, port, *command, log=None):
        self.port = port
        self._log = open(log, "wb") if log else None
        self._process = subprocess.Popen([str(word) for word in command], stdout=self._log or subprocess.DEVNULL,
                                         stderr=subprocess.STDOUT)  # fmt: skip
        wait_until(lambda: is_listening(port), f"{command[0]} listens")

    def __exit__(self, *_):
        self._process.terminate()
        self._process.wait()
        if self._log:
            self._log.close()


class Nginx(contextlib.ExitStack):
    """Files of `root` over HTTP/2 and HTTP/1.1; what is sent to /up/ comes back as its size and digest."""

    def __init__(self, folder, certificate):
        super().__init__()
        folder = pathlib.Path(folder)
        self.root, self.port = folder / "root", free_port()
        self.root.mkdir(parents=True)
        behind = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Behind)
        behind.daemon_threads = True
        threading.Thread(target=behind.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        self.callback(behind.server_close)
        self.callback(behind.shutdown)
        (folder / "nginx.conf").write_text(NGINX.format(folder=folder, port=self.port, certificate=certificate,
                                                        root=self.root, behind=behind.server_address[1]))  # fmt: skip
        self.enter_context(Program(self.port, "nginx", "-e", folder / "error.log", "-c", folder / "nginx.conf"))


class Relay(contextlib.AbstractContextManager):
    """A port that leads through the proxy to one host, for programs that know no proxy."""

    def __init__(self, connect):
        self._connect = connect  # gives a socket behind a CONNECT
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._run, daemon=True).start()

    def _run(self):
        with contextlib.suppress(OSError):
            while True:
                near, _ = self._listener.accept()
                far = self._connect()
                for one, other in ((near, far), (far, near)):
                    threading.Thread(target=self._copy, args=(one, other), daemon=True).start()

    @staticmethod
    def _copy(source, sink):
        with contextlib.suppress(OSError):
            while piece := source.recv(65536):
                sink.sendall(piece)
        with contextlib.suppress(OSError):
            sink.shutdown(socket.SHUT_WR)

    def __exit__(self, *_):
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
