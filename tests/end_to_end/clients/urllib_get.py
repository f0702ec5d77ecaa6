"""Fetches URLs with urllib: PROXY_PORT none|jar URL..."""

import http.cookiejar
import sys
import urllib.request

port, how, *urls = sys.argv[1:]
handlers = [urllib.request.ProxyHandler({"http": f"http://127.0.0.1:{port}"})]
if how == "jar":
    handlers.append(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))
opener = urllib.request.build_opener(*handlers)
for url in urls:
    sys.stdout.write(opener.open(url).read().decode())
