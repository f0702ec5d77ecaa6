"""Fetches URLs with requests: PROXY_PORT get|session URL..."""

import sys

import requests

port, how, *urls = sys.argv[1:]
proxies = {"http": f"http://127.0.0.1:{port}"}
client = requests.Session() if how == "session" else requests
for url in urls:
    sys.stdout.write(client.get(url, proxies=proxies).text)
