#!/usr/bin/env python3
"""A client that sends requests as long as the server takes them and reads no answer, for bench/run. Prints how many it could send, and goes
on holding the connection until its input ends.

usage: stall.py PORT SECONDS
"""
import socket
import sys
import time

REQUEST = b'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n'


def main():
    port, seconds = int(sys.argv[1]), float(sys.argv[2])
    server = socket.create_connection(('127.0.0.1', port))
    server.settimeout(0.2)
    sent = 0
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            sent += server.send(REQUEST * 100)
        except socket.timeout:
            pass
    print('sent', sent // len(REQUEST), flush=True)
    sys.stdin.read()


main()
