#!/usr/bin/env python3
"""What goes wrong around `mogura proxy`: origins that break off, lie or never answer, clients that vanish or dawdle, a
store that dies, no descriptors left, reloading and stopping under load. Whatever happens, the proxy goes on, gives back
every descriptor, and ends with status 0 when told to.
"""

import contextlib
import os
import resource
import signal
import socket
import subprocess
import sys
import threading
import time
import unittest

import harness
import http_shapes
import proxy_harness
from proxy_harness import wait_until
from raw_http import (
    HEAD_END, Broken, Origin, Proxy, Response, Wire, answering, ask, connect, get, read_request, response,
)  # fmt: skip

BROWSER = tuple(line.decode() for line in http_shapes.BROWSER)
SLOW_CLIENTS = 1000
SLOW_READERS = 50
HUGE = 100 << 20
# What a client that does not read may cost: what is held for it, and buffers of its connection and coroutine.
HELD_KB = 192
# With sanitizers, memory that was given back is kept for a while, and descriptors are needed to look at memory.
IS_SANITIZED = "MOGURA_SANITIZED" in os.environ
SLACK_KB = (16 << 10) * (32 if IS_SANITIZED else 1)
# Pipes and files that may be kept for later, however many connections there were.
OTHER_DESCRIPTORS = 16


class FaultTest(unittest.TestCase):
    """A proxy of the test's own, which must have as many descriptors in the end as in the beginning."""

    config = ""
    open_before = others_before = None

    def start(self, *options, config=None, **more):
        proxy = Proxy(*options, config=self.config if config is None else config, **more)
        self.addCleanup(lambda: proxy.__exit__(None, None, None) if proxy.is_running() else None)
        self.open_before = proxy.sockets()
        with answering(lambda head, body: response()) as origin:  # what is made once is there
            ask(proxy.port, get(origin.host))
        self.check_nothing_is_left(proxy)
        self.others_before = proxy.descriptors() - proxy.sockets()
        return proxy

    def check_nothing_is_left(self, proxy):
        with contextlib.suppress(AssertionError):
            wait_until(lambda: proxy.sockets() <= self.open_before, "", 10)
        self.assertLessEqual(proxy.sockets(), self.open_before, "sockets are left")
        if self.others_before is not None:
            others = proxy.descriptors() - proxy.sockets()
            self.assertLessEqual(others, self.others_before + OTHER_DESCRIPTORS, "descriptors are left")

    def check_it_serves(self, proxy):
        with answering(lambda head, body: response(b"fine")) as origin:
            self.assertEqual(ask(proxy.port, get(origin.host)).body, b"fine")


class Load:
    """Clients that ask on and on, each on a connection of its own that it keeps, until the context is left."""

    def __init__(self, proxy, host, clients=8, lines=()):
        self.answered, self.failed, self.slowest_s = 0, [], 0
        self._request = get(host, "/load", *lines)
        self._port, self._is_over = proxy.port, threading.Event()
        self._lock = threading.Lock()
        self._threads = [threading.Thread(target=self._run) for _ in range(clients)]

    def _run(self):
        wire = None
        while not self._is_over.is_set():
            begun = time.monotonic()
            try:
                wire = wire or Wire.to(self._port)
                wire.send(self._request)
                answer = Response(wire)
                if answer.status != 200 or not answer.is_complete:
                    raise Broken(f"status {answer.status}", answer.body)
                if b"close" in answer.head.lower():
                    wire.close()
                    wire = None
            except (OSError, Broken) as failure:
                with self._lock:
                    self.failed.append(failure)
                wire = None
            with self._lock:
                self.answered += 1
                self.slowest_s = max(self.slowest_s, time.monotonic() - begun)
        if wire:
            wire.close()

    def wait_for(self, more):
        goal = self.answered + more
        wait_until(lambda: self.answered >= goal, f"{more} more answers")

    def __enter__(self):
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self._is_over.set()
        for thread in self._threads:
            thread.join()


