#!/usr/bin/env python3
"""What a client and an origin see of each other through `mogura proxy`, against what they see of each other directly:
the same, byte for byte, but for the fields that HTTP wants changed. Shapes are in http_shapes.py.

What may differ, and nothing else:
  the client sees   Via; Connection, Keep-Alive, Proxy-Connection (each hop's own); our Set-Cookie; the version 1.1.
                    A client of HTTP/1.0 gets neither interim responses nor chunks, but the same content.
  the origin sees   the target in origin-form; Via; Connection, Keep-Alive, Proxy-Connection, TE; the version 1.1;
                    a Host in front where HTTP/1.0 had none. Our cookie is taken out.
Chunks, their extensions and trailers are among what stays.
"""

import collections
import hashlib
import ssl
import subprocess
import sys
import threading
import unittest

import harness
import http_shapes
import proxy_harness
from http_shapes import Shape, content, head, length
from raw_http import HEAD_END, Broken, Origin, Proxy, Response, Wire, connect, fields_of, get, read_request, response

HOP_BY_HOP = {b"connection", b"keep-alive", b"proxy-connection", b"via"}
OURS_IN_REQUESTS = HOP_BY_HOP | {b"te"}
LARGE = 200 << 20


def lines_of(raw):
    """The start line, and the field lines as they are."""
    lines = raw[: -len(HEAD_END)].split(b"\r\n")
    return lines[0], lines[1:]


def name_of(line):
    return line.partition(b":")[0].lower()


def is_our_cookie(line):
    return name_of(line) == b"set-cookie" and proxy_harness.OUR_VALUE.search(line.decode("latin-1")) is not None


def kept_of_response(raw, client_version=b"1.1"):
    """Version aside, what must be equal of a response's head."""
    start, lines = lines_of(raw)
    dropped = HOP_BY_HOP | ({b"transfer-encoding", b"trailer"} if client_version == b"1.0" else set())
    return start.partition(b" ")[2], [line for line in lines if name_of(line) not in dropped and not is_our_cookie(line)]


def kept_of_request(raw, shape):
    """Method, and field lines that must be equal; in front, the target without scheme and authority."""
    start, lines = lines_of(raw)
    method, target, _ = start.split(b" ")
    if target.startswith(b"http://"):
        target = b"/" + target[len(b"http://") :].partition(b"/")[2]
    dropped = OURS_IN_REQUESTS | ({b"host"} if shape.version == b"1.0" else set())
    return method, target, [line for line in lines if name_of(line) not in dropped]


class ShapedOrigin(Origin):
    """Answers the request for /N as the N-th shape says, and keeps what came."""

    def __init__(self, shapes):
        self.shapes = shapes
        self.came = {}
        super().__init__(self.serve_shapes)

    def _shape_for(self, request_head):
        number = request_head.split(b" ")[1].split(b"/s")[1]
        return int(number[: next((i for i, c in enumerate(number) if not 48 <= c < 58), len(number))])

    def _continue(self, wire, request_head):
        if self.shapes[self._shape_for(request_head)].expects:
            wire.send(b"HTTP/1.1 100 Continue\r\n\r\n")

    def serve_shapes(self, wire):
        while (request := read_request(wire, self._continue)) is not None:
            number = self._shape_for(request[0])
            self.came[number] = request
            shape = self.shapes[number]
            for piece in shape.pieces:
                wire.send(piece)
            if shape.closes:
                return


Seen = collections.namedtuple("Seen", "interim head body is_complete behind")


def request_bytes(shape, number, host, is_direct):
    path = b"/s%d" % number + shape.query
    target = path if is_direct or shape.origin_form else b"http://" + host.encode() + path
    lines = (b"Host: " + host.encode(), *shape.lines)
    return shape.method + b" " + target + b" HTTP/" + shape.version + b"\r\n" + b"".join(line + b"\r\n" for line in lines) + b"\r\n"  # fmt: skip


