"""Rows that are about a server's life rather than its load: how it starts, drains, answers its console, and bears a client that stalls."""
import os
import re
import signal
import socket
import subprocess
import time
from dataclasses import dataclass, field
from statistics import median

from . import contestants as c
from . import machine, report
from .row import FAILURES
from .servers import end, idlers, status, ticks, JVM, TICK

LISTENER = 'service = hello, io = event-loop'
GRACE = 1.0   # drain.idle-grace, as it is by default


@dataclass
class Lifetime:
    work: int
    name: str
    what: str
    contestants: list = field(default_factory=list)

    def measure(self, options):
        machine.say('== %s: %s' % (self.name, self.what))
        try:
            return self.text(options)
        except FAILURES as missing:
            machine.say('   skipped: %s' % missing)
            return report.plain(self, [], [], ['skipped: %s' % missing])


def launcher(port, *words):
    """./sluice, as people start it."""
    return [os.path.join(machine.HOME, 'sluice'), '--config', c.program_config(port, LISTENER), *words]


class Start(Lifetime):

    def text(self, options):
        ways = {'./sluice (AppCDS)': lambda port: launcher(port, '--no-console'),
                'Jetty, Micrometer, Logback': self.jetty, 'the same with AppCDS': self.jetty_archived}
        for way in ways.values():
            self.once(way, 300)    # makes the archives, and warms the disk
        times = {name: [] for name in ways}
        for _ in range(options.rounds):
            for name, way in ways.items():
                times[name].append(self.once(way, 30))
                machine.say('   %-28s %6.0f ms' % (name, times[name][-1][0] * 1e3))
        rows = [[name, '%.0f' % middle(taken, 0, 1e3), '%.0f–%.0f' % (min(taken)[0] * 1e3, max(taken)[0] * 1e3),
                 '%.0f' % middle(taken, 1, 1e-3), '%.0f' % middle(taken, 2, 1)] for name, taken in times.items()]
        mine, plain, archived = (middle(taken, 0, 1) for taken in times.values())
        return report.plain(self, ['server', 'first answer, ms', 'min–max', 'CPU ms', 'resident MiB'], rows, [
            '%s: the first answer after %.2f s, to be ≤ 0.9 s' % (met(mine <= 0.9), mine),
            *('%s: %.2f of Jetty with the same Micrometer and Logback, %s, to be ≤ 1.1' % (met(mine / theirs <= 1.1), mine / theirs, how)
              for how, theirs in (('a plain class path without AppCDS', plain), ('with AppCDS as Sluice has it', archived)))])

    @staticmethod
    def once(way, limit):
        """Seconds to the first answer, microseconds of CPU until then, with what the launcher has run, MiB."""
        port = machine.free_port()
        words = way(port)
        begun = time.monotonic()
        with open(machine.file('start.log'), 'w') as log:
            process = subprocess.Popen(words, cwd=machine.work, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT)
        try:
            await_answer(process, port, begun + limit)
            return time.monotonic() - begun, ticks(process.pid, with_ended=True) * TICK, status(process.pid, 'VmRSS') / 1024
        finally:
            ended(process)

    @staticmethod
    def jetty(port, *options):
        path = machine.class_path('jetty-', 'micrometer-', 'prometheus-', 'logback-', 'slf4j-', 'HdrHistogram', 'jspecify')
        return [machine.java(), *JVM, *options, '-cp', path, 'dev.sluice.bench.JettyMetered', 'port=%d' % port, 'threads=loop']

    def jetty_archived(self, port):
        archive = machine.file('jetty.jsa')
        if os.path.exists(archive):
            return self.jetty(port, '-XX:SharedArchiveFile=' + archive, '-Xlog:disable')
        return self.jetty(port, '-XX:ArchiveClassesAtExit=' + archive, '-Xlog:disable')


def await_answer(process, port, limit):
    while time.monotonic() < limit and process.poll() is None:
        try:
            with socket.create_connection(('127.0.0.1', port), 1) as client:
                client.sendall(b'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n')
                if b'200' in client.recv(4096):
                    return
        except OSError:
            time.sleep(0.001)
    with open(machine.file('start.log'), errors='replace') as log:
        raise machine.Missing('no answer: ' + ' / '.join(log.read().strip().splitlines()[-3:]))


def ended(process):
    process.terminate()
    try:
        process.wait(60)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def middle(taken, index, factor):
    return median(one[index] for one in taken) * factor


def met(reached):
    return 'met' if reached else '**missed**'


