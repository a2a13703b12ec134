"""Starts every server, asks it once, compares the answer, and stops it."""
import re
import socket
import ssl
import subprocess
import sys

from . import machine


def all(servers):
    wrong = 0
    for server in servers:
        try:
            server.start()
            problem, text = asked(server)
        except (machine.Broken, subprocess.SubprocessError, OSError) as broken:
            problem, text = str(broken), ''
        except machine.Missing as missing:
            print('skipped  %s: %s' % (server.name, missing), flush=True)
            continue
        finally:
            server.stop()
        wrong += 1 if problem else 0
        print('%-8s %-30s %s' % ('WRONG' if problem else 'ok', server.name, problem or text), flush=True)
    sys.exit(1 if wrong else 0)


def asked(server):
    """What is wrong with the answer, if anything, and a line about it."""
    if server.body is None and server.path == '/':
        return resp(server)
    status, head, body = get(server)
    if status != 200:
        return 'status is %s' % status, ''
    if server.body is not None and body != server.body:
        return 'body is %r, of %d bytes, but should have %d' % (body[:20], len(body), len(server.body)), ''
    missing = [name for name in ('content-type', 'date') if not re.search(r'(?im)^%s:' % name, head)]
    return '', 'status 200, head of %d bytes, body of %d%s' % (len(head), len(body), ', without ' + ', '.join(missing) if missing else '')


def get(server):
    with connected(server) as client:
        client.sendall(b'GET %s HTTP/1.1\r\nHost: localhost\r\n\r\n' % server.path.encode())
        got = b''
        while b'\r\n\r\n' not in got:
            got = more(client, got)
        end = got.index(b'\r\n\r\n') + 4
        head = got[:end].decode('latin1')
        length = int(re.search(r'(?i)content-length: *(\d+)', head).group(1))
        while len(got) < end + length:
            got = more(client, got)
        return int(head.split()[1]), head, got[end:]


def connected(server):
    client = socket.create_connection(('127.0.0.1', server.port), 10)
    if not server.secure:
        return client
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE  # a certificate of its own, made for this run
    return context.wrap_socket(client)


def more(client, got):
    bytes = client.recv(1 << 20)
    if not bytes:
        raise OSError('the connection ended after %d bytes' % len(got))
    return got + bytes


def resp(server):
    with connected(server) as client:
        client.sendall(b'*1\r\n$4\r\nPING\r\n')
        answer = client.recv(100)
        return ('' if answer == b'+PONG\r\n' else 'PING is answered with %r' % answer), 'PING is answered'