def send_request(wire, shape, request):
    if shape.byte_by_byte:
        for byte in request + shape.body:
            wire.send(bytes([byte]))
        return []
    if not shape.expects:
        wire.send(request + shape.body)
        return []
    wire.send(request)
    interim = wire.until(HEAD_END)
    wire.send(shape.body)
    return [interim]


def ask_alone(port, shape, number, host, is_direct):
    """A connection of its own; at the end the client closes its direction, and nothing may come any more."""
    with Wire.to(port) as wire:
        interim = send_request(wire, shape, request_bytes(shape, number, host, is_direct))
        answer = Response(wire, shape.method)
        wire.half_close()
        behind = wire.to_the_end()
        body = answer.content if shape.version == b"1.0" and answer.is_complete else answer.body
        return Seen([*interim, *answer.interim], answer.head, body, answer.is_complete, behind)


class ShapeTest(unittest.TestCase):
    challenge = "observe"

    @classmethod
    def setUpClass(cls):
        cls.shapes = http_shapes.all_shapes()
        cls.origin = ShapedOrigin(cls.shapes)
        cls.addClassCleanup(cls.origin.close)
        cls.proxy = Proxy(challenge=cls.challenge)
        cls.addClassCleanup(lambda: cls.proxy.__exit__(None, None, None))

    def direct(self, number):
        seen = ask_alone(self.origin.port, self.shapes[number], number, self.origin.host, True)
        return seen, self.origin.came.pop(number)

    def check_response(self, shape, direct, through):
        expected_interim = [] if shape.version == b"1.0" else direct.interim
        self.assertEqual([kept_of_response(raw) for raw in through.interim], [kept_of_response(raw) for raw in expected_interim])
        self.assertEqual(kept_of_response(through.head, shape.version), kept_of_response(direct.head, shape.version))
        self.assertTrue(through.head.startswith(b"HTTP/1.1 "))
        self.assertIn(b"via", {name for name, _ in fields_of(through.head)})
        self.assertEqual((len(through.body), hashlib.sha256(through.body).hexdigest()),
                         (len(direct.body), hashlib.sha256(direct.body).hexdigest()), "body")  # fmt: skip
        self.assertEqual(through.is_complete, direct.is_complete)
        self.assertEqual(through.behind, b"")

    def check_request(self, shape, direct, through):
        self.assertEqual(kept_of_request(through[0], shape), kept_of_request(direct[0], shape))
        self.assertRegex(through[0], rb"^\S+ /\S* HTTP/1\.1\r\n")
        self.assertIn(b"via", {name for name, _ in fields_of(through[0])})
        self.assertNotIn(b"proxy-connection", {name for name, _ in fields_of(through[0])})
        self.assertEqual(through[1], direct[1], "the request's body")


class Shapes(ShapeTest):
    def test_each_is_the_same_with_and_without_the_proxy(self):
        for number, shape in enumerate(self.shapes):
            with self.subTest(shape.name):
                direct, sent_directly = self.direct(number)
                try:
                    through = ask_alone(self.proxy.port, shape, number, self.origin.host, False)
                except Broken as broken:
                    self.fail(f"no response: {broken}")
                self.check_response(shape, direct, through)
                self.check_request(shape, sent_directly, self.origin.came.pop(number))
        self.assertEqual(self.origin.faults, [])


class ShapesWithoutChallenge(Shapes):
    challenge = "off"


