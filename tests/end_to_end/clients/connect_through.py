"""What ssh calls a ProxyCommand: joins its standard input and output to HOST:PORT by a CONNECT. PROXY_PORT HOST:PORT"""

import os
import socket
import sys
import threading

port, target = sys.argv[1:]
connection = socket.create_connection(("127.0.0.1", int(port)))
connection.sendall(f"CONNECT {target} HTTP/1.1\r\nHost: {target}\r\nUser-Agent: connect-through/1\r\n\r\n".encode())
head = b""
while not head.endswith(b"\r\n\r\n"):
    byte = connection.recv(1)
    if not byte:
        sys.exit(1)
    head += byte
if head.split()[1] != b"200":
    sys.exit(head.decode())


def upload():
    while data := os.read(0, 65536):
        connection.sendall(data)
    connection.shutdown(socket.SHUT_WR)


threading.Thread(target=upload, daemon=True).start()
while data := connection.recv(65536):
    os.write(1, data)
