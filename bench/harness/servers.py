"""The servers: how each is started, and what its process has used."""
import os
import re
import socket
import subprocess
import time

from . import machine

TICK = 1e6 / os.sysconf('SC_CLK_TCK')
# For every JVM the same. The last two only silence warnings about what Netty and JMH do.
JVM = ['-Xmx1g', '--enable-native-access=ALL-UNNAMED', '--sun-misc-unsafe-memory-access=allow']


class Server:
    """One contestant: its name, and the process while it runs. `command(port)` gives the words to start it, or raises Missing."""

    def __init__(self, name, command, body=b'Hello, World!', path='/', secure=False, idle=0, java=False):
        self.name = name
        self.command = command
        self.body = body          # what a GET must be answered with; None: not HTTP, or too long to compare
        self.path = path
        self.secure = secure      # TLS
        self.idle = idle          # connections that do nothing beside the load
        self.java = java          # one of the Java peers, that targets speak of
        self.port = 0
        self.process = None
        self.idlers = None
        self.notes = []
        self.idle_heap = None     # KiB of heap for each idle connection; None when it could not be measured
        self.all_stayed = True    # the idle connections, to the end of the rounds

    def start(self):
        self.port = machine.free_port()
        words = self.command(self.port)
        self.log = machine.file('%d.log' % self.port)
        with open(self.log, 'w') as log:
            # With its input open: some of the programs end with it.
            self.process = subprocess.Popen(words, cwd=machine.work, stdin=subprocess.PIPE, stdout=log, stderr=subprocess.STDOUT)
        try:
            self.await_listening()
            if self.idle:
                self.open_idle()
        except BaseException:
            self.stop()
            raise

    def await_listening(self):
        end = time.monotonic() + 30
        while time.monotonic() < end:
            if self.process.poll() is not None:
                raise machine.Broken('%s ended at once: %s' % (self.name, self.last_words()))
            try:
                socket.create_connection(('127.0.0.1', self.port), 1).close()
                return
            except OSError:
                time.sleep(0.05)
        raise machine.Broken('%s does not listen after 30 s: %s' % (self.name, self.last_words()))

    def last_words(self):
        with open(self.log, errors='replace') as log:
            return ' / '.join(log.read().strip().splitlines()[-3:])

    def stop(self):
        if self.idlers:
            end(self.idlers)
            self.idlers = None
        if self.process:
            self.process.stdin.close()
            self.process.terminate()
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                for pid in reversed(self.pids()):
                    os.kill(pid, 9)
                self.process.wait()
            self.process = None

    def pids(self):
        """The process and its children: nginx has a master and workers."""
        pids = [self.process.pid]
        for pid in pids:
            try:
                with open('/proc/%d/task/%d/children' % (pid, pid)) as children:
                    pids += [int(child) for child in children.read().split()]
            except OSError:
                pass
        return pids

    def cpu(self):
        """Microseconds, user and system, of the process and its children."""
        return sum(ticks(pid) for pid in self.pids()) * TICK

    def memory(self, field):
        """MiB: VmHWM is the most that was resident, VmRSS what is now."""
        return sum(status(pid, field) for pid in self.pids()) / 1024

    def open_idle(self):
        """Opens connections that do nothing, and notes what each costs. A few come and go before, for what only the first ones cost."""
        end(idlers(self.port, 200))
        heap, resident = self.heap(), self.memory('VmRSS')
        self.idlers = idlers(self.port, self.idle)
        more = self.heap()
        if more is not None and heap is not None:
            each = (more - heap) / self.idle
            self.idle_heap = each if each > 0 else None
            self.notes.append('%d idle: %.2f KiB of heap each' % (self.idle, each))
        self.notes.append('%d idle: %.2f KiB resident each' % (self.idle, (self.memory('VmRSS') - resident) * 1024 / self.idle))

    def close_idle(self):
        """Ends the idle connections, and notes when the server had ended some before."""
        if not self.idlers:
            return
        told = re.search(r'alive (\d+)', end(self.idlers) or '')
        self.idlers = None
        alive = int(told.group(1)) if told else 0
        if alive < self.idle:
            self.all_stayed = False
            self.notes.append('%d idle: **only %d of them were open at the end**' % (self.idle, alive))

    def heap(self):
        """KiB in use after a full collection; None when it is no JVM."""
        try:
            pid = str(self.process.pid)
            jcmd = machine.java('jcmd')
            for _ in range(2):
                subprocess.run([jcmd, pid, 'GC.run'], capture_output=True, check=True, timeout=60)
            told = subprocess.run([jcmd, pid, 'GC.heap_info'], capture_output=True, text=True, check=True, timeout=60)
            return int(re.search(r'used (\d+)K', told.stdout).group(1))
        except (subprocess.SubprocessError, AttributeError):
            return None


def idlers(port, count):
    """A process that holds so many idle connections, once they are open."""
    if count + 200 > machine.files_allowed():
        raise machine.Missing('%d idle connections need more than the %d files that may be open (ulimit -Hn)'
                              % (count, machine.files_allowed()))
    process = subprocess.Popen([os.path.join(machine.BENCH, 'clients', 'idle.py'), str(port), str(count)],
                               stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    if not process.stdout.readline().startswith('open'):
        end(process)
        raise machine.Missing('%d idle connections could not be opened' % count)
    return process


def end(process):
    """Closes the input of a client, and gives what it says last."""
    try:
        return process.communicate(timeout=30)[0]
    except subprocess.TimeoutExpired:
        process.kill()
        return process.communicate()[0]


def ticks(pid, with_ended=False):
    """User and system time, and on demand that of its children that have ended."""
    try:
        with open('/proc/%d/stat' % pid) as stat:
            fields = stat.read().rsplit(') ', 1)[1].split()
    except OSError:
        return 0
    return sum(int(field) for field in fields[11:15 if with_ended else 13])


def status(pid, field):
    try:
        with open('/proc/%d/status' % pid) as file:
            found = re.search(field + r':\s*(\d+)', file.read())
    except OSError:
        return 0
    return int(found.group(1)) if found else 0