class SharedConnection(ShapeTest):
    """All shapes that let others follow, one after the other on one connection of the client's."""

    def numbers(self):
        return [number for number, shape in enumerate(self.shapes) if shape.can_share]

    def test_shapes_follow_each_other(self):
        wire = Wire.to(self.proxy.port)
        for number in self.numbers():
            shape = self.shapes[number]
            direct, _ = self.direct(number)
            with self.subTest(shape.name):
                try:
                    send_request(wire, shape, request_bytes(shape, number, self.origin.host, False))
                    answer = Response(wire, shape.method)
                    through = Seen(answer.interim, answer.head, answer.body, answer.is_complete, b"")
                    self.check_response(shape, direct, through)
                except Exception:  # what follows is not to blame
                    wire.close()
                    wire = Wire.to(self.proxy.port)
                    raise
        wire.close()

    def test_shapes_are_answered_in_order_when_they_are_asked_all_at_once(self):
        numbers = [number for number in self.numbers() if not self.shapes[number].byte_by_byte]
        for batch in batches(numbers, 16):
            names = [self.shapes[number].name for number in batch]
            with self.subTest(f"{names[0]} to {names[-1]}"), Wire.to(self.proxy.port) as wire:
                everything = b"".join(request_bytes(self.shapes[number], number, self.origin.host, False) + self.shapes[number].body
                                      for number in batch)  # fmt: skip
                threading.Thread(target=wire.send, args=(everything,), daemon=True).start()
                answers = [Response(wire, self.shapes[number].method) for number in batch]
                for number, answer in zip(batch, answers):
                    shape = self.shapes[number]
                    direct, _ = self.direct(number)
                    through = Seen(answer.interim, answer.head, answer.body, answer.is_complete, b"")
                    self.check_response(shape, direct, through)

    def test_an_end_of_the_connection_takes_nothing_along(self):
        """A body that the end of the connection delimits, or that breaks off, with requests behind it that nobody will
        answer: what came before arrives whole."""
        large = next(i for i, shape in enumerate(self.shapes) if shape.name == "1048576 bytes with a length")
        for name in ("1048576 bytes until the connection closes", "closed after 5432 bytes of chunks"):
            last = next(i for i, shape in enumerate(self.shapes) if shape.name == name)
            with self.subTest(name), Wire.to(self.proxy.port, receive_buffer=8192) as wire:
                for number in (large, last, *(large,) * 50):
                    wire.send(request_bytes(self.shapes[number], number, self.origin.host, False))
                for number in (large, last):
                    answer, (direct, _) = Response(wire), self.direct(number)
                    self.assertEqual(len(answer.body), len(direct.body))

    def test_origins_connections_are_used_again(self):
        accepted = len(self.origin.wires)
        number = next(number for number, shape in enumerate(self.shapes) if shape.name == "100 bytes with a length")
        for _ in range(20):
            ask_alone(self.proxy.port, self.shapes[number], number, self.origin.host, False)
        self.assertLessEqual(len(self.origin.wires) - accepted, 2)


def batches(items, size):
    return [items[at : at + size] for at in range(0, len(items), size)]