class Origins(FaultTest):
    config = "[timeouts]\nconnect = 1\nresponse = 1\nstall = 1\ndns = 1\n"

    def one_answer(self, serve, request=None, method=b"GET"):
        """The answer to a request at an origin that does `serve(wire)` after reading the request's head."""

        def read_and_serve(wire):
            wire.until(HEAD_END)
            serve(wire)

        with Origin(read_and_serve) as origin:
            return ask(self.proxy.port, request or get(origin.host), method)

    def setUp(self):
        self.proxy = self.start()

    def tearDown(self):
        self.check_it_serves(self.proxy)
        self.check_nothing_is_left(self.proxy)

    def check_every_cut(self, whole, head_bytes, end):
        for at in range(len(whole)):
            with self.subTest(at=at):
                answer = self.one_answer(lambda wire, at=at: (wire.send(whole[:at]), end(wire)))
                if at < head_bytes:
                    self.assertEqual((answer.status, answer.is_complete), (502, True))
                else:
                    # A reset may overtake what was sent before it; what came is the beginning, and not the whole.
                    self.assertIn(answer.status, (200, 502))
                    if answer.status == 200:
                        self.assertFalse(answer.is_complete)
                        self.assertTrue(whole[head_bytes:].startswith(answer.body), answer.body)

    def test_a_reset_at_every_byte_of_a_response(self):
        whole = response(b"sixteen bytes it", b"200 OK", b"X-Field: value")
        self.check_every_cut(whole, whole.index(HEAD_END) + 4, Wire.reset)

    def test_an_end_at_every_byte_of_a_response(self):
        whole = response(b"sixteen bytes it", b"200 OK", b"X-Field: value")
        self.check_every_cut(whole, whole.index(HEAD_END) + 4, Wire.close)

    def test_a_reset_at_every_byte_of_a_chunked_response(self):
        head = http_shapes.head(200, http_shapes.CHUNKED)
        whole = head + http_shapes.chunked(b"sixteen bytes it", (5,), b";x=1", b"T: 1\r\n")
        self.check_every_cut(whole, len(head), Wire.reset)

    def test_interim_responses_and_then_nothing(self):
        answer = self.one_answer(lambda wire: wire.send(b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"))
        self.assertEqual((len(answer.interim), answer.status), (1, 502))

    def test_answers_that_are_no_http(self):
        for garbage in (b"hello\r\n\r\n", b"\x00\x01\x02" * 50 + HEAD_END, b"SSH-2.0-OpenSSH_9.2\r\n\r\n", b"HTTP/2 200 OK\r\n\r\n",
                        b"HTTP/1.1 20 OK\r\n\r\n", b"HTTP/1.1 200 OK\r\nNo colon\r\n\r\n", b"HTTP/1.1 200 OK\r\n folded: x\r\n\r\n",
                        b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
                        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                        b"HTTP/1.1 200 OK\r\nX: a\rb\r\n\r\n", b"\r\n" * 5000):  # fmt: skip
            with self.subTest(garbage[:40]):
                self.assertEqual(self.one_answer(lambda wire, garbage=garbage: wire.send(garbage)).status, 502)

    def test_chunks_that_are_none(self):
        for chunks in (b"x\r\n", b"-1\r\na\r\n", b"5\r\nabc\r\n0\r\n\r\n", b"1\na\n0\n\n", b"fffffffffffffffff\r\n", b"1 \r\na\r\n0\r\n\r\n"):
            with self.subTest(chunks):
                answer = self.one_answer(lambda wire, chunks=chunks: wire.send(http_shapes.head(200, http_shapes.CHUNKED) + chunks))
                self.assertTrue(answer.status == 502 or not answer.is_complete, (answer.head, answer.body))

    def test_an_endless_head(self):
        def serve(wire):
            wire.send(b"HTTP/1.1 200 OK\r\n")
            for number in range(100_000):
                if not wire.send(b"X-%d: %s\r\n" % (number, b"x" * 100)):
                    return

        self.assertEqual(self.one_answer(serve).status, 502)

    def test_an_endless_field(self):
        def serve(wire):
            wire.send(b"HTTP/1.1 200 OK\r\nX: ")
            while wire.send(b"x" * 65536):
                pass

        self.assertEqual(self.one_answer(serve).status, 502)

    def test_an_endless_body_ends_with_its_reader(self):
        ended = threading.Event()

        def serve(wire):
            read_request(wire)
            wire.send(http_shapes.head(200))
            while wire.send(b"x" * 65536):
                pass
            ended.set()

        with Origin(serve) as origin, Wire.to(self.proxy.port) as wire:
            wire.send(get(origin.host))
            wire.until(HEAD_END)
            wire.exactly(10 << 20)
            wire.close()
            self.assertTrue(ended.wait(proxy_harness.PATIENCE_S), "the origin still sends")

    def test_a_flood_of_interim_responses(self):
        def serve(wire):
            for _ in range(20_000):
                if not wire.send(b"HTTP/1.1 103 Early Hints\r\n\r\n"):
                    return

        self.assertEqual(self.one_answer(serve).status, 502)

    def test_more_than_was_announced_goes_nowhere(self):
        def serve(wire):
            while read_request(wire) is not None:
                wire.send(response(b"ok") + b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nbad")

        with Origin(serve) as origin, Wire.to(self.proxy.port) as wire:
            for _ in range(5):
                wire.send(get(origin.host))
                self.assertEqual(Response(wire).body, b"ok")

    def test_an_answer_before_the_request_is_over(self):
        def serve(wire):
            wire.until(HEAD_END)
            wire.send(response(b"too large", b"413 Content Too Large", b"Connection: close"))
            wire.half_close()
            with contextlib.suppress(OSError):
                wire.to_the_end()

        with Origin(serve) as origin, Wire.to(self.proxy.port) as wire:
            wire.send(get(origin.host, "/", "Content-Length: 100000000", method="POST") + b"x" * 1000)
            answer = Response(wire)
            self.assertEqual((answer.status, answer.body), (413, b"too large"))

    def test_an_answer_and_a_reset_before_the_request_is_over(self):
        def serve(wire):
            wire.until(HEAD_END)
            wire.send(response(b"too large", b"413 Content Too Large", b"Connection: close"))
            wire.close()  # with bytes unread: a reset

        for _ in range(20):
            with Origin(serve) as origin, Wire.to(self.proxy.port) as wire:
                wire.send(get(origin.host, "/", "Content-Length: 10000000", method="POST"))
                threading.Thread(target=wire.send, args=(b"x" * 10_000_000,), daemon=True).start()
                with contextlib.suppress(Broken):  # the reset may destroy what had been sent
                    self.assertIn(Response(wire).status, (413, 502))

    def test_an_origin_that_never_answers(self):
        begun = time.monotonic()
        self.assertEqual(self.one_answer(lambda wire: wire.to_the_end()).status, 504)
        self.assertLess(time.monotonic() - begun, 5)

    def test_a_body_that_stalls(self):
        def serve(wire):
            wire.send(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc")
            wire.to_the_end()

        begun = time.monotonic()
        answer = self.one_answer(serve)
        self.assertEqual((answer.status, answer.body, answer.is_complete), (200, b"abc", False))
        self.assertLess(time.monotonic() - begun, 5)

    def test_an_origin_that_refuses(self):
        with socket.socket() as closed:
            closed.bind(("127.0.0.1", 0))
            self.assertEqual(ask(self.proxy.port, get(f"127.0.0.1:{closed.getsockname()[1]}")).status, 502)
            wire, answer = connect(self.proxy.port, f"127.0.0.1:{closed.getsockname()[1]}")
            wire.close()
        self.assertRegex(answer, rb"^HTTP/1\.1 (403|502) ")

    def test_an_origin_that_accepts_nothing(self):
        with contextlib.ExitStack() as stack:
            full = stack.enter_context(socket.socket())
            full.bind(("127.0.0.1", 0))
            full.listen(0)
            for _ in range(4):  # its queue is full after these
                filler = stack.enter_context(socket.socket())
                filler.setblocking(False)
                filler.connect_ex(full.getsockname())
            begun = time.monotonic()
            self.assertEqual(ask(self.proxy.port, get(f"127.0.0.1:{full.getsockname()[1]}")).status, 504)
            self.assertLess(time.monotonic() - begun, 5)

    def test_names_that_are_not_there(self):
        for name in ("nowhere.invalid", "a." * 100 + "invalid", "-.invalid", "x" * 64 + ".invalid"):
            with self.subTest(name):
                begun = time.monotonic()
                self.assertIn(ask(self.proxy.port, get(f"{name}:8080")).status, (400, 502, 504))
                self.assertLess(time.monotonic() - begun, 5)

    def test_a_kept_connection_that_the_origin_closes_as_the_next_request_comes(self):
        """A request that can be repeated is, on a new connection; none is lost."""

        def serve(wire):
            read_request(wire)
            wire.send(response(b"ok"))
            read_request(wire)  # and closes without an answer

        with Origin(serve) as origin, Wire.to(self.proxy.port) as wire:
            for number in range(20):
                wire.send(get(origin.host, f"/{number}"))
                answer = Response(wire)
                self.assertEqual((number, answer.status, answer.body), (number, 200, b"ok"))

    def test_a_post_is_not_repeated(self):
        came = []

        def serve(wire):
            while (request := read_request(wire)) is not None:
                came.append(request)
                if request[0].startswith(b"POST"):
                    return
                wire.send(response(b"ok"))

        with Origin(serve) as origin, Wire.to(self.proxy.port) as wire:
            wire.send(get(origin.host))
            self.assertEqual(Response(wire).status, 200)
            wire.send(get(origin.host, "/", "Content-Length: 3", method="POST") + b"abc")
            self.assertEqual(Response(wire).status, 502)
            self.assertEqual([request[0].split()[0] for request in came], [b"GET", b"POST"])


class Clients(FaultTest):
    config = "[timeouts]\nhead = 2\nstall = 2\nidle = 2\n[limits]\nconnections = 5000\n"

    def setUp(self):
        self.proxy = self.start()

    def tearDown(self):
        self.check_it_serves(self.proxy)
        self.check_nothing_is_left(self.proxy)

    def check_the_origin_is_let_go(self, request, serve, ways=(Wire.reset, Wire.close)):
        """Yields the client's wire when its request has reached the origin; when the client has left, `serve(wire)` must
        come to its end."""
        began, ends = threading.Semaphore(0), []

        def read_and_serve(wire):
            wire.until(HEAD_END)
            began.release()
            ends.append(serve(wire))

        for leave in ways:
            with self.subTest(leave.__name__), Origin(read_and_serve) as origin:
                ends.clear()
                wire = Wire.to(self.proxy.port)
                wire.send(request(origin.host))
                self.assertTrue(began.acquire(timeout=10))
                yield wire
                leave(wire)
                wait_until(lambda: ends, "the origin is let go", 10)

    def test_gone_in_the_middle_of_a_download(self):
        def serve(wire):
            wire.send(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % HUGE)
            while wire.send(b"x" * 65536):
                pass
            return "let go"

        for wire in self.check_the_origin_is_let_go(get, serve):
            wire.until(HEAD_END)
            wire.exactly(100_000)

    def test_gone_in_the_middle_of_an_upload(self):
        received = []

        def upload(host):
            return get(host, "/", "Content-Length: 1000000", method="POST") + b"x" * 1000

        for _ in self.check_the_origin_is_let_go(upload, lambda wire: received.append(wire.to_the_end())):
            pass
        self.assertEqual([len(body) < 1_000_000 for body in received], [True, True])

    def test_gone_in_the_middle_of_a_chunked_upload(self):
        received = []

        def upload(host):
            return get(host, "/", "Transfer-Encoding: chunked", method="POST") + b"5\r\nabcde\r\n5\r\nab"

        for _ in self.check_the_origin_is_let_go(upload, lambda wire: received.append(wire.to_the_end())):
            pass
        self.assertEqual([body.endswith(b"0\r\n\r\n") for body in received], [False, False], "an upload looks complete")

    def test_gone_before_the_answer(self):
        # One that has closed its own direction may still wait for the answer; one that reset does not.
        for _ in self.check_the_origin_is_let_go(get, Wire.to_the_end, ways=(Wire.reset,)):
            pass

    def test_heads_that_never_end(self):
        with answering(lambda head, body: response()) as origin, contextlib.ExitStack() as stack:
            beginning = get(origin.host)[:-2] + b"X-Slow: "
            clients = [stack.enter_context(Wire.to(self.proxy.port, source=f"127.0.2.{1 + number % 100}"))
                       for number in range(SLOW_CLIENTS)]  # fmt: skip
            for number, wire in enumerate(clients):
                wire.send(beginning[: number % len(beginning)])
            memory_kb = self.proxy.memory_kb("VmHWM")
            with Load(self.proxy, origin.host, 4) as load:
                load.wait_for(500)
                deadline = time.monotonic() + 20
                for wire in clients:
                    wire.socket.settimeout(max(0.1, deadline - time.monotonic()))
                    wire.to_the_end()
            self.assertEqual(load.failed, [])
            self.assertLess(load.slowest_s, 1)
            self.assertLess(self.proxy.memory_kb("VmHWM") - memory_kb, SLACK_KB)

    def test_a_head_that_comes_too_slowly_is_answered_408_and_an_idle_connection_is_just_closed(self):
        with Wire.to(self.proxy.port) as slow, Wire.to(self.proxy.port) as idle:
            slow.send(b"GET http://x/ HTTP/1.1\r\n")
            self.assertTrue(slow.to_the_end().startswith(b"HTTP/1.1 408 "))
            self.assertEqual(idle.to_the_end(), b"")

    def test_readers_that_do_not_read(self):
        body = b"x" * (1 << 20)

        def serve(wire):
            read_request(wire)
            wire.send(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % HUGE)
            for _ in range(HUGE // len(body)):
                if not wire.send(body):
                    return

        before = self.proxy.memory_kb("VmHWM")
        with Origin(serve) as origin, contextlib.ExitStack() as stack:
            readers = [stack.enter_context(Wire.to(self.proxy.port, receive_buffer=4096)) for _ in range(SLOW_READERS)]
            for wire in readers:
                wire.send(get(origin.host))
            for wire in readers:  # begun, and then nothing is read until the proxy gives up
                wire.until(HEAD_END)
            self.check_it_serves(self.proxy)
            wait_until(lambda: self.proxy.sockets() <= self.open_before, "readers that do not read are let go")
        self.assertLess(self.proxy.memory_kb("VmHWM") - before, SLOW_READERS * HELD_KB + SLACK_KB)

    def test_a_slow_reader_gets_all_of_it(self):
        body = http_shapes.content(8 << 20)
        with answering(lambda head, _: response(body)) as origin, Wire.to(self.proxy.port, receive_buffer=4096) as wire:
            wire.send(get(origin.host))
            self.assertEqual(Response(wire).body, body)

    def test_rubbish_is_answered_400_and_closed(self):
        for rubbish in (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"x" * 300, b"hello\r\n\r\n", b"GET\r\n\r\n",
                        b"GET / HTTP/1.1\r\n\r\n", b"\x00" * 1000 + HEAD_END, b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"):  # fmt: skip
            with self.subTest(rubbish[:20]), Wire.to(self.proxy.port) as wire:
                wire.send(rubbish)
                self.assertRegex(wire.to_the_end(), rb"^HTTP/1\.1 (400|505|408) ")

    def test_connections_that_come_and_go(self):
        for number in range(500):
            wire = Wire.to(self.proxy.port)
            if number % 3:
                wire.send(b"GET http://127.0.0.1:1/ HT"[: number % 26])
            wire.reset() if number % 2 else wire.close()

    def test_too_many_of_one_client(self):
        proxy = self.start(config="[limits]\nconnections_per_client = 10\n")
        with contextlib.ExitStack() as stack, answering(lambda head, body: response()) as origin:
            for _ in range(10):
                wire = stack.enter_context(Wire.to(proxy.port, source="127.0.3.1"))
                wire.send(get(origin.host))
                self.assertEqual(Response(wire).status, 200)
            one_more = stack.enter_context(Wire.to(proxy.port, source="127.0.3.1"))
            one_more.send(get(origin.host))
            self.assertRegex(one_more.to_the_end(), rb"^(HTTP/1\.1 503 |$)")
            self.assertEqual(ask(proxy.port, get(origin.host), source="127.0.3.2").status, 200)


class Resources(FaultTest):
    @unittest.skipIf(IS_SANITIZED, "the sanitizer needs descriptors of its own")
    def test_no_descriptors_left_and_then_again(self):
        proxy = self.start()
        limits = resource.prlimit(proxy.pid, resource.RLIMIT_NOFILE)
        with answering(lambda head, body: response()) as origin:
            for _ in range(3):
                resource.prlimit(proxy.pid, resource.RLIMIT_NOFILE, (64, limits[1]))
                with contextlib.ExitStack() as stack:
                    clients = [stack.enter_context(Wire.to(proxy.port)) for _ in range(200)]
                    for wire in clients:
                        wire.send(get(origin.host))
                    wait_until(lambda: proxy.descriptors() >= 60, "the descriptors are used up", 10)
                begun = time.monotonic()
                self.assertEqual(ask(proxy.port, get(origin.host)).status, 200)
                self.assertLess(time.monotonic() - begun, 2)
                resource.prlimit(proxy.pid, resource.RLIMIT_NOFILE, limits)
        self.check_nothing_is_left(proxy)

    def test_waiting_for_descriptors_costs_no_processor_time(self):
        proxy = self.start()
        limits = resource.prlimit(proxy.pid, resource.RLIMIT_NOFILE)
        resource.prlimit(proxy.pid, resource.RLIMIT_NOFILE, (64, limits[1]))
        with contextlib.ExitStack() as stack:
            for _ in range(200):
                stack.enter_context(Wire.to(proxy.port))
            wait_until(lambda: proxy.descriptors() >= 60, "the descriptors are used up", 10)
            before, begun = cpu_s(proxy.pid), time.monotonic()
            wait_until(lambda: time.monotonic() - begun > 1, "a second")
            self.assertLess(cpu_s(proxy.pid) - before, 0.3)
        resource.prlimit(proxy.pid, resource.RLIMIT_NOFILE, limits)
        self.check_it_serves(proxy)


def cpu_s(pid):
    with open(f"/proc/{pid}/stat", encoding="latin-1") as file:
        fields = file.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


class Reloading(FaultTest):
    config = '[timeouts]\nstop = 5\n[access]\nconnect_ports = [443]\n'

    def connect_status(self, proxy, host):
        wire, answer = connect(proxy.port, host)
        wire.close()
        return int(answer.split()[1])

    def test_no_request_is_lost_while_the_configuration_changes(self):
        proxy = self.start()
        with answering(lambda head, body: response()) as origin, Load(proxy, origin.host) as load:
            self.assertEqual(self.connect_status(proxy, origin.host), 403)
            for number in range(10):
                proxy.config_path.write_text(f"[access]\nconnect_ports = [443, {origin.port if number % 2 == 0 else 563}]\n")
                proxy.reload()
                expected = 200 if number % 2 == 0 else 403
                wait_until(lambda expected=expected: self.connect_status(proxy, origin.host) == expected, "the reload is seen", 10)
                load.wait_for(50)
        self.assertEqual(load.failed, [])
        self.check_nothing_is_left(proxy)

    def test_a_wrong_configuration_changes_nothing(self):
        proxy = self.start()
        with answering(lambda head, body: response()) as origin, Load(proxy, origin.host, 2) as load:
            for wrong, named in (("[access]\nconnect_portz = [1]\n", "line 2"), ("[timeouts]\nhead = 0\n", "timeouts.head"),
                                 ("[access\n", "line 1"), ("\xff\x00", "proxy.toml"), (None, "proxy.toml")):  # fmt: skip
                with self.subTest(wrong):
                    notes = len(proxy.notes)
                    if wrong is None:
                        proxy.config_path.unlink()
                    else:
                        proxy.config_path.write_text(wrong, encoding="latin-1")
                    proxy.reload()
                    wait_until(lambda notes=notes, named=named: any(named in note for note in proxy.notes[notes:]),
                               f"a note with {named}", 10)  # fmt: skip
                    self.assertEqual(self.connect_status(proxy, origin.host), 403)
                    load.wait_for(20)
            proxy.config_path.write_text(f"[access]\nconnect_ports = [{origin.port}]\n")
            proxy.reload()
            wait_until(lambda: self.connect_status(proxy, origin.host) == 200, "a right configuration is taken again", 10)
        self.assertEqual(load.failed, [])

    def test_tunnels_outlive_a_reload(self):
        proxy = self.start(config='[access]\nconnect_ports = "all"\n')
        with Origin(lambda wire: [wire.send(wire.exactly(1).upper()) for _ in range(3)]) as origin:
            wire, _ = connect(proxy.port, origin.host)
            proxy.config_path.write_text("[access]\nconnect_ports = [443]\n")
            proxy.reload()
            wait_until(lambda: self.connect_status(proxy, origin.host) == 403, "the reload is seen", 10)
            for letter in (b"a", b"b", b"c"):
                wire.send(letter)
                self.assertEqual(wire.exactly(1), letter.upper())
            wire.close()


class Stopping(FaultTest):
    config = '[timeouts]\nstop = 1\n[access]\nconnect_ports = "all"\n'

    def test_what_is_under_way_is_finished_first(self):
        proxy = self.start(config="[timeouts]\nstop = 20\n")
        asked, may_go_on = threading.Event(), threading.Event()

        def serve(wire):
            read_request(wire)
            wire.send(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nfirst")
            asked.set()
            may_go_on.wait(10)
            wire.send(b"later")

        with Origin(serve) as origin, Wire.to(proxy.port) as busy, Wire.to(proxy.port) as idle:
            busy.send(get(origin.host))
            self.assertTrue(asked.wait(10))
            proxy.signal(signal.SIGTERM)
            self.assertEqual(idle.to_the_end(), b"")  # closed at once
            with self.assertRaises(OSError):
                wait_until(lambda: Wire.to(proxy.port).close(), "nobody is accepted any more", 5)
            may_go_on.set()
            self.assertEqual(Response(busy).body, b"firstlater")
            self.assertEqual(proxy.wait(), 0)

    def test_what_does_not_end_is_cut(self):
        proxy = self.start()
        with Origin(lambda wire: wire.to_the_end()) as origin:
            wires = [connect(proxy.port, origin.host)[0] for _ in range(5)]
            silent = Wire.to(proxy.port)
            silent.send(get(origin.host))
            begun = time.monotonic()
            proxy.signal(signal.SIGTERM)
            self.assertEqual(proxy.wait(), 0)
            self.assertLess(time.monotonic() - begun, 8)
            for wire in (*wires, silent):
                wire.close()

    def test_under_load(self):
        for number in (signal.SIGTERM, signal.SIGINT):
            proxy = self.start()
            with answering(lambda head, body: response(b"x" * 10_000)) as origin, Load(proxy, origin.host) as load:
                load.wait_for(200)
                self.assertEqual(load.failed, [])
                proxy.signal(number)
                self.assertEqual(proxy.wait(), 0)
            # Refused once it is down; an answer is never cut.
            self.assertEqual([failure for failure in load.failed if isinstance(failure, Broken) and failure.got], [])


class RedisServer:
    """A redis-server of the test's own, which keeps its port over restarts."""

    def __init__(self, folder):
        proxy_harness.need("redis-server")
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.folder, self.process = folder, None
        self.start()

    @property
    def url(self):
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self):
        self.process = subprocess.Popen(
            ["redis-server", "--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--dir", self.folder],
            stdout=subprocess.DEVNULL,
        )  # fmt: skip
        wait_until(self.answers, "redis-server answers")

    def answers(self):
        with contextlib.suppress(OSError, Broken), Wire.to(self.port) as wire:
            wire.send(b"PING\r\n")
            return wire.until(b"\r\n") == b"+PONG\r\n"
        return False

    def signal(self, number):
        self.process.send_signal(number)

    def kill(self):
        self.process.kill()
        self.process.wait()


class Redis(proxy_harness.Folder, FaultTest):
    JAR = b"given"

    def setUp(self):
        super().setUp()
        self.redis = RedisServer(self.folder)
        self.addCleanup(self.redis.kill)
        # What looks like a browser has to go on for two seconds otherwise.
        self.proxy = self.start("--state", self.redis.url, "--set", "challenge.engine_span=0s")

    def browse(self, origin, client, is_over):
        """A browser with a jar, until `is_over`; how many pages it saw."""
        jar, count = {}, 0
        with Wire.to(self.proxy.port, source=client) as wire:
            while not is_over():
                cookies = [f"Cookie: {'; '.join(f'{name}={value}' for name, value in jar.items())}"] if jar else []
                wire.send(get(origin.host, f"/page{count}", *BROWSER, *cookies))
                answer = Response(wire)
                self.assertEqual(answer.status, 200)
                for line in answer.head.split(b"\r\n"):
                    if line.lower().startswith(b"set-cookie:"):
                        name, _, value = line.split(b":", 1)[1].split(b";")[0].strip().decode().partition("=")
                        jar[name] = value
                count += 1
        return count

    def is_suspicious(self, origin, client):
        """A program without a jar is found out within a few requests."""
        for number in range(4):
            ask(self.proxy.port, get(origin.host, f"/{number}", *BROWSER), source=client)
        return bool(self.proxy.challenges("suspicious", client_ip=client))

    def test_killed_and_started_again_under_load(self):
        with answering(lambda head, body: response(b"<p>page", b"200 OK", b"Content-Type: text/html")) as origin:
            wait_until(lambda: self.is_suspicious(origin, "127.0.4.1"), "judging works", 10)
            over = threading.Event()
            browser = threading.Thread(target=self.browse, args=(origin, "127.0.4.2", over.is_set))
            browser.start()
            with Load(self.proxy, origin.host, 4) as load:
                for _ in range(3):
                    load.wait_for(100)
                    self.redis.kill()
                    load.wait_for(100)
                    self.redis.start()
                wait_until(lambda: self.is_suspicious(origin, "127.0.4.3"), "judging works again", 15)
            over.set()
            browser.join()
        self.assertEqual(load.failed, [])
        self.assertLess(load.slowest_s, 2)
        self.assertEqual(self.proxy.challenges("suspicious", client_ip="127.0.4.2"), [])
        words = ("redis", "state", "store")
        said = [note for note in self.proxy.notes if any(word in note.lower() for word in words)]
        self.assertTrue(said, "nothing was said about it")
        self.assertLess(len(said), 30)

    def test_stopped_in_its_tracks(self):
        with answering(lambda head, body: response()) as origin:
            wait_until(lambda: self.is_suspicious(origin, "127.0.4.1"), "judging works", 10)
            self.redis.signal(signal.SIGSTOP)
            with Load(self.proxy, origin.host, 4, BROWSER) as load:
                load.wait_for(400)
            self.assertEqual(load.failed, [])
            self.assertLess(load.slowest_s, 2)
            self.redis.signal(signal.SIGCONT)
            wait_until(lambda: self.is_suspicious(origin, "127.0.4.5"), "judging works again", 15)

    def test_not_there_at_all(self):
        self.redis.kill()
        with answering(lambda head, body: response()) as origin, Proxy("--state", self.redis.url) as proxy:
            for _ in range(5):
                self.assertEqual(ask(proxy.port, get(origin.host, "/", *BROWSER)).status, 200)
            self.assertEqual(proxy.challenges("suspicious"), [])
        self.redis.start()


if __name__ == "__main__":
    sys.dont_write_bytecode = True
    harness.main()
