"""The pages of `web_site.py`: what comes for which path. Functions of the request alone, so that two visits see the
same.

A page that runs something is done when its script has set `window.done`; one without is done when it is loaded.
"""

import base64
import dataclasses
import email.utils
import time

_PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
)
_SLOW_S = 0.02  # what an image takes, so that a page's are fetched side by side
DOWNLOAD = bytes(range(256)) * 1024
_MODIFIED = email.utils.formatdate(1_700_000_000, usegmt=True)
# Every cookie that these sites set, or that their scripts make.
COOKIE_NAMES = {"shop_session", "basket", "ad_id", "portal_session", "theme", "visit"}


@dataclasses.dataclass
class Page:
    body: bytes = b""
    status: int = 200
    fields: list = dataclasses.field(default_factory=list)
    chunks: list = dataclasses.field(default_factory=list)


def html(body, *fields, status=200, head=""):
    text = f"<!doctype html><html><head><meta charset=utf-8><title>page</title>{head}</head><body>{body}</body></html>"
    return Page(text.encode(), status, [("Content-Type", "text/html; charset=utf-8"), *fields])


def _redirect(status, location, *fields):
    return Page(b"moved\n", status, [("Location", location), ("Content-Type", "text/plain"), *fields])


def _home(at, **_):
    head = ('<link rel=stylesheet href="/style.css"><script src="/script.js"></script>'
            f'<script crossorigin src="{at("cdn.example.net", "/library.js")}"></script>')  # fmt: skip
    images = [f"/img/{number}.png" for number in range(6)]
    images += [at("static.shop.example", "/img/logo.png"), at("cdn.example.net", "/img/banner.png")]
    images += [at("cdn.example.net", "/img/hidden.png") + '" referrerpolicy="no-referrer']
    body = "".join(f'<img alt="" src="{image}">' for image in images)
    body += f'<iframe src="{at("ads.example.org", "/advertisement")}"></iframe>'
    body += f'<a id=news href="{at("news.example.com", "/article")}">news</a><a id=account href=/account>account</a>'
    return html(body, ("Set-Cookie", "visit=1; Path=/"), head=head)


def _slow(**_):
    """A page that takes so long that a browser's connections to one host are all in use when many are opened."""
    time.sleep(50 * _SLOW_S)
    return html("<p>slow</p>")


def _style(at, **_):
    font = at("fonts.example.net", "/font.woff2")
    text = f'@font-face {{ font-family: f; src: url("{font}") }}'
    text += "body { font-family: f; background: url(/img/back.png) }"
    return Page(text.encode(), 200, [("Content-Type", "text/css"), ("Cache-Control", "max-age=600")])


def _script(**_):
    return Page(b"window.loaded = true", 200, [("Content-Type", "text/javascript"), ("Cache-Control", "max-age=600"),
                                               ("Access-Control-Allow-Origin", "*")])  # fmt: skip


def _image(**_):
    time.sleep(_SLOW_S)
    return Page(_PNG, 200, [("Content-Type", "image/png"), ("Cache-Control", "no-store")])


def _font(**_):
    return Page(b"wOF2 not a font", 200, [("Content-Type", "font/woff2"), ("Access-Control-Allow-Origin", "*")])


def _advertisement(at, **_):
    return html('<img alt="" src=/img/pixel.png>', ("Set-Cookie", "ad_id=77; Path=/"))


def _article(at, **_):
    """Of another organisation; nothing on it says where it was asked from."""
    head = "<meta name=referrer content=no-referrer>"
    return html(f'<img alt="" src="{at("cdn.example.net", "/img/photo.png")}"><img alt="" src=/img/own.png>'
                f'<a id=shop href="{at("shop.example", "/")}">shop</a>', head=head)  # fmt: skip


def _fetches(at, **_):
    """Anonymous and credentialed requests across origins, one that needs a preflight, and polling."""
    api = at("api.portal.example", "/data")
    script = f"""(async () => {{
      await fetch("{api}?anonymous");
      await fetch("{api}?credentialed", {{credentials: "include"}});
      await fetch("{api}?preflight", {{method: "POST", headers: {{"Content-Type": "application/json"}}, body: "{{}}"}});
      for (let n = 0; n < 5; ++n) await fetch("/poll?n=" + n);
      window.done = true }})()"""
    return html(f"<script>{script}</script>")


def _quiet(**_):
    """Polls its own server and says to the browser that no cookies are wanted."""
    script = """(async () => { for (let n = 0; n < 5; ++n) await fetch("/poll?quiet=" + n, {credentials: "omit"});
      window.done = true })()"""
    return html(f"<script>{script}</script>")


def _embedder(at, **_):
    """A page that tells no other site where its visitors come from, with a frame of another site in it."""
    return html(f'<iframe src="{at("maps.example.org", "/advertisement")}"></iframe>',
                ("Referrer-Policy", "no-referrer"))  # fmt: skip


def _outside_form(at, **_):
    """A form that goes to another site."""
    return html(f'<form method=post action="{at("shop.example", "/login")}"><input name=user value=ann></form>')


def _ahead(**_):
    """A page that has the next one fetched ahead, and says good-bye."""
    script = "<script>onpagehide = () => navigator.sendBeacon('/poll?beacon')</script>"
    return html(script + "<a id=next href=/landed>next</a>",
                head="<link rel=prefetch href=/landed><link rel=manifest href=/manifest.json>")  # fmt: skip