class OwnFields(ShapeTest):
    """What is changed, is changed as it should be."""

    def shape_sent(self, *lines, method=b"GET", answer=(head(200, length(b"ok")) + b"ok",)):
        shape = Shape("own", answer, method, lines=lines)
        self.shapes.append(shape)
        number = len(self.shapes) - 1
        seen = ask_alone(self.proxy.port, shape, number, self.origin.host, False)
        return seen, self.origin.came.pop(number)[0]

    def test_fields_that_connection_lists_go_no_further(self):
        _, request = self.shape_sent(b"Connection: X-Hop, x-other , keep-alive", b"X-Hop: 1", b"X-Keep: 2", b"X-OTHER: 3",
                                     b"Keep-Alive: timeout=5", b"Proxy-Connection: keep-alive", b"TE: gzip")  # fmt: skip
        names = {name for name, _ in fields_of(request)}
        self.assertIn(b"x-keep", names)
        self.assertFalse(names & {b"x-hop", b"x-other", b"keep-alive", b"proxy-connection"}, names)
        self.assertNotIn(b"gzip", request)

    def test_fields_of_a_response_that_connection_lists_go_no_further(self):
        seen, _ = self.shape_sent(answer=(head(200, b"Connection: X-Hop", b"X-Hop: 1", b"X-Keep: 2", b"Keep-Alive: timeout=5",
                                               length(b"ok")) + b"ok",))  # fmt: skip
        names = {name for name, _ in fields_of(seen.head)}
        self.assertIn(b"x-keep", names)
        self.assertFalse(names & {b"x-hop", b"keep-alive"}, names)

    def test_via_is_appended_to_what_was_there(self):
        seen, request = self.shape_sent(b"Via: 1.0 first", answer=(head(200, b"Via: 1.1 origins", length(b"ok")) + b"ok",))
        vias = b", ".join(value for name, value in fields_of(request) if name == b"via")
        self.assertRegex(vias, rb"^1\.0 first, 1\.1 mogura")
        vias = b", ".join(value for name, value in fields_of(seen.head) if name == b"via")
        self.assertRegex(vias, rb"^1\.1 origins, 1\.1 mogura")

    def test_a_target_in_absolute_form_overrules_host(self):
        with Wire.to(self.proxy.port) as wire:
            wire.send(b"GET http://%s/s0 HTTP/1.1\r\nX-First: 1\r\nHost: elsewhere.example\r\n\r\n" % self.origin.host.encode())
            self.assertEqual(Response(wire).status, 200)
        self.assertEqual([value for name, value in fields_of(self.origin.came.pop(0)[0]) if name == b"host"],
                         [self.origin.host.encode()])  # fmt: skip

    def test_chunk_lines_that_parsers_read_differently_end_the_body(self):
        for extension in (b"; name=value", b" ;name=value", b';name="a\\"b"', b";name = value", b";", b";;a", b";a=", b" "):
            with self.subTest(extension):
                body = http_shapes.chunked(content(100), (50,), extension)
                seen, _ = self.shape_sent(answer=(head(200, http_shapes.CHUNKED) + body,))
                self.assertFalse(seen.is_complete and seen.body != body, seen.body)
                self.assertTrue(body.startswith(seen.body), seen.body)

    def test_our_cookie_comes_back_and_goes_no_further(self):
        seen, _ = self.shape_sent(*http_shapes.BROWSER, b"X-No: 1", answer=(head(200, b"Set-Cookie: own=1", length(b"ok")) + b"ok",))
        given = [line.partition(b":")[2].strip().partition(b";")[0] for line in lines_of(seen.head)[1] if is_our_cookie(line)]
        self.assertEqual(len(given), 1, seen.head)
        for sent, expected in {b"Cookie: a=1; %s; b=2": b"a=1; b=2", b"Cookie: %s": None, b"Cookie: %s; b=2": b"b=2",
                               b"Cookie: a=1;  c; %s": b"a=1;  c", b"cookie:%s ;x": b"x"}.items():  # fmt: skip
            with self.subTest(sent):
                _, request = self.shape_sent(*http_shapes.BROWSER, sent % given[0])
                self.assertEqual(next((value for name, value in fields_of(request) if name == b"cookie"), None), expected)


