// The floor below all: one epoll loop and one thread that answer fixed bytes to whatever ends in an empty line, one write for what was
// read together. Parses nothing, checks nothing, and drops what it cannot write at once.
//
//   cc -O2 -o epoll epoll.c && ./epoll PORT [close]
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define MOST 1024
#define ROOM (64 << 10)

#define HEAD                                      \
    "HTTP/1.1 200 OK\r\n"                         \
    "Date: Thu, 01 Jan 2026 00:00:00 GMT\r\n"     \
    "Content-Type: text/plain; charset=utf-8\r\n" \
    "Content-Length: 13\r\n"
#define BODY "\r\nHello, World!"

static const char *answer = HEAD BODY;
static size_t answer_length = sizeof HEAD BODY - 1;

static char in[ROOM];
static char out[4 * ROOM];
static int one = 1;

static void fail(const char *what) {
    perror(what);
    exit(1);
}

static int listen_at(int port) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    if (bind(listener, (struct sockaddr *) &address, sizeof address) < 0) fail("bind");
    if (listen(listener, 4096) < 0) fail("listen");
    return listener;
}

static void watch(int loop, int socket) {
    struct epoll_event event = {.events = EPOLLIN, .data.fd = socket};
    epoll_ctl(loop, EPOLL_CTL_ADD, socket, &event);
}

static void accept_all(int loop, int listener) {
    int client;
    while ((client = accept4(listener, NULL, NULL, SOCK_NONBLOCK)) >= 0) {
        setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
        watch(loop, client);
    }
}

// Requests are looked for in what one read gave; the load generators send each request whole.
static void serve(int client, int closes) {
    ssize_t got = read(client, in, sizeof in);
    if (got <= 0) {
        close(client);
        return;
    }
    size_t length = 0;
    for (ssize_t i = 3; i < got; i++) {
        if (in[i] == '\n' && in[i - 1] == '\r' && in[i - 2] == '\n' && in[i - 3] == '\r' && length + answer_length <= sizeof out) {
            memcpy(out + length, answer, answer_length);
            length += answer_length;
        }
    }
    if (length > 0 && write(client, out, length) < 0) closes = 1;
    if (closes) close(client);
}

int main(int count, char **words) {
    if (count < 2) {
        fprintf(stderr, "usage: epoll PORT [close]\n");
        return 2;
    }
    int closes = count > 2 && strcmp(words[2], "close") == 0;
    if (closes) {
        answer = HEAD "Connection: close\r\n" BODY;
        answer_length = strlen(answer);
    }
    signal(SIGPIPE, SIG_IGN);
    int listener = listen_at(atoi(words[1]));
    int loop = epoll_create1(0);
    watch(loop, listener);
    struct epoll_event events[MOST];
    for (;;) {
        int ready = epoll_wait(loop, events, MOST, -1);
        for (int i = 0; i < ready; i++) {
            if (events[i].data.fd == listener) accept_all(loop, listener);
            else serve(events[i].data.fd, closes);
        }
    }
}