class Drain(Lifetime):

    def text(self, options):
        counts = [count for count in (0, 10_000) if count + 200 <= machine.files_allowed()]
        rows, lines = [], []
        for count in counts:
            taken = [self.once(count) for _ in range(min(3, options.rounds))]
            beyond = median(seconds for seconds, _ in taken) - (GRACE if count else 0)
            rows.append(['%d idle connections' % count, '%.2f' % median(seconds for seconds, _ in taken), '%.2f' % beyond,
                         ', '.join(str(code) for _, code in taken)])
            if count:
                lines.append('%s: %.2f s beyond the grace of %.0f s, to be ≤ 1 s' % (met(beyond <= 1), beyond, GRACE))
        return report.plain(self, ['./sluice', 'seconds', 'beyond the grace', 'exit codes'], rows, lines)

    @staticmethod
    def once(count):
        port = machine.free_port()
        with open(machine.file('start.log'), 'w') as log:
            process = subprocess.Popen(launcher(port, '--no-console'), cwd=machine.work, stdin=subprocess.DEVNULL, stdout=log,
                                       stderr=subprocess.STDOUT)
        clients = None
        try:
            await_answer(process, port, time.monotonic() + 300)
            clients = idlers(port, count) if count else None
            begun = time.monotonic()
            process.send_signal(signal.SIGTERM)
            code = process.wait(60)
            return time.monotonic() - begun, code
        finally:
            ended(process)
            if clients:
                end(clients)


class Show(Lifetime):
    """Types into the console through a pipe, and reads up to the last line of the table. The very first answer is that of a cold console."""

    COMMANDS = (b'show clients', b'show clients --limit 20')

    def text(self, options):
        counts = [count for count in (10_000, 18_000) if count + 200 <= machine.files_allowed()]
        rows, lines = [], []
        for count in counts:
            try:
                taken = self.answers(count, options.rounds)
            except machine.Missing as missing:
                lines.append('skipped: %s' % missing)
                continue
            for command, (first, *later) in taken.items():
                what = '%d idle, `%s`' % (count, command.decode())
                cold = command == self.COMMANDS[0]
                rows.append([what, '%.0f' % (first * 1e3) if cold else '–', '%.0f' % (median(later) * 1e3),
                             '%.0f–%.0f' % (min(later) * 1e3, max(later) * 1e3)])
                lines.append('%s: to be ≤ 100 ms: %sthe median of %d later ones %s (%.0f ms)' % (
                    what, 'the first answer %s (%.0f ms), ' % (met(first <= 0.1), first * 1e3) if cold else '',
                    len(later), met(median(later) <= 0.1), median(later) * 1e3))
        return report.plain(self, ['connections', 'first answer, ms', 'later, ms', 'min–max'], rows, lines)

    def answers(self, count, rounds):
        port = machine.free_port()
        with open(machine.file('start.log'), 'w') as log:
            process = subprocess.Popen(launcher(port), cwd=machine.work, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log)
        clients = None
        try:
            await_answer(process, port, time.monotonic() + 300)
            clients = idlers(port, count)
            return {command: [self.answer(process, command, count) for _ in range(2 * rounds + 1)] for command in self.COMMANDS}
        finally:
            ended(process)
            process.stdin.close()
            process.stdout.close()
            if clients:
                end(clients)

    @staticmethod
    def answer(process, command, count):
        begun = time.monotonic()
        process.stdin.write(command + b'\n')
        process.stdin.flush()
        for line in process.stdout:
            rows = re.match(rb'(\d+) rows', line)
            if rows:
                if int(rows.group(1)) < count:
                    raise machine.Missing('show clients has %s rows, but %d connections are open' % (rows.group(1).decode(), count))
                return time.monotonic() - begun
        raise machine.Missing('the console ended')


class Stall(Lifetime):

    def text(self, options):
        large = ('spin=50', 'body=65536')
        servers = [c.sluice('duplex × fixed', 'io=duplex', 'pool=fixed', 'size=2', *large),
                   c.sluice('blocking × virtual', 'io=blocking', 'pool=virtual', *large),
                   c.sluice('event-loop × fixed', 'pool=fixed', 'size=2', *large),
                   c.sluice('event-loop × inline', *large),
                   c.peer('Netty', 'NettyServer', *large)]
        rows = [self.stalled(server, options) for server in servers if not options.only or options.only in server.name]
        return report.plain(self, ['server', 'requests it took', 'heap before, KiB', 'heap after', 'resident more, MiB'], rows, [])

    @staticmethod
    def stalled(server, options):
        server.start()
        try:
            heap, resident = server.heap(), server.memory('VmRSS')
            client = subprocess.Popen([os.path.join(machine.BENCH, 'clients', 'stall.py'), str(server.port), str(options.seconds)],
                                      stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
            sent = client.stdout.readline().split()[-1]
            after, more = server.heap(), server.memory('VmRSS') - resident
            end(client)
            return [server.name, sent, str(heap), str(after), '%.1f' % more]
        finally:
            server.stop()