class Upgrades(unittest.TestCase):
    def test_bytes_pass_both_ways_after_101(self):
        def serve(wire):
            request, _ = read_request(wire)
            self.seen = request
            wire.send(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nX-Own: 1\r\n\r\nfirst")
            while data := wire.received or wire._more() and wire.received:
                wire.send(bytes(data).upper())
                wire.received.clear()
            wire.send(b"bye")

        with Origin(serve) as origin, Proxy() as proxy, Wire.to(proxy.port) as wire:
            wire.send(get(origin.host, "/ws", "Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Key: eA==") + b"early")
            answer = wire.until(HEAD_END)
            self.assertTrue(answer.startswith(b"HTTP/1.1 101 "), answer)
            self.assertEqual({name: value.lower() for name, value in fields_of(answer)}.get(b"upgrade"), b"websocket")
            self.assertEqual({name: value.lower() for name, value in fields_of(answer)}.get(b"connection"), b"upgrade")
            self.assertEqual(wire.exactly(10), b"firstEARLY")
            for data in (b"x" * 100_000, b"y"):
                threading.Thread(target=wire.send, args=(data,)).start()
                self.assertEqual(wire.exactly(len(data)), data.upper())
            wire.half_close()
            self.assertEqual(wire.to_the_end(), b"bye")
            names = {name: value.lower() for name, value in fields_of(self.seen)}
            self.assertEqual((names[b"upgrade"], names[b"connection"], names[b"sec-websocket-key"]), (b"websocket", b"upgrade", b"ea=="))  # fmt: skip

    def test_an_upgrade_that_is_not_taken_is_an_ordinary_response(self):
        def serve(wire):
            while read_request(wire) is not None:
                wire.send(response(b"no"))

        with Origin(serve) as origin, Proxy() as proxy, Wire.to(proxy.port) as wire:
            for _ in range(2):
                wire.send(get(origin.host, "/ws", "Upgrade: websocket", "Connection: Upgrade"))
                self.assertEqual(Response(wire).body, b"no")


def echo(wire):
    while wire.received or wire._more():
        wire.send(bytes(wire.received))
        wire.received.clear()


class Tunnels(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.proxy = Proxy(config='[access]\nconnect_ports = "all"\n')
        cls.addClassCleanup(lambda: cls.proxy.__exit__(None, None, None))

    def open(self, origin, **options):
        wire, answer = connect(self.proxy.port, origin.host, **options)
        self.addCleanup(wire.close)
        self.assertRegex(answer, rb"^HTTP/1\.1 2\d\d ")
        names = {name for name, _ in fields_of(answer)}
        self.assertFalse(names & {b"content-length", b"transfer-encoding"}, answer)
        return wire

    def test_the_client_closes_its_direction_first(self):
        def serve(wire):
            received = wire.to_the_end()
            wire.send(b"%d bytes" % len(received) + content(300_000))

        with Origin(serve) as origin:
            wire = self.open(origin)
            wire.send(content(100_000))
            wire.half_close()
            self.assertEqual(wire.to_the_end(), b"100000 bytes" + content(300_000))
            self.assertEqual(wire.end, "closed")

    def test_the_origin_closes_its_direction_first(self):
        received = []

        def serve(wire):
            wire.send(content(100_000))
            wire.half_close()
            received.append(wire.to_the_end())

        with Origin(serve) as origin:
            wire = self.open(origin)
            self.assertEqual(wire.to_the_end(), content(100_000))
            wire.send(content(300_000, 9))
            wire.half_close()
            proxy_harness.wait_until(lambda: received, "the origin's end")
            self.assertEqual(received[0], content(300_000, 9))

    def test_the_origin_speaks_first(self):
        def serve(wire):
            wire.send(b"SSH-2.0-own\r\n")
            echo(wire)

        with Origin(serve) as origin:
            wire = self.open(origin)
            self.assertEqual(wire.exactly(13), b"SSH-2.0-own\r\n")
            wire.send(b"answer")
            self.assertEqual(wire.exactly(6), b"answer")

    def test_a_reset_by_the_client_reaches_the_origin_as_a_reset(self):
        ends = []

        def serve(wire):
            wire.send(b"x")
            wire.to_the_end()
            ends.append(wire.end)

        with Origin(serve) as origin:
            wire = self.open(origin)
            wire.exactly(1)
            wire.reset()
            proxy_harness.wait_until(lambda: ends, "the origin's end")
            self.assertEqual(ends, ["reset"])

    def test_a_reset_by_the_origin_reaches_the_client_as_a_reset(self):
        def serve(wire):
            wire.exactly(1)
            wire.reset()

        with Origin(serve) as origin:
            wire = self.open(origin)
            wire.send(b"x")
            wire.to_the_end()
            self.assertEqual(wire.end, "reset")

    def test_data_behind_the_head_is_passed_on(self):
        with Origin(echo) as origin, Wire.to(self.proxy.port) as wire:
            wire.send(b"CONNECT %s HTTP/1.1\r\nHost: %s\r\n\r\n" % ((origin.host.encode(),) * 2) + content(20_000))
            wire.until(HEAD_END)
            self.assertEqual(wire.exactly(20_000), content(20_000))

    def test_a_head_cut_into_bytes(self):
        with Origin(echo) as origin, Wire.to(self.proxy.port) as wire:
            for byte in b"CONNECT %s HTTP/1.0\r\n\r\nabc" % origin.host.encode():
                wire.send(bytes([byte]))
            self.assertRegex(wire.until(HEAD_END), rb"^HTTP/1\.\d 200 ")
            self.assertEqual(wire.exactly(3), b"abc")

    def test_a_tunnel_behind_a_request_on_the_same_connection(self):
        def serve(wire):
            if wire._more() and wire.received.startswith(b"GET"):
                read_request(wire)
                wire.send(response(b"ok"))
            echo(wire)

        with Origin(serve) as origin, Wire.to(self.proxy.port) as wire:
            wire.send(get(origin.host))
            self.assertEqual(Response(wire).body, b"ok")
            wire.send(b"CONNECT %s HTTP/1.1\r\nHost: %s\r\n\r\nabc" % ((origin.host.encode(),) * 2))
            wire.until(HEAD_END)
            self.assertEqual(wire.exactly(3), b"abc")

    def test_much_data_both_ways_at_once(self):
        block = content(1 << 20, 77)
        sums = {}

        def pour(wire):
            for _ in range(LARGE >> 20):
                wire.send(block)
            wire.half_close()

        def drain(wire, name):
            # Not collected by the wire; of this direction it may have read some behind the head.
            digest, count = hashlib.sha256(wire.received), len(wire.received)
            while piece := wire.socket.recv(1 << 20):
                digest.update(piece)
                count += len(piece)
            sums[name] = (count, digest.hexdigest())

        def serve(wire):
            sender = threading.Thread(target=pour, args=(wire,))
            sender.start()
            drain(wire, "up")
            sender.join()

        with Origin(serve) as origin:
            wire = self.open(origin)
            sender = threading.Thread(target=pour, args=(wire,))
            sender.start()
            drain(wire, "down")
            sender.join()
            proxy_harness.wait_until(lambda: "up" in sums, "the origin's end")
        digest = hashlib.sha256()
        for _ in range(LARGE >> 20):
            digest.update(block)
        self.assertEqual(sums, {"up": (LARGE, digest.hexdigest()), "down": (LARGE, digest.hexdigest())})
        self.assertEqual(origin.faults, [])


class TlsThroughTunnels(proxy_harness.Folder):
    def test_a_page_over_tls(self):
        proxy_harness.need("openssl")
        key, certificate = self.folder / "key.pem", self.folder / "certificate.pem"
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
                        "-subj", "/CN=origin.test", "-addext", "subjectAltName=DNS:origin.test",
                        "-keyout", key, "-out", certificate], check=True, capture_output=True)  # fmt: skip
        server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        server.load_cert_chain(certificate, key)

        def serve(wire):
            with server.wrap_socket(wire.socket, server_side=True) as secure:
                wire.socket = secure
                while (request := read_request(wire)) is not None:
                    wire.send(response(content(int(request[0].split(b" ")[1][1:]))))

        client = ssl.create_default_context(cafile=str(certificate))
        with Origin(serve) as origin, Proxy(config='[access]\nconnect_ports = "all"\n') as proxy:
            wire, _ = connect(proxy.port, origin.host)
            with client.wrap_socket(wire.socket, server_hostname="origin.test") as secure:
                wire.socket = secure
                for size in (0, 1, 100_000, 3 << 20, 5):
                    wire.send(f"GET /{size} HTTP/1.1\r\nHost: origin.test\r\n\r\n".encode())
                    self.assertEqual(Response(wire).body, content(size))


if __name__ == "__main__":
    sys.dont_write_bytecode = True
    harness.main()
