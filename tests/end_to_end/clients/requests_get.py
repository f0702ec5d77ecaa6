"""Fetches URLs with requests, which the environment tells of the proxy: get|session URL..."""

import sys

import requests

how, *urls = sys.argv[1:]
client = requests.Session() if how == "session" else requests
for url in urls:
    sys.stdout.write(client.get(url).text)
