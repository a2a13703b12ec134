"""Every server that takes part, and how it is started. A Server is made anew for each row."""
import glob
import os
import subprocess

from . import machine
from .servers import JVM, Server


def jvm(main, *words):
    def command(port):
        return [machine.java(), *JVM, '-cp', machine.class_path(), 'dev.sluice.bench.' + main, 'port=%d' % port, *words]
    command.words = (main, *words)
    return command


def sluice(name, *words, **more):
    return Server('Sluice ' + name, jvm('SluiceServer', *words), **more)


def peer(name, main, *words, **more):
    return Server(name, jvm(main, *words), java=True, **more)


def floor(name, main, *words, **more):
    return Server(name, jvm(main, *words), **more)


def epoll(*words):
    def command(port):
        program = machine.file('epoll')
        if not os.path.exists(program):
            subprocess.run([machine.tool('cc'), '-O2', '-o', program, os.path.join(machine.BENCH, 'floor', 'epoll.c')], check=True)
        return [program, str(port), *words]
    return Server('C epoll loop', command)


NGINX = '''
daemon off;
worker_processes 1;
worker_rlimit_nofile %(files)d;
pid nginx-%(port)d.pid;
error_log stderr error;
events { worker_connections %(connections)d; }
http {
    access_log off;
    server_tokens off;
    sendfile on;
    tcp_nopush on;
    tcp_nodelay on;
    keepalive_requests 1000000000;
    keepalive_timeout 3600s;
    types { }
    default_type "text/plain; charset=utf-8";
    client_body_temp_path tmp; proxy_temp_path tmp; fastcgi_temp_path tmp; uwsgi_temp_path tmp; scgi_temp_path tmp;
    server {
        listen 127.0.0.1:%(port)d backlog=4096%(secure)s;
        %(location)s
    }
}
'''


def nginx(location='location / { return 200 "Hello, World!"; }', secure=False, **more):
    def command(port):
        config = machine.file('nginx-%d.conf' % port)
        files = machine.files_allowed()
        tls = ' ssl; ssl_protocols TLSv1.3; ssl_certificate %s; ssl_certificate_key %s' % certificate() if secure else ''
        place = location() if callable(location) else location
        with open(config, 'w') as file:
            file.write(NGINX % dict(port=port, location=place, secure=tls, files=files, connections=min(100_000, files - 100)))
        return [machine.tool('nginx'), '-p', machine.work, '-c', config]
    return Server('nginx', command, secure=secure, **more)


def program(name, listener, **more):
    """Sluice as it is run: ./sluice with a configuration file, without its launcher, with metrics and a log."""
    def command(port):
        config = program_config(port, listener() if callable(listener) else listener)
        words = [machine.java(), *JVM, '-Dsluice.home=' + machine.work, '-Dlogback.configurationFile=' + logback(), '-jar', machine.PROGRAM]
        check = subprocess.run([*words, 'check', config], capture_output=True, text=True, stdin=subprocess.DEVNULL)
        if check.returncode != 0:
            raise machine.Broken('this Sluice does not take the configuration: ' + (check.stdout + check.stderr).strip()[:300])
        return [*words, '--config', config, '--no-console']
    return Server('Sluice ' + name, command, **more)


CONFIG = '''
sluice {
  name = bench
  pools { workers { type = work-stealing, size = 8, queue = 100000 } }
  listeners { web { bind = "127.0.0.1:%(port)d", protocol = http, limits { connections = 100000, per-address = 100000 }, %(listener)s } }
  admin { http { bind = "127.0.0.1:%(admin)d" } }
  limits { connections = 100000, per-address = 100000 }
}
'''


def program_config(port, listener):
    config = machine.file('sluice-%d.conf' % port)
    with open(config, 'w') as file:
        file.write(CONFIG % dict(port=port, admin=machine.free_port(), listener=listener))
    return config


