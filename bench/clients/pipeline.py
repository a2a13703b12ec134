#!/usr/bin/env python3
"""One connection with so many requests under way at any time, for bench/run: as many are sent as answers have come. Counts answers by their
length, which must not change. Prints one line as load.lua does; latencies are not measured.

usage: pipeline.py PORT DEPTH SECONDS
"""
import re
import socket
import sys
import time

REQUEST = b'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n'
ROOM = 1 << 20


def main():
    port, depth, seconds = int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])
    server = socket.create_connection(('127.0.0.1', port))
    server.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    length = length_of_one(server)
    begun = time.monotonic()
    answered = load(server, depth, length, begun + seconds)
    print('SAMPLE %d %d 0 0 -1 -1 -1' % (answered, (time.monotonic() - begun) * 1e6))


def length_of_one(server):
    server.sendall(REQUEST)
    got = b''
    while b'\r\n\r\n' not in got:
        got += server.recv(ROOM)
    head = got.index(b'\r\n\r\n') + 4
    whole = head + int(re.search(rb'(?i)content-length: *(\d+)', got[:head]).group(1))
    left = whole - len(got)
    while left > 0:
        left -= len(server.recv(min(left, ROOM)))
    return whole


def load(server, depth, length, end):
    buffer = bytearray(ROOM)
    server.sendall(REQUEST * depth)
    received = answered = 0
    while time.monotonic() < end:
        received += server.recv_into(buffer)
        more = received // length - answered
        if more:
            answered += more
            server.sendall(REQUEST * more)
    return answered


main()
