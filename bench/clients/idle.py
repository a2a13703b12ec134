#!/usr/bin/env python3
"""Opens connections that do nothing, for bench/run: each makes one request and then stays. Prints how many are open, and closes them all when
its input ends. They come from several loopback addresses, each of which has ports for 10,000.

usage: idle.py PORT COUNT
"""
import resource
import socket
import sys

EACH = 10_000
REQUEST = b'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n'


def main():
    port, count = int(sys.argv[1]), int(sys.argv[2])
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    clients = [opened(port, i) for i in range(count)]
    print('open', len(clients), flush=True)
    sys.stdin.read()
    alive = sum(1 for client in clients if stays(client))
    print('alive', alive, flush=True)


def opened(port, number):
    client = socket.socket()
    # The kernel chooses the port when it knows both ends: it can use one for several servers.
    client.setsockopt(socket.IPPROTO_IP, 24, 1)  # IP_BIND_ADDRESS_NO_PORT
    client.bind(('127.0.0.%d' % (2 + number // EACH), 0))
    client.settimeout(20)
    client.connect(('127.0.0.1', port))
    client.sendall(REQUEST)
    answer(client)
    return client


def answer(client):
    got = b''
    while b'Hello, World!' not in got:
        more = client.recv(4096)
        if not more:
            raise SystemExit('the server closed a connection after %r' % got)
        got += more


def stays(client):
    client.setblocking(False)
    try:
        return client.recv(1) != b''
    except BlockingIOError:
        return True
    except OSError:
        return False


main()
