"""Shapes of requests and responses that a proxy must pass on unchanged, as a table: what the client sends, what the
origin answers, both to the byte. transparency_test.py sends each directly and through the proxy.
"""

import dataclasses
import gzip

BROWSER = (
    b"User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
    b"Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    b"Accept-Language: en-GB,en;q=0.5",
    b"Accept-Encoding: gzip, deflate",
)
SIZES = (0, 1, 2, 100, 1023, 1024, 4095, 4096, 16383, 16384, 65535, 65536, 65537, 100_000, 1 << 20)
STATUSES = {
    200: "OK", 201: "Created", 202: "Accepted", 203: "Non-Authoritative Information", 204: "No Content",
    205: "Reset Content", 206: "Partial Content", 207: "Multi-Status", 208: "Already Reported", 226: "IM Used",
    299: "Unheard Of", 300: "Multiple Choices", 301: "Moved Permanently", 302: "Found", 303: "See Other",
    304: "Not Modified", 305: "Use Proxy", 306: "Unused", 307: "Temporary Redirect", 308: "Permanent Redirect",
    399: "", 400: "Bad Request", 401: "Unauthorized", 402: "Payment Required", 403: "Forbidden", 404: "Not Found",
    405: "Method Not Allowed", 406: "Not Acceptable", 408: "Request Timeout", 409: "Conflict", 410: "Gone",
    411: "Length Required", 412: "Precondition Failed", 413: "Content Too Large", 414: "URI Too Long",
    415: "Unsupported Media Type", 416: "Range Not Satisfiable", 417: "Expectation Failed", 418: "I'm a teapot",
    421: "Misdirected Request", 422: "Unprocessable Content", 423: "Locked", 424: "Failed Dependency",
    425: "Too Early", 426: "Upgrade Required", 428: "Precondition Required", 429: "Too Many Requests",
    431: "Request Header Fields Too Large", 451: "Unavailable For Legal Reasons", 499: "Client Closed Request",
    500: "Internal Server Error", 501: "Not Implemented", 502: "Bad Gateway", 503: "Service Unavailable",
    504: "Gateway Timeout", 505: "HTTP Version Not Supported", 506: "Variant Also Negotiates",
    507: "Insufficient Storage", 508: "Loop Detected", 510: "Not Extended", 511: "Network Authentication Required",
    599: "Network Connect Timeout Error",
}  # fmt: skip


@dataclasses.dataclass(frozen=True)
class Shape:
    """`pieces`: what the origin sends, each by a call of its own; `closes`: and then it closes. `body`: the request's,
    framing included. `request_pieces`: how many the client cuts its request into."""

    name: str
    pieces: tuple
    method: bytes = b"GET"
    version: bytes = b"1.1"
    lines: tuple = BROWSER
    body: bytes = b""
    closes: bool = False
    expects: bool = False
    byte_by_byte: bool = False
    origin_form: bool = False
    query: bytes = b""

    @property
    def can_share(self):
        """Others can follow on the client's connection."""
        return not self.closes and self.version == b"1.1" and not self.expects and not any(
            line.lower().startswith(b"connection: close") for line in self.lines)  # fmt: skip


