"""Web sites on loopback, of several organisations, that keep a log of what reached them.

One server answers for all HOSTS, as a name-based web server does; which page comes depends on the path alone, so that
every page is there on every host. What pages are made of is in `web_pages.py`.

    with WebSite() as site:
        site.url("shop.example", "/")      http://shop.example:PORT/
        site.requests(host=…, path=…)      what came, oldest first
"""

import base64
import contextlib
import dataclasses
import hashlib
import http.server
import socket
import threading
import urllib.parse

import web_pages

# shop.example and its servers are one site, and so on; the others are strangers to it.
HOSTS = ("shop.example", "www.shop.example", "static.shop.example", "cdn.example.net", "fonts.example.net",
         "ads.example.org", "maps.example.org", "www.portal.example", "api.portal.example",
         "news.example.com")  # fmt: skip
_WEBSOCKET_KEY = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"


@dataclasses.dataclass(frozen=True)
class Seen:
    """A request as it arrived."""

    host: str
    method: str
    path: str  # and query
    fields: tuple  # (name, value) in order
    connection: int
    body: bytes
    version: str

    def field(self, name):
        """All values of a field, joined as RFC 9110 joins them; empty without it."""
        return ", ".join(value for key, value in self.fields if key.lower() == name)

    @property
    def cookie(self):
        return "; ".join(value for key, value in self.fields if key.lower() == "cookie")

    @property
    def cookies(self):
        """Names and values, sorted: browsers' order depends on the second a cookie was made in."""
        return tuple(sorted(part.strip() for part in self.cookie.split(";") if part.strip()))


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    timeout = 60

    def log_message(self, *_):
        pass

    def _note(self):
        length = int(self.headers.get("Content-Length") or 0)
        self.body = self.rfile.read(length) if length else b""
        host = self.headers.get("Host", "").rpartition(":")[0].lower()
        seen = Seen(host, self.command, self.path, tuple(self.headers.items()), self.client_address[1], self.body,
                    self.request_version)  # fmt: skip
        self.server.seen.append(seen)
        return seen

    def answer(self):
        seen = self._note()
        path, _, query = self.path.partition("?")
        if path == "/socket" and self.headers.get("Upgrade", "").lower() == "websocket":
            return self._speak_websocket()
        if path == "/events":
            return self._send_events()
        asked = dict(urllib.parse.parse_qsl(query))
        if seen.field("x-protocol"):  # of a front with TLS (ways.py)
            return self._send(web_pages.answer(seen, path, asked, seen.field("host").rpartition(":")[2], "https"))
        return self._send(web_pages.answer(seen, path, asked, self.server.server_address[1]))

    do_GET = do_HEAD = do_POST = do_OPTIONS = answer

    def _send(self, page):
        self.send_response_only(page.status)
        for name, value in page.fields:
            self.send_header(name, value)
        has_body = page.status not in (204, 304)
        chunked = page.chunks and self.request_version == "HTTP/1.1"
        if chunked:
            self.send_header("Transfer-Encoding", "chunked")
        elif has_body:
            self.send_header("Content-Length", str(len(page.body)))
        self.end_headers()
        if has_body and self.command != "HEAD":
            self._send_chunks(page.chunks) if chunked else self.wfile.write(page.body)

    def _send_chunks(self, chunks):
        for chunk in chunks:
            self.wfile.write(b"%x\r\n%s\r\n" % (len(chunk), chunk))
            self.wfile.flush()
        self.wfile.write(b"0\r\n\r\n")

    def _send_events(self):
        """Server-sent events until the page has heard the last one and closes, or this has sent all."""
        self.send_response_only(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Connection", "close")
        self.end_headers()
        for number in range(5):
            self.wfile.write(b"data: %d\n\n" % number)
            self.wfile.flush()
        self.close_connection = True

    def _speak_websocket(self):
        """Says back what is said until the other side closes (RFC 6455; small unfragmented messages only)."""
        key = self.headers["Sec-WebSocket-Key"].encode()
        accept = base64.b64encode(hashlib.sha1(key + _WEBSOCKET_KEY).digest()).decode()
        self.send_response_only(101)
        for name, value in (("Upgrade", "websocket"), ("Connection", "Upgrade"), ("Sec-WebSocket-Accept", accept)):
            self.send_header(name, value)
        self.end_headers()
        self.close_connection = True
        while frame := self._read_frame():
            opcode, payload = frame
            self.wfile.write(bytes([0x80 | opcode, len(payload)]) + payload)
            if opcode == 8:
                return

    def _read_frame(self):
        head = self.rfile.read(2)
        if len(head) < 2:
            return None
        length, mask = head[1] & 0x7F, self.rfile.read(4)
        payload = bytes(byte ^ mask[index % 4] for index, byte in enumerate(self.rfile.read(length)))
        return head[0] & 0x0F, payload


class _Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self):
        self.seen = []
        self.connections = set()
        super().__init__(("127.0.0.1", 0), _Handler)

    def process_request(self, request, client_address):
        self.connections.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request):
        self.connections.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request, client_address):
        """Browsers drop connections when they like."""


class WebSite(contextlib.AbstractContextManager):
    def __init__(self):
        self._server = _Server()
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()

    @property
    def port(self):
        return self._server.server_address[1]

    def url(self, host, path="/"):
        return f"http://{host}:{self.port}{path}"

    def requests(self, host=None, path=None, method=None):
        return [seen for seen in list(self._server.seen) if (host is None or seen.host == host)
                and (path is None or seen.path == path) and (method is None or seen.method == method)]  # fmt: skip

    def forget(self):
        self._server.seen.clear()

    def __exit__(self, *_):
        self._server.shutdown()
        for connection in list(self._server.connections):
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        self._server.server_close()
        self._thread.join()
