"""The rows: what is compared with what, under which load, and what is to be reached."""
from . import contestants as c
from .lifetimes import Drain, Show, Stall, Start
from .loads import H2load, Pipeline, RedisBenchmark, Wrk
from .row import Row
from .targets import JAVA, Bound, Target

SLEEP = 'sleep=50'
LARGE = ('spin=50', 'body=65536')
BODY = b'x' * 65536


def hello():
    return [c.sluice('event-loop × inline'), c.epoll(), c.floor('NIO loop', 'NioLoop'), c.nginx(), *c.hello_peers()]


def against_java(of, *figures):
    return [Target(figure, of, JAVA, **({'at_least': 1} if figure == 'rate' else {'at_most': 1})) for figure in figures]


def best(of, to):
    return [Target('cpu', of, to, at_most=1), Target('p99', of, to, at_most=1)]


ROWS = [
    Row(1, 'hello', '"Hello, World!", 64 keep-alive connections', hello(), Wrk(64), [
        Target('cpu', 'Sluice event-loop × inline', 'C epoll loop', at_most=1.25),
        Target('cpu', 'Sluice event-loop × inline', 'nginx', at_most=1.1),
        Target('cpu', 'Sluice event-loop × inline', JAVA, at_most=0.8),
        *against_java('Sluice event-loop × inline', 'rate', 'p99')]),
    Row(1, 'hello-h2load', 'the same by another client: whether the figures are wrk\'s own',
        [c.sluice('event-loop × inline'), c.epoll(), c.nginx(), c.peer('Netty', 'NettyServer')], H2load(64)),
    Row(2, 'pipelined', '"Hello, World!", 64 connections, 16 pipelined', hello(), Wrk(64, pipeline=16), [
        Target('cpu', 'Sluice event-loop × inline', 'Netty', at_most=0.55),
        Target('cpu', 'Sluice event-loop × inline', 'C epoll loop', at_most=2.5),
        Target('rate', 'Sluice event-loop × inline', JAVA, at_least=1),
        Target('rate', 'Sluice event-loop × inline', 'nginx', at_least=1)]),
    Row(3, 'sleep', 'a handler that blocks 50 ms, 1,000 connections', [
        c.sluice('event-loop × virtual', 'pool=virtual', SLEEP),
        c.sluice('event-loop × fixed(256)', 'pool=fixed', 'size=256', SLEEP),
        c.sluice('blocking × virtual', 'io=blocking', 'pool=virtual', SLEEP),
        c.floor('bare virtual threads', 'ThreadLoop', SLEEP),
        c.peer('Jetty (virtual)', 'JettyServer', 'threads=virtual', SLEEP),
        c.peer('Helidon', 'HelidonServer', SLEEP),
        c.peer('Tomcat (virtual)', 'TomcatServer', 'threads=virtual', SLEEP)], Wrk(1000), [
        Target('rate', 'Sluice event-loop × virtual', 'bare virtual threads', at_least=0.97),
        Target('rate', 'Sluice blocking × virtual', 'bare virtual threads', at_least=0.97),
        Bound('rate', 'Sluice event-loop × fixed(256)', 'a second (97 % of 256 / 50 ms)', at_least=round(0.97 * 256 / 0.05)),
        *best('Sluice event-loop × virtual', JAVA), *best('Sluice blocking × virtual', JAVA)], warm=3, at_least=10),
    Row(4, 'threads', 'blocking engines, "Hello, World!", 64 keep-alive connections', [
        c.sluice('blocking × virtual', 'io=blocking', 'pool=virtual'),
        c.sluice('blocking × cached', 'io=blocking', 'pool=cached'),
        c.floor('bare virtual threads', 'ThreadLoop'),
        c.floor('bare platform threads', 'ThreadLoop', 'threads=platform'),
        c.peer('Jetty (virtual)', 'JettyServer', 'threads=virtual'),
        c.peer('Helidon', 'HelidonServer'),
        c.peer('Tomcat (virtual)', 'TomcatServer', 'threads=virtual')], Wrk(64), [
        Target('cpu', 'Sluice blocking × virtual', JAVA, at_most=1),
        Target('cpu', 'Sluice blocking × cached', JAVA, at_most=1),
        Target('cpu', 'Sluice blocking × virtual', 'bare virtual threads', at_most=1.15),
        Target('cpu', 'Sluice blocking × cached', 'bare platform threads', at_most=1.15)]),
    Row(5, 'pools', 'handlers on a pool, "Hello, World!", 64 keep-alive connections', [
        c.sluice('event-loop × work-stealing', 'pool=work-stealing', 'size=8'),
        c.sluice('event-loop × fixed', 'pool=fixed', 'size=8'),
        c.sluice('event-loop × cached', 'pool=cached', 'size=8'),
        c.sluice('event-loop × virtual', 'pool=virtual'),
        c.sluice('event-loop × inline'),
        c.peer('Undertow (dispatch, 8)', 'UndertowServer', 'dispatch', 'size=8'),
        c.peer('Jetty (pool of 8)', 'JettyServer', 'size=8'),
        c.peer('Tomcat (pool of 8)', 'TomcatServer', 'size=8'),
        c.peer('Jetty (pool of 200)', 'JettyServer'),
        c.peer('Tomcat (pool of 200)', 'TomcatServer')], Wrk(64), [
        *against_java('Sluice event-loop × work-stealing', 'cpu', 'rate', 'p99'),
        *against_java('Sluice event-loop × fixed', 'cpu', 'rate', 'p99')]),
    Row(6, 'connect', 'connect, one request, close; 64 at a time', [
        c.sluice('event-loop × inline'), c.sluice('blocking × virtual', 'io=blocking', 'pool=virtual'), c.epoll('close'),
        c.floor('NIO loop', 'NioLoop', 'close'), c.nginx(), *c.closing_peers()], Wrk(64, close=True),
        against_java('Sluice event-loop × inline', 'rate'), warm=3),
    Row(7, 'idle', 'work 1 beside idle connections', [
        c.sluice('event-loop × inline'),
        *(c.sluice('beside %d' % idle, idle=idle) for idle in (10_000, 18_000, 50_000)),
        c.peer('Netty', 'NettyServer'),
        *(c.peer('Netty beside %d' % idle, 'NettyServer', idle=idle) for idle in (10_000, 18_000, 50_000)),
        c.peer('Jetty beside 10000', 'JettyServer', 'threads=loop', idle=10_000)], Wrk(64), [
        Bound('heap', 'Sluice beside %d' % idle, 'KiB', at_most=2) for idle in (10_000, 18_000, 50_000)] + [
        Target('heap', 'Sluice beside %d' % idle, 'Netty beside %d' % idle, at_most=0.5) for idle in (10_000, 18_000, 50_000)] + [
        Target('cpu', 'Sluice beside %d' % idle, 'Sluice event-loop × inline', at_most=1.05) for idle in (10_000, 18_000, 50_000)]),
    Show(7, 'show-clients', 'how long `show clients` takes beside idle connections'),
    Row(8, 'duplex', 'one connection, 32 requests under way, a handler that computes 50 µs, responses of 64 KiB', [
        c.sluice('duplex × fixed', 'io=duplex', 'pool=fixed', 'size=2', *LARGE, body=BODY),
        c.sluice('blocking × virtual', 'io=blocking', 'pool=virtual', *LARGE, body=BODY),
        c.sluice('blocking × cached', 'io=blocking', 'pool=cached', *LARGE, body=BODY),
        c.sluice('event-loop × fixed', 'pool=fixed', 'size=2', *LARGE, body=BODY),
        c.sluice('event-loop × inline', *LARGE, body=BODY),
        c.sluice('duplex, handling alone', 'io=duplex', 'pool=fixed', 'size=2', 'spin=50'),
        c.sluice('duplex, sending alone', 'io=duplex', 'pool=fixed', 'size=2', 'body=65536', body=BODY)], Pipeline(32), [
        Target('rate', 'Sluice duplex × fixed', ['Sluice blocking × virtual', 'Sluice blocking × cached'], at_least=1.1),
        Target('rate', 'Sluice duplex × fixed', ['Sluice duplex, handling alone', 'Sluice duplex, sending alone'], at_least=0.8,
               slowest=True)]),
    Stall(8, 'stall', 'memory while a client sends requests and reads no answers of 64 KiB'),
    *(Row(9, 'files-' + size, what, c.files_contestants(size), Wrk(connections), against_java('Sluice files', 'cpu', 'rate'))
      for size, what, connections in (('1k', 'a file of 1 KiB, 64 keep-alive connections', 64),
                                      ('100k', 'a file of 100 KiB, 64 keep-alive connections', 64),
                                      ('10m', 'a file of 10 MiB, 8 keep-alive connections', 8))),
    Row(9, 'tls', '"Hello, World!" over TLS 1.3, 64 keep-alive connections', c.tls_contestants(), Wrk(64),
        against_java('Sluice TLS', 'cpu', 'rate')),
    Start(10, 'start', 'from the start of the process to the first answer'),
    Drain(10, 'drain', 'from TERM to the end of the process, 10,000 idle connections'),
    *(Row(11, 'resp-%s-p%d' % (command, pipeline), 'RESP: %s, 50 connections, -P %d' % (command.upper(), pipeline),
          [c.resp_server(), c.redis_server()], RedisBenchmark(command, pipeline),
          [Target('rate', 'Sluice RESP example', 'redis-server', at_least=bound), Target('cpu', 'Sluice RESP example', 'redis-server')])
      for command in ('set', 'get') for pipeline, bound in ((1, 0.7), (16, 0.5))),
]


def chosen(words):
    return [row for row in ROWS if 'all' in words or row.name in words or str(row.work) in words]


def contestants(rows):
    """Each once, however many rows it is in, and without idle connections."""
    unique = {}
    for row in rows:
        for one in row.contestants:
            unique.setdefault((getattr(one.command, 'words', one.name), one.path, one.secure), one)
    return [one for one in unique.values() if not one.idle]
