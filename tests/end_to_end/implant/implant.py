"""Plays the rows of `implants.toml`: harmless requests over a socket, through a proxy on loopback, to a site on
loopback.

It imitates heads, jars, rhythm and use of connections; it carries nothing and obeys nothing. It refuses to talk to
anything that is not this machine.
"""

import dataclasses
import email.utils
import ipaddress
import pathlib
import re
import socket
import time
import tomllib

TABLE = pathlib.Path(__file__).parent / "implants.toml"
_OURS = re.compile(r"^([^=;\s]+)=(1\.\d+\.[A-Za-z0-9_-]{16}\.[A-Za-z0-9_-]{8})(?:;|$)")
_OLD_JARS = ("wininet", "winhttp")
_WAIT_S = 20


@dataclasses.dataclass
class Row:
    name: str
    family: str
    why: str
    head: str
    jar: str
    connection: str
    interval_ms: int
    requests: int
    expect: str
    body: str | None = None

    @property
    def user_agent(self):
        found = re.search(r"^User-Agent: (.*)$", self.head, re.MULTILINE)
        return found[1] if found else ""


def rows():
    """The table, defaults filled in."""
    table = tomllib.loads(TABLE.read_text(encoding="utf-8"))
    return [Row(**{**table["defaults"], **row}) for row in table["implant"]]


@dataclasses.dataclass
class Answer:
    status: int
    set_cookies: list


class Implant:
    """One program on one machine. `source`: the address that it has there; `tls`: what it believes (an SSLContext), where
    it is to speak HTTPS."""

    def __init__(self, row, proxy_port, host, port, source="127.0.0.1", tls=None):
        if not ipaddress.ip_address(source).is_loopback:
            raise ValueError(f"{source} is not this machine")
        self._row, self._proxy, self._source = row, ("127.0.0.1", proxy_port), source
        self._host, self._port = host, port
        self._number, self._stream, self._tls = 0, None, tls
        self.jar = {}  # what it was given
        self.answers = []

    def run(self, requests=None):
        """Sends its requests in its rhythm; the answers' statuses."""
        for number in range(requests or self._row.requests):
            if number:
                time.sleep(self._row.interval_ms / 1000)
            self.beat()
        return [answer.status for answer in self.answers]

    def beat(self):
        """One request and its answer."""
        self._number += 1
        if self._stream is None:
            self._connect()
        self._stream.write(self._request())
        self._stream.flush()
        self.answers.append(self._read_answer())
        if self._row.connection == "new":
            self.close()
        return self.answers[-1]

    def _connect(self):
        connection = socket.create_connection(self._proxy, _WAIT_S, (self._source, 0))
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if self._tls is not None:
            connection = self._tls.wrap_socket(self._tunnel(connection), server_hostname=self._host)
        self._stream = connection.makefile("rwb")
        connection.close()

    def _tunnel(self, connection):
        """As a library does it for its program: with the User-Agent that this has."""
        where = f"{self._host}:{self._port}"
        agent = f"User-Agent: {self._row.user_agent}\r\n" if self._row.user_agent else ""
        connection.sendall(f"CONNECT {where} HTTP/1.1\r\nHost: {where}\r\n{agent}\r\n".encode())
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            byte = connection.recv(1)  # no more than the head: behind it is TLS
            if not byte:
                raise ConnectionError(f"the proxy ended the connection: {head!r}")
            head += byte
        if head.split(b" ")[1] != b"200":
            raise ConnectionError(f"no tunnel: {head!r}")
        return connection

    def close(self):
        if self._stream is not None:
            self._stream.close()
        self._stream = None

    def _request(self):
        where = f"{self._host}:{self._port}"
        text = self._row.head.strip("\n").replace("{host}", where).replace("{n}", str(self._number))
        first, *fields = text.split("\n")
        method, path, version = first.split(" ")
        self._path = path.partition("?")[0]
        if self._row.body:
            fields.append(f"Content-Length: {len(self._row.body.encode())}")
        if cookies := self._cookies():
            fields.append("Cookie: " + cookies)
        target = path if self._tls is not None else f"http://{where}{path}"
        lines = [f"{method} {target} {version}", *fields, "", ""]
        return "\r\n".join(lines).encode() + (self._row.body or "").encode()

    def _cookies(self):
        """What its jar makes of what it was given."""
        made = {"naive": lambda value: value, "copied": lambda value: value, "garbled": lambda _: "none of your business",
                "forged": _forged, "wininet": lambda value: value, "winhttp": lambda value: value}  # fmt: skip
        if self._row.jar not in made:
            return ""
        return "; ".join(f"{name}={made[self._row.jar](value)}" for name, value in self.jar.items())

    def _read_answer(self):
        status = int(self._line().split(b" ")[1])
        fields = {}
        while line := self._line():
            name, _, value = line.decode("latin-1").partition(":")
            fields.setdefault(name.lower(), []).append(value.strip())
        self._read_body(status, fields)
        self._keep(fields.get("set-cookie", []))
        if status < 200:
            return self._read_answer()
        return Answer(status, fields.get("set-cookie", []))

    def _line(self):
        line = self._stream.readline()
        if not line.endswith(b"\r\n"):
            raise ConnectionError(f"the proxy ended the connection: {line!r}")
        return line[:-2]

    def _read_body(self, status, fields):
        if status < 200 or status in (204, 304) or self._row.head.lstrip().startswith("HEAD "):
            return
        if "chunked" in fields.get("transfer-encoding", []):
            while size := int(self._line(), 16):
                self._stream.read(size + 2)
            self._line()
        elif "content-length" in fields:
            self._stream.read(int(fields["content-length"][0]))
        else:
            self._stream.read()

    def _keep(self, set_cookies):
        for line in set_cookies:
            name, _, value = line.partition(";")[0].partition("=")
            if self._row.jar in _OLD_JARS:
                kept = _is_kept(line, self._row.jar, self._path, self._tls is not None)
            else:
                kept = self._row.jar == "naive" or (self._row.jar != "copied" and _OURS.match(line))
            if kept:
                self.jar[name] = value


def _forged(value):
    """The same epoch, another code, and a tag that does not belong to it."""
    version, epoch, code, tag = value.split(".")
    return ".".join((version, epoch, code[::-1], tag[::-1]))


def _is_kept(line, jar, path, is_https):
    """By the rules of before RFC 6265, as documented: of Netscape (WinINet), which know Expires, Path, Domain and Secure; and
    of RFC 2109 (WinHTTP), which know Max-Age as well. Neither knows SameSite, Partitioned, or prefixes of names."""
    known = {}
    for part in line.split(";")[1:]:
        name, _, value = part.strip().partition("=")
        known[name.lower()] = value
    if "secure" in known and not is_https or not path.startswith(known.get("path", "/")):
        return False
    if jar == "winhttp" and "max-age" in known:
        return int(known["max-age"]) > 0
    expires = known.get("expires")
    return expires is None or email.utils.parsedate_to_datetime(expires).timestamp() > time.time()