def _data(seen, **_):
    origin = seen.field("origin")
    allow = [("Access-Control-Allow-Origin", origin), ("Access-Control-Allow-Credentials", "true")] if origin else []
    if seen.method == "OPTIONS":
        return Page(b"", 204, [*allow, ("Access-Control-Allow-Methods", "POST"),
                               ("Access-Control-Allow-Headers", "content-type")])  # fmt: skip
    return Page(b"{}", 200, [("Content-Type", "application/json"), ("Cache-Control", "no-store"), *allow])


def _cookies_of_script(**_):
    """What a page's script sees of cookies goes to the origin, where the test looks at it."""
    return html("""<script>document.cookie = "theme=dark; path=/";
      fetch("/seen?" + encodeURIComponent(document.cookie)).then(() => window.done = true)</script>""")


def _login(seen, **_):
    if seen.method == "POST":
        return _redirect(303, "/account", ("Set-Cookie", "shop_session=s3cr3t-of-ann; Path=/; HttpOnly"),
                         ("Set-Cookie", "basket=empty; Path=/; SameSite=Strict"))  # fmt: skip
    return html("<form method=post action=/login><input name=user value=ann><input name=word value=x></form>")


def _account(seen, **_):
    if "shop_session=s3cr3t-of-ann" not in seen.cookie:
        return _redirect(302, "/login")
    return html("<p id=name>ann</p><a id=out href=/logout>out</a>")


def _logout(**_):
    return _redirect(302, "/login", ("Set-Cookie", "shop_session=; Path=/; Max-Age=0"))


def _hop(asked, at, **_):
    """/hop?code=302&times=3[&host=…]: redirects that many times, then to the other host's /landed."""
    code, times = int(asked["code"]), int(asked["times"])
    if times > 1:
        rest = f"&host={asked['host']}" if "host" in asked else ""
        return _redirect(code, f"/hop?code={code}&times={times - 1}{rest}")
    return _redirect(code, at(asked["host"], "/landed") if "host" in asked else "/landed")


def _validated(seen, **_):
    fields = [("ETag", '"v1"'), ("Last-Modified", _MODIFIED), ("Cache-Control", "no-cache")]
    if seen.field("if-none-match") == '"v1"':
        return Page(b"", 304, fields)
    return html("<p>validated</p>", *fields)


def _chunked(**_):
    chunks = [b"<!doctype html><title>chunked</title>", *(b"<p>part %d</p>" % number for number in range(20))]
    return Page(b"".join(chunks), 200, [("Content-Type", "text/html")], chunks)


_SOCKET = """<script>const socket = new WebSocket(location.origin.replace("http", "ws") + "/socket"); let heard = [];
socket.onopen = () => ["one", "two", "three"].forEach(text => socket.send(text));
socket.onmessage = message => { heard.push(message.data); if (heard.length == 3) socket.close() };
socket.onclose = () => { window.heard = heard.join(); window.done = true }</script>"""
_EVENTS = """<script>const events = new EventSource("/events"); let heard = [];
events.onmessage = message => { heard.push(message.data);
  if (message.data == "4") { events.close(); window.heard = heard.join(); window.done = true } }</script>"""
_DOWNLOAD = [("Content-Type", "application/octet-stream"), ("Content-Disposition", 'attachment; filename="data.bin"')]

_PAGES = {
    "/": _home,
    "/slow": _slow,
    "/style.css": _style,
    "/script.js": _script,
    "/library.js": _script,
    "/font.woff2": _font,
    "/advertisement": _advertisement,
    "/article": _article,
    "/fetches": _fetches,
    "/quiet": _quiet,
    "/embedder": _embedder,
    "/outside-form": _outside_form,
    "/ahead": _ahead,
    "/manifest.json": lambda **_: Page(b"{}", 200, [("Content-Type", "application/json")]),
    "/data": _data,
    "/poll": _data,
    "/seen": _data,
    "/script-cookies": _cookies_of_script,
    "/login": _login,
    "/account": _account,
    "/logout": _logout,
    "/hop": _hop,
    "/landed": lambda **_: html("<p>landed</p><img alt='' src=/img/landed.png>"),
    "/plain": lambda **_: Page(b"plain text\n", 200, [("Content-Type", "text/plain")]),
    "/validated": _validated,
    "/chunked": _chunked,
    "/download": lambda **_: Page(DOWNLOAD, 200, list(_DOWNLOAD)),
    "/meta-refresh": lambda **_: html("", head='<meta http-equiv=refresh content="0; url=/landed">'),
    "/refresh": lambda **_: html("", ("Refresh", "0; url=/landed")),
    "/websocket": lambda **_: html(_SOCKET),
    "/listen": lambda **_: html(_EVENTS),
    "/set": lambda asked, **_: html("<p>set</p>", *(("Set-Cookie", f"{k}={v}; Path=/") for k, v in asked.items())),
    "/favicon.ico": _image,
}


def answer(seen, path, asked, port, scheme="http"):
    """The page for a request; `asked` is its query. Scheme and port are what its links name."""
    page = _PAGES.get(path) or (_image if path.startswith("/img/") else None)
    if page is None:
        return html("<p>There is no such page.</p><img alt='' src=/img/lost.png>", status=404)
    return page(seen=seen, asked=asked, at=lambda host, to: f"{scheme}://{host}:{port}{to}")
