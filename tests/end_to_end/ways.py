"""The ways through mogura that clients are sent, each with the same face: its own proxy, on plain HTTP and on HTTPS that
it opens, and Squid with `mogura icap` beside it, on plain HTTP and on HTTPS that squid-openssl opens.

    with BesideBump(folder, ["shop.example"], site.port) as way:
        way.url("shop.example", "/")      what a client is to fetch
        way.telling()                     the environment that tells it of the proxy and of the authority
        way.stop()                        from here on, events are complete
        way.verdicts(host="shop.example")

The site speaks plain HTTP. Where a way is HTTPS, nginx stands in front of it with a certificate for the names, and tells
the site in X-Protocol what it was spoken to in.
"""

import contextlib
import pathlib
import ssl
import subprocess

import http2_lab
from proxy_harness import Proxy, environment, need, wait_until
from squid_harness import Icap, Squid, bumping
from tls_lab import Authority, Lab

_NGINX = """
daemon off; master_process off; pid {folder}/nginx.pid; error_log {folder}/error.log;
events {{ worker_connections 1024; }}
http {{
  access_log off; client_max_body_size 0; client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
  map $http_upgrade $onwards {{ default upgrade; "" ""; }}
  server {{
    listen 127.0.0.1:{port} ssl{http2};
    ssl_certificate {certificate}; ssl_certificate_key {certificate};
    location / {{
      proxy_pass http://127.0.0.1:{behind}; proxy_http_version 1.1; proxy_buffering off;
      proxy_set_header Host $http_host; proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection $onwards;
      proxy_set_header X-Protocol $server_protocol;
    }}
  }}
}}
"""
_STORE_PASSWORD = "changeit"


class TlsFront(http2_lab.Program):
    """nginx with TLS in front of what listens on port `behind`."""

    def __init__(self, folder, certificate, behind, http2=False):
        need("nginx")
        folder = pathlib.Path(folder)
        folder.mkdir()
        port = http2_lab.free_port()
        (folder / "nginx.conf").write_text(_NGINX.format(folder=folder, port=port, certificate=certificate, behind=behind,
                                                         http2=" http2" if http2 else ""))  # fmt: skip
        super().__init__(port, "nginx", "-e", folder / "error.log", "-c", folder / "nginx.conf")


class Way(contextlib.ExitStack):
    """`settings`: for mogura, words of --set."""

    scheme = "http"
    speaks_http2 = False

    def __init__(self, folder, names, port, settings=(), **more):
        super().__init__()
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(exist_ok=True)
        self.folder.chmod(0o755)
        self.port = port
        self.authority = None  # whom clients must trust, a file
        options = [word for each in settings for word in ("--set", each)]
        try:
            self._judge, self._proxy = self._start(list(names), options, **more)
        except BaseException:
            self.close()
            raise

    def _start(self, names, options, **more):
        """Whoever has the events, and whom clients connect to."""
        raise NotImplementedError

    @property
    def proxy_port(self):
        return self._proxy.port

    @property
    def proxy_url(self):
        return self._proxy.url

    def url(self, host, path="/"):
        return f"{self.scheme}://{host}:{self.port}{path}"

    def verdicts(self, *about, **fields):
        return self._judge.verdicts(*about, **fields)

    def challenges(self, *about, **fields):
        return self._judge.challenges(*about, **fields)

    def events(self, *about, **fields):
        return self._judge.events(*about, **fields)

    def wait_for_verdict(self, verdict, **fields):
        return wait_until(lambda: self.verdicts(verdict, **fields), lambda: f"no {verdict} of {fields}: {self.events(**fields)}")

    def stop(self):
        self._judge.stop()

    def telling(self, home):
        """What programs read: curl, wget, lynx, git, Python, Go; Java its properties."""
        system = {"http.proxyHost": "127.0.0.1", "http.proxyPort": self.proxy_port, "http.nonProxyHosts": "",
                  "https.proxyHost": "127.0.0.1", "https.proxyPort": self.proxy_port}  # fmt: skip
        trust = {}
        if self.authority:
            trust = dict.fromkeys(("CURL_CA_BUNDLE", "GIT_SSL_CAINFO", "REQUESTS_CA_BUNDLE", "SSL_CERT_FILE",
                                   "NODE_EXTRA_CA_CERTS"), str(self.authority))  # fmt: skip
            system |= {"javax.net.ssl.trustStore": self._java_store(),
                       "javax.net.ssl.trustStorePassword": _STORE_PASSWORD}  # fmt: skip
        java = " ".join(f"-D{name}={value}" for name, value in system.items())
        return environment(home, http_proxy=self.proxy_url, https_proxy=self.proxy_url, JAVA_TOOL_OPTIONS=java, **trust)

    def _java_store(self):
        store = self.folder / "trust.p12"
        if not store.exists():
            need("keytool")
            subprocess.run(["keytool", "-importcert", "-noprompt", "-alias", "test", "-file", self.authority,
                            "-keystore", store, "-storetype", "PKCS12", "-storepass", _STORE_PASSWORD],
                           check=True, capture_output=True)  # fmt: skip
        return store

    def tls(self):
        """For a client that makes its own connections; nothing where the way is not HTTPS."""
        return ssl.create_default_context(cafile=self.authority) if self.authority else None

    def _put_tls_in_front(self, origins, names):
        certificate = origins.issue(names[0], names=",".join(f"DNS:{name}" for name in names))
        self.port = self.enter_context(TlsFront(self.folder / "front", certificate, self.port, self.speaks_http2)).port


class Plain(Way):
    def _start(self, names, options, **more):
        proxy = self.enter_context(Proxy(names, "--connect-ports", "all", *options, **more))
        return proxy, proxy


class Opened(Way):
    """HTTPS that `mogura proxy` opens, HTTP/1.1 inside."""

    scheme = "https"

    def _start(self, names, options, **more):
        need("openssl", "curl")
        folder = self.folder / "lab"
        folder.mkdir()
        self.lab = self.enter_context(Lab(folder, names, *options, **more))
        self.authority = self.lab.certificate
        self._put_tls_in_front(self.lab.origins, names)
        return self.lab.proxy, self.lab.proxy


class OpenedHttp2(Opened):
    """The same, and both sides may speak HTTP/2."""

    speaks_http2 = True


class BesideSquid(Way):
    """ICAP does not say when a response was with the client: mogura assumes two seconds later, or when the client goes on
    on the same connection. What a program without a jar asks before that, on another connection, is no miss: one that goes on
    is known after four seconds, one that is done by then is not. So here mogura is told to take responses for delivered
    at once."""

    def _start(self, names, options, **more):
        need("squid")
        icap = self._icap(options, more)
        return icap, self.enter_context(Squid(names, icap.port, **more))

    def _icap(self, options, more):
        delivery = more.pop("delivery", "0ms")
        return self.enter_context(Icap("--set", f"icap.delivery={delivery}", *options, challenge=more.pop("challenge", "observe")))


class BesideBump(BesideSquid):
    """HTTPS that squid-openssl opens with ssl_bump."""

    scheme = "https"

    def _start(self, names, options, **more):
        need("openssl")
        origins, own = Authority(self.folder / "origins"), Authority(self.folder / "own", "Test Bump")
        self.authority = own.certificate
        self._put_tls_in_front(origins, names)
        icap = self._icap(options, more)
        return icap, self.enter_context(bumping(self.folder, names, icap.port, own, origins.certificate, **more))
