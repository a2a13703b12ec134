"""The checkout and the machine: where things are, what is missing, and what is built."""
import atexit
import glob
import os
import platform
import re
import resource
import shutil
import socket
import subprocess
import sys
import tempfile
import time

BENCH = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
HOME = os.path.dirname(BENCH)
TARGET = os.path.join(BENCH, 'target')
PROGRAM = os.path.join(HOME, 'console', 'target', 'sluice.jar')
BUILD = ['mvn', '-q', '-B', '-Pbench', '-pl', 'bench,console', '-am', '-Dmaven.test.skip=true', 'package']

work = tempfile.mkdtemp(prefix='sluice-bench-')
atexit.register(shutil.rmtree, work, ignore_errors=True)


class Missing(Exception):
    """Something that a server or a load needs is not there; says what."""


class Broken(Missing):
    """A server does not start, though nothing is missing. A row goes on without it, a check has found something."""


def say(text):
    print(text, file=sys.stderr, flush=True)


def prepare(build):
    """Builds what is outdated, and lets this process and its children open as many files as they may."""
    if build and outdated():
        say('building: ' + ' '.join(BUILD))
        command = [os.environ.get('MVN', 'mvn')] + BUILD[1:]
        if subprocess.run(command, cwd=HOME, stdin=subprocess.DEVNULL, stdout=sys.stderr).returncode != 0:
            sys.exit('bench/run: the build failed; its output is above')
        for made in glob.glob(os.path.join(TARGET, 'sluice-bench-*.jar')) + [PROGRAM]:
            os.utime(made)
    if not glob.glob(os.path.join(TARGET, 'sluice-bench-*.jar')):
        sys.exit('bench/run: nothing is built; run it without --no-build')
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    os.chmod(work, 0o755)   # the workers of an nginx that root starts are nobody


def outdated():
    made = glob.glob(os.path.join(TARGET, 'sluice-bench-*.jar')) + glob.glob(PROGRAM)
    if len(made) < 2:
        return True
    oldest = min(os.path.getmtime(file) for file in made)
    sources = glob.glob(os.path.join(HOME, 'pom.xml')) + glob.glob(os.path.join(HOME, '*', 'pom.xml'))
    for folder in glob.glob(os.path.join(HOME, '*', 'src', 'main')):
        sources += [os.path.join(where, file) for where, _, files in os.walk(folder) for file in files]
    return any(os.path.getmtime(file) > oldest for file in sources)


def tool(name):
    found = shutil.which(name) or shutil.which(name, path='/usr/sbin:/usr/local/sbin:/sbin')
    if not found:
        raise Missing(name + ' is missing')
    return found


def java(program='java'):
    """Of a JDK that is new enough, found where ./sluice finds one."""
    homes = [os.environ.get('JAVA_HOME', '')] + sorted(glob.glob('/usr/lib/jvm/*') + glob.glob('/opt/*'))
    for home in homes:
        release = os.path.join(home, 'release')
        if home and os.access(os.path.join(home, 'bin', program), os.X_OK) and os.path.exists(release):
            version = re.search(r'JAVA_VERSION="(\d+)', open(release).read())
            if version and int(version.group(1)) >= 25:
                return os.path.join(home, 'bin', program)
    raise Missing('a JDK 25 or newer is missing: set JAVA_HOME')


def class_path(*libraries):
    """Of the benchmarks: their jar and all libraries, or those whose names begin so."""
    jars = sorted(glob.glob(os.path.join(TARGET, 'lib', '*.jar')))
    chosen = [jar for jar in jars if not libraries or os.path.basename(jar).startswith(libraries)]
    return ':'.join(glob.glob(os.path.join(TARGET, 'sluice-bench-*.jar')) + chosen)


def free_port():
    with socket.socket() as probe:
        probe.bind(('127.0.0.1', 0))
        return probe.getsockname()[1]


def file(name):
    """A path for something that is made for this run."""
    return os.path.join(work, name)


def files_allowed():
    return resource.getrlimit(resource.RLIMIT_NOFILE)[1]


def description():
    """Lines of Markdown that say on what the figures were made."""
    model = first(r'model name\s*: (.*)', '/proc/cpuinfo', platform.machine())
    memory = int(first(r'MemTotal:\s*(\d+)', '/proc/meminfo', '0')) // 1024
    lines = ['%s, %d processors (%s), %d MiB, Linux %s' % (
        time.strftime('%Y-%m-%d %H:%M UTC', time.gmtime()), os.cpu_count(), model, memory, platform.release())]
    busy = os.getloadavg()[0]
    lines.append('load before: %.2f%s; open files: %d; commit %s' % (
        busy, ' (**the machine was busy: look at nothing but ratios, and at those with doubt**)' if busy > 0.5 else '',
        files_allowed(), commit()))
    lines += [version for version in (java_version(), said('wrk', '-v'), said('nginx', '-v'), said('cc', '--version')) if version]
    lines.append('libraries: ' + ', '.join(libraries()))
    return lines


def libraries():
    names = ('netty-codec-http', 'jetty-server', 'tomcat-embed-core', 'undertow-core', 'helidon-webserver', 'microhttp', 'micrometer-core')
    jars = [os.path.basename(jar)[:-4] for jar in glob.glob(os.path.join(TARGET, 'lib', '*.jar'))]
    return sorted(jar for jar in jars if any(re.match(re.escape(name) + r'-\d', jar) for name in names))


def first(pattern, path, otherwise):
    found = re.search(pattern, open(path).read())
    return found.group(1) if found else otherwise


def commit():
    told = subprocess.run(['git', 'describe', '--always', '--dirty'], cwd=HOME, capture_output=True, text=True)
    return told.stdout.strip() or 'unknown'


def java_version():
    told = subprocess.run([java(), '-version'], capture_output=True, text=True)
    return told.stderr.splitlines()[-1] if told.stderr else ''


def said(name, option):
    try:
        told = subprocess.run([tool(name), option], capture_output=True, text=True)
    except Missing as missing:
        return str(missing)
    return (told.stdout + told.stderr).strip().splitlines()[0]