def content(size, seed=1):
    """Bytes of all values that do not repeat soon."""
    block = bytes((i * 167 + (i >> 8) * 59 + seed) & 0xFF for i in range(4096))
    return (block * (size // len(block) + 1))[:size]


def head(status, *lines, phrase=None, version=b"1.1"):
    phrase = STATUSES[status].encode() if phrase is None else phrase
    return b"HTTP/" + version + b" %d " % status + phrase + b"\r\n" + b"".join(line + b"\r\n" for line in lines) + b"\r\n"


def length(body):
    return b"Content-Length: %d" % len(body)


def chunked(body, sizes=(), extension=b"", trailer=b"", form=b"%x"):
    """`sizes` of chunks in turn; the last is used until the end."""
    sizes, out, at, number = list(sizes) or [len(body) or 1], bytearray(), 0, 0
    while at < len(body):
        piece = body[at : at + sizes[min(number, len(sizes) - 1)]]
        out += form % len(piece) + extension + b"\r\n" + piece + b"\r\n"
        at, number = at + len(piece), number + 1
    return bytes(out) + b"0" + extension + b"\r\n" + trailer + b"\r\n"


CHUNKED = b"Transfer-Encoding: chunked"


def _bodies():
    for size in SIZES:
        body = content(size)
        yield Shape(f"{size} bytes with a length", (head(200, length(body), b"Content-Type: text/html") + body,))
        yield Shape(f"{size} bytes in one chunk", (head(200, CHUNKED) + chunked(body),))
        yield Shape(f"{size} bytes in odd chunks", (head(200, CHUNKED) + chunked(body, (1, 2, 3, 1021, 7, 8191, 65537)),))
        yield Shape(f"{size} bytes until the connection closes", (head(200, b"Connection: close") + body,), closes=True)
        yield Shape(f"{size} bytes, HTTP/1.0 origin", (head(200, length(body), version=b"1.0") + body,), closes=True)
        yield Shape(f"{size} bytes, HEAD", (head(200, length(body), b"ETag: \"x\""),), method=b"HEAD")


def _chunks():
    body = content(5000)
    for why, options in {
        "extensions": {"extension": b";name=value"}, "an extension without value": {"extension": b";name"},
        "a quoted extension": {"extension": b';name="a;b c"'}, "two extensions": {"extension": b";a=1;b=2"},
        "a long extension": {"extension": b";x=" + b"y" * 3000}, "capital letters": {"form": b"%X"},
        "leading zeros": {"form": b"%08x"}, "chunks of one byte": {"sizes": (1,)},
        "a trailer": {"trailer": b"X-Check: 1\r\n"}, "trailers": {"trailer": b"X-Check: 1\r\nx-other:2\r\nX-Check: 3\r\n"},
        "a large trailer": {"trailer": b"X-Check: " + b"t" * 3000 + b"\r\n"},
        "chunks around a page": {"sizes": (4095, 1, 4096)}, "chunks of two": {"sizes": (2,)},
    }.items():  # fmt: skip
        announced = (b"Trailer: X-Check",) if "trailer" in options else ()
        yield Shape(f"chunks with {why}", (head(200, CHUNKED, *announced) + chunked(body, **{"sizes": (900,), **options}),))
    parts = [head(200, CHUNKED), *(b"%x\r\n" % len(piece) + piece + b"\r\n" for piece in (b"a", b"bc", content(3000))), b"0\r\n\r\n"]  # fmt: skip
    yield Shape("chunks sent one by one", tuple(parts))
    whole = head(200, CHUNKED) + chunked(content(40), (7,), b";e", b"T: 1\r\n")
    yield Shape("chunks sent byte by byte", tuple(whole[i : i + 1] for i in range(len(whole))))
    yield Shape("chunks cut inside sizes", tuple(whole[i : i + 3] for i in range(0, len(whole), 3)))
    yield Shape("a coding in capital letters", (head(200, b"TRANSFER-ENCODING: Chunked") + chunked(body),))


def _statuses():
    for status in STATUSES:
        extra = (b"WWW-Authenticate: Basic realm=\"x\"",) if status == 401 else (b"Location: /else",) if status // 100 == 3 else ()
        if status in (204, 304):
            yield Shape(f"status {status}", (head(status, b"ETag: \"1\"", *extra),))
            continue
        body = b"" if status == 205 else b"<p>%d</p>" % status
        yield Shape(f"status {status}", (head(status, length(body), *extra) + body,))
        yield Shape(f"status {status}, chunked", (head(status, CHUNKED, *extra) + chunked(body),))
        yield Shape(f"status {status}, HEAD", (head(status, length(b"x" * 70), *extra),), method=b"HEAD")
    yield Shape("304 with the length of what is not sent", (head(304, b"Content-Length: 5000"),))
    yield Shape("status with another phrase", (head(200, length(b"ok"), phrase=b"Everything (is) fine, 100%!") + b"ok",))
    yield Shape("status with an empty phrase", (head(200, length(b"ok"), phrase=b"") + b"ok",))
    yield Shape("status with a phrase beyond ASCII", (head(404, length(b"no"), phrase=b"Introuvable \xe9\xc3\xa9") + b"no",))


def _requests():
    ok = (head(200, length(b"ok")) + b"ok",)
    for method in (b"GET", b"POST", b"PUT", b"DELETE", b"PATCH", b"OPTIONS", b"PROPFIND", b"REPORT", b"MKCOL", b"SEARCH"):
        name, body = method.decode(), content(700, 3)
        nothing = (*BROWSER, b"Content-Length: 0") if method in (b"POST", b"PUT", b"PATCH") else BROWSER
        chunks = chunked(body, (1, 100, 33), b";q", b"T: u\r\n")
        yield Shape(f"{name} without a body", ok, method, lines=nothing)
        yield Shape(f"{name} with a body", ok, method, lines=(*BROWSER, length(body)), body=body)
        yield Shape(f"{name} with chunks", ok, method, lines=(*BROWSER, CHUNKED), body=chunks)
    yield Shape("a method nobody knows", ok, b"BREW")
    yield Shape("a method nobody knows, with a body", ok, b"X-Frob_1!", lines=(*BROWSER, length(b"coffee")), body=b"coffee")
    waits = b"Expect: 100-continue"
    for size in SIZES:
        body = content(size, 5)
        chunks = chunked(body, (13, 4096, 70_000))
        patient = (*BROWSER, waits, length(body))
        yield Shape(f"upload of {size} bytes", ok, b"POST", lines=(*BROWSER, length(body)), body=body)
        yield Shape(f"upload of {size} bytes in chunks", ok, b"PUT", lines=(*BROWSER, CHUNKED), body=chunks)
        yield Shape(f"upload of {size} bytes that waits for 100", ok, b"POST", lines=patient, body=body, expects=size > 0)
    patient = (*BROWSER, waits, CHUNKED)
    yield Shape("chunked upload that waits for 100", ok, b"POST", lines=patient, body=chunked(content(300)), expects=True)
    short = chunked(content(40), (7,), b";e")
    yield Shape("request sent byte by byte", ok, byte_by_byte=True)
    yield Shape("upload sent byte by byte", ok, b"POST", lines=(*BROWSER, CHUNKED), body=short, byte_by_byte=True)
    yield Shape("origin-form", ok, origin_form=True)
    yield Shape("origin-form with a body", ok, b"POST", lines=(*BROWSER, length(b"abc")), body=b"abc", origin_form=True)
    for why, query in {"an empty query": b"?", "a query": b"?a=b&c=%20d;e=/x?y", "odd characters": b"?q=[a]{b}|c\\d^e`f\"g<h>'",
                       "escapes": b"/%41%2f%00%zz/../a/./b//c", "a long path": b"/" + b"p" * 8000,
                       "dots": b"/a/../../b/./c", "a colon": b"/a:b@c,d;e=f!g$h&(i)*+"}.items():  # fmt: skip
        yield Shape(f"target with {why}", ok, query=query)


FIELDS = {
    "a long value": (b"X-Long: " + b"v" * 8000,),
    "a very long value": (b"X-Long: " + b"v" * 30_000,),
    "many fields": tuple(b"X-Field-%d: value %d" % (i, i) for i in range(150)),
    "duplicates": (b"X-Twice: 1", b"Cache-Control: no-cache", b"X-Twice: 2", b"x-twice: 3"),
    "odd case": (b"x-LOWER-upper: 1", b"cONTENT-lANGUAGE: en", b"ETAG: \"a\""),
    "no space behind the colon": (b"X-Tight:value",),
    "much space around values": (b"X-Wide: \t  value \t ", b"X-Tab:\tvalue"),
    "empty values": (b"X-Empty:", b"X-Blank: ", b"X-Last:\t"),
    "bytes beyond ASCII": (b"X-Latin: caf\xe9", b"X-Utf8: caf\xc3\xa9", b"X-High: \x80\xff"),
    "all characters of names": (b"!#$%&'*+-.^_`|~09azAZ: token",),
    "punctuation in values": (b"X-Marks: \"quoted \\\" text\", (comment), <a>; b=c, {d} [e] @f",),
    "an order of their own": (b"Z: 1", b"A: 2", b"M: 3", b"B: 4", b"a: 5"),
    "a colon in the value": (b"X-Time: 12:30:00", b"X-Colon: :"),
}
COOKIES = {
    "cookies of the origin's": (b"Set-Cookie: a=1; Path=/", b"Set-Cookie: b=2; HttpOnly", b"set-cookie: c=\"x y\"; Secure"),
    "cookie of an odd form": (b"Set-Cookie: =;;; a", b"Set-Cookie: noequals"),
}


def _fields():
    for why, lines in {**FIELDS, **COOKIES}.items():
        yield Shape(f"response with {why}", (head(200, *lines, length(b"ok")) + b"ok",))
        yield Shape(f"chunked response with {why}", (head(200, CHUNKED, *lines) + chunked(b"ok"),))
    for why, lines in FIELDS.items():
        yield Shape(f"request with {why}", (head(200, length(b"ok")) + b"ok",), lines=(lines[0], *BROWSER, *lines[1:]))
    for why, lines in {"cookies": (b"Cookie: a=1; b=\"2\"; c",), "cookies in two fields": (b"Cookie: a=1", b"Cookie: b=2"),
                       "cookies of an odd form": (b"cookie:a=1;b=2;;  c=3 ;=x;",), "credentials": (b"Authorization: Basic eDp5",),
                       "conditions": (b"If-None-Match: \"a\", W/\"b\"", b"If-Modified-Since: Sat, 01 Jan 2022 00:00:00 GMT"),
                       "a range": (b"Range: bytes=0-99,200-299",)}.items():  # fmt: skip
        yield Shape(f"request with {why}", (head(200, length(b"ok")) + b"ok",), lines=(*BROWSER, *lines))
    whole = head(200, b"X-Slow: yes", length(b"body")) + b"body"
    yield Shape("response sent byte by byte", tuple(whole[i : i + 1] for i in range(len(whole))))
    for at in (1, 8, 9, 12, 15, 17, len(whole) - 5, len(whole) - 4, len(whole) - 1):
        yield Shape(f"response sent in two, cut at {at}", (whole[:at], whole[at:]))


def _interim():
    final = head(200, length(b"ok")) + b"ok"
    hints = head(103, b"Link: </style.css>; rel=preload; as=style", b"X-Odd:  y", phrase=b"Early Hints")
    for why, interims in {"103": (hints,), "103 twice": (hints, hints), "102": (head(102, phrase=b"Processing"),),
                          "100 unasked": (head(100, phrase=b"Continue"),), "199": (head(199, phrase=b"Misc"),),
                          "102, 103 and 100": (head(102, phrase=b"Processing"), hints, head(100, phrase=b"Continue"))}.items():  # fmt: skip
        yield Shape(f"interim {why}", (*interims, final))
        yield Shape(f"interim {why}, in one piece", (b"".join(interims) + final,))
        yield Shape(f"interim {why}, POST", (*interims, final), b"POST", lines=(*BROWSER, length(b"abc")), body=b"abc")


def _ranges_and_codings():
    part = content(100)
    kind = b"Content-Type: multipart/byteranges; boundary=sep"
    one = b"Content-Range: bytes 0-99/5000"
    many = b"--sep--\r\n"
    for at in (500, 0):
        many = b"--sep\r\nContent-Range: bytes %d-%d/5000\r\n\r\n" % (at, at + 99) + part + b"\r\n" + many
    ranged = (*BROWSER, b"Range: bytes=0-99")
    yield Shape("range", (head(206, one, length(part)) + part,), lines=ranged)
    yield Shape("range in chunks", (head(206, one, CHUNKED) + chunked(part, (9,)),), lines=ranged)
    yield Shape("ranges", (head(206, kind, length(many)) + many,), lines=ranged)
    yield Shape("ranges in chunks", (head(206, kind, CHUNKED) + chunked(many, (50,)),), lines=ranged)
    yield Shape("range that is not there", (head(416, b"Content-Range: bytes */5000", length(b"")),), lines=ranged)
    packed = gzip.compress(content(50_000), mtime=0)
    coding = b"Content-Encoding: gzip"
    yield Shape("gzip with a length", (head(200, coding, length(packed)) + packed,))
    yield Shape("gzip in chunks", (head(200, coding, CHUNKED) + chunked(packed, (1000, 1)),))
    yield Shape("gzip until the connection closes", (head(200, coding, b"Connection: close") + packed,), closes=True)
    yield Shape("unknown coding", (head(200, b"Content-Encoding: x-own, br", length(packed)) + packed,))


def _ends():
    body = content(10_000)
    for at in (0, 1, 5000, 9999):
        yield Shape(f"closed after {at} of 10000 bytes", (head(200, length(body)) + body[:at],), closes=True)
    whole = chunked(body, (1000,), trailer=b"T: 1\r\n")
    for at in (0, 1, 3, 4, 5, 1005, 1007, 5432, len(whole) - 9, len(whole) - 2, len(whole) - 1):
        yield Shape(f"closed after {at} bytes of chunks", (head(200, CHUNKED) + whole[:at],), closes=True)
    yield Shape("closed although kept alive", (head(200, length(b"ok")) + b"ok",), closes=True)
    yield Shape("Connection: close, with a length", (head(200, b"Connection: close", length(b"ok")) + b"ok",), closes=True)
    yield Shape("Connection: close, in chunks", (head(200, b"Connection: close", CHUNKED) + chunked(b"ok"),), closes=True)
    yield Shape("204 and close", (head(204, b"Connection: close"),), closes=True)


def _versions():
    for why, version, lines in (("1.0", b"1.0", ()), ("1.0, keep-alive", b"1.0", (b"Connection: keep-alive",)),
                                ("1.1, close", b"1.1", (b"Connection: close",)),
                                ("1.0, Proxy-Connection", b"1.0", (b"Proxy-Connection: Keep-Alive",)),
                                ("1.1, Proxy-Connection: close", b"1.1", (b"Proxy-Connection: close", b"Connection: close"))):  # fmt: skip
        for size in (0, 10, 100_000):
            body = content(size)
            options = {"version": version, "lines": (*BROWSER, *lines)}
            yield Shape(f"HTTP/{why}: {size} bytes with a length", (head(200, length(body)) + body,), **options)
            yield Shape(f"HTTP/{why}: {size} bytes from 1.0", (head(200, length(body), version=b"1.0") + body,), closes=True, **options)
            yield Shape(f"HTTP/{why}: {size} bytes until the end", (head(200, b"Connection: close") + body,), closes=True, **options)
            yield Shape(f"HTTP/{why}: {size} bytes in chunks", (head(200, CHUNKED) + chunked(body, (999,), b"", b"T: 1\r\n"),), **options)
        ok = head(200, length(b"ok")) + b"ok"
        posted = {**options, "lines": (*options["lines"], length(b"abc")), "body": b"abc"}
        yield Shape(f"HTTP/{why}: interim", (head(103, b"Link: </a>", phrase=b"Early Hints") + ok,), **options)
        yield Shape(f"HTTP/{why}: POST", (ok,), b"POST", **posted)
    yield Shape("HTTP/1.0 origin that keeps its connection", (head(200, b"Connection: keep-alive", length(b"ok"), version=b"1.0") + b"ok",))
    yield Shape("HTTP/1.0 origin until the end", (head(200, version=b"1.0") + b"until the end",), closes=True)


def all_shapes():
    groups = (_bodies, _chunks, _statuses, _requests, _fields, _interim, _ranges_and_codings, _ends, _versions)
    return [shape for group in groups for shape in group()]
