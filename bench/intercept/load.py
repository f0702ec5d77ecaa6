"""Load for bench/intercept/measure: one process of several, each with its own connections through the proxy.

    load.py PROXY_PORT HOST ORIGIN_PORT ROOTS CONNECTIONS REQUESTS [hosts=N] [resume]

Opens CONNECTIONS tunnels, one after the other, each with a TLS handshake and REQUESTS requests for /1k. With hosts=N the
tunnels go to hostI.HOST for I below N, else to HOST. Prints how many requests were answered 200, and how many
handshakes were resumed."""

import socket
import ssl
import sys


def answer(stream):
    status = stream.readline()
    length = 0
    while (line := stream.readline()) not in (b"\r\n", b""):
        if line[:15].lower() == b"content-length:":
            length = int(line[15:])
    return status.split()[1:2] == [b"200"] and len(stream.read(length)) == length


def main():
    port, host, origin, roots, connections, requests = sys.argv[1:7]
    hosts = next((int(word[6:]) for word in sys.argv[7:] if word.startswith("hosts=")), 0)
    context = ssl.create_default_context(cafile=roots)
    session, answered, resumed = None, 0, 0
    for number in range(int(connections)):
        name = f"host{number % hosts}.{host}" if hosts else host
        raw = socket.create_connection(("127.0.0.1", int(port)), timeout=60)
        raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        raw.sendall(f"CONNECT {name}:{origin} HTTP/1.1\r\nHost: {name}:{origin}\r\n\r\n".encode())
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            head += raw.recv(1) or sys.exit(f"closed after {head}")
        with context.wrap_socket(raw, server_hostname=name, session=session) as client:
            resumed += client.session_reused
            asked = f"GET /1k HTTP/1.1\r\nHost: {name}:{origin}\r\nUser-Agent: load\r\n\r\n".encode()
            with client.makefile("rb") as stream:
                for _ in range(int(requests)):
                    client.sendall(asked)
                    answered += answer(stream)
            if "resume" in sys.argv:
                session = client.session
    print(answered, resumed)


if __name__ == "__main__":
    main()
