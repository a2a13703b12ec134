#!/usr/bin/env python3
"""Opens connections that do nothing, for bench/run: each makes one request and then stays, until the server ends it. Prints how many are
open; at the end of its input prints how many still are, and ends. They come from several loopback addresses, each of which has ports for
10,000.

usage: idle.py PORT COUNT
"""
import resource
import select
import socket
import sys

EACH = 10_000
BIND_ADDRESS_NO_PORT = 24
REQUEST = b'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n'


def main():
    port, count = int(sys.argv[1]), int(sys.argv[2])
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    clients = {}
    for number in range(count):
        client = opened(port, number)
        clients[client.fileno()] = client
    print('open', len(clients), flush=True)
    stay(clients)
    print('alive', len(clients), flush=True)


def opened(port, number):
    client = socket.socket()
    # The kernel chooses the port when it knows both ends: then it can use one for several servers.
    client.setsockopt(socket.IPPROTO_IP, BIND_ADDRESS_NO_PORT, 1)
    client.bind(('127.0.0.%d' % (2 + number // EACH), 0))
    client.settimeout(20)
    client.connect(('127.0.0.1', port))
    client.sendall(REQUEST)
    got = b''
    while b'Hello, World!' not in got:
        more = client.recv(4096)
        if not more:
            raise SystemExit('the server closed connection %d after %r' % (number, got))
        got += more
    return client


def stay(clients):
    """Closes what the server has closed, as a client does, until the end of the input."""
    watched = select.epoll()
    watched.register(sys.stdin.fileno(), select.EPOLLIN | select.EPOLLHUP)
    for number in clients:
        watched.register(number, select.EPOLLIN)
    while True:
        for number, _ in watched.poll():
            if number == sys.stdin.fileno():
                return
            clients.pop(number).close()


main()