def logback():
    return os.path.join(machine.BENCH, 'src', 'main', 'resources', 'logback.xml')


FOLDER = {'1k': 1 << 10, '100k': 100 << 10, '10m': 10 << 20}


def folder():
    """A folder with a file of each size."""
    root = machine.file('files')
    os.makedirs(root, exist_ok=True)
    for name, size in FOLDER.items():
        path = os.path.join(root, name + '.txt')
        if not os.path.exists(path):
            with open(path, 'wb') as file:
                file.write(b'x' * size)
    return root


def certificate():
    """Files of a certificate and its key: RSA with 2,048 bits."""
    files = machine.file('tls.pem'), machine.file('tls.key')
    if not os.path.exists(files[0]):
        subprocess.run([machine.tool('openssl'), 'req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '30', '-subj', '/CN=localhost',
                        '-out', files[0], '-keyout', files[1]], check=True, capture_output=True)
    return files


def store():
    """The same as PKCS #12, for those that want that."""
    pem, key = certificate()
    path = machine.file('tls.p12')
    if not os.path.exists(path):
        subprocess.run([machine.tool('openssl'), 'pkcs12', '-export', '-in', pem, '-inkey', key, '-out', path, '-passout', 'pass:changeit'],
                       check=True, capture_output=True)
    return path


def hello_peers():
    """The Java peers at their best for what does not block: on their own I/O threads where they can."""
    return [
        peer('Netty', 'NettyServer'),
        peer('Jetty', 'JettyServer', 'threads=loop'),
        peer('Tomcat', 'TomcatServer'),
        peer('Undertow', 'UndertowServer'),
        peer('Helidon', 'HelidonServer'),
        peer('microhttp', 'MicrohttpServer'),
        peer('JDK HttpServer', 'JdkServer'),
    ]


def closing_peers():
    """Those that close a connection when they are asked to; microhttp keeps it."""
    return [one for one in hello_peers() if one.name != 'microhttp']


def resp_server():
    def command(port):
        found = sorted(glob.glob(os.path.join(machine.HOME, 'examples', '**', 'Resp*.java'), recursive=True))
        if not found:
            raise machine.Broken('there is no RESP server in examples/ (Resp*.java)')
        return [machine.java(), *JVM, '-cp', machine.PROGRAM, found[0], '127.0.0.1:%d' % port, '512', '1']   # MiB, event loops
    return Server('Sluice RESP example', command, body=None)


def redis_server():
    return Server('redis-server', lambda port: [machine.tool('redis-server'), '--port', str(port), '--bind', '127.0.0.1', '--save', '',
                                                '--appendonly', 'no'], body=None)


def files_contestants(size):
    whole = b'x' * FOLDER[size] if FOLDER[size] <= 100 << 10 else None
    same = dict(path='/%s.txt' % size, body=whole)

    def listener():
        return 'service { type = files, root = "%s" }, io = event-loop, pool = workers' % folder()

    def with_files(main):
        return lambda port: jvm(main, 'files=' + folder())(port)
    return [
        program('files', listener, **same),
        nginx(lambda: 'location / { root %s; }' % folder(), **same),
        Server('Jetty ResourceHandler', with_files('JettyServer'), java=True, **same),
        Server('Undertow ResourceHandler', with_files('UndertowServer'), java=True, **same),
    ]


def tls_contestants():
    def listener():
        return 'service = hello, io = event-loop, tls { certificate = "%s", key = "%s" }' % certificate()

    def netty(port):
        pem, key = certificate()
        return jvm('NettyServer', 'certificate=' + pem, 'key=' + key)(port)
    return [
        program('TLS', listener, secure=True),
        nginx(secure=True),
        Server('Netty (JDK engine)', netty, java=True, secure=True),
        Server('Jetty', lambda port: jvm('JettyServer', 'threads=loop', 'store=' + store(), 'password=changeit')(port), java=True, secure=True),
    ]
