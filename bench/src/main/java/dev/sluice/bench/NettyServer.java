package dev.sluice.bench;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpHeadersFactory;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.util.AsciiString;
import io.netty.util.ReferenceCountUtil;
import java.io.File;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;

/// Netty with its native epoll and its HTTP codec: `loops`, `certificate` and `key` (PEM) for TLS by the JDK's engine. The response is built as
/// one would for speed: constant header values, the date made once a second, headers not validated, one flush for what was read together.
final class NettyServer {

    private static volatile AsciiString date = date();

    private NettyServer() {}

    public static void main(String[] words) throws InterruptedException, SSLException {
        Options options = Options.of(words);
        EventLoopGroup loops = new MultiThreadIoEventLoopGroup(options.number("loops", 1), EpollIoHandler.newFactory());
        loops.scheduleAtFixedRate(() -> date = date(), 500, 500, TimeUnit.MILLISECONDS);
        SslContext tls = options.has("certificate")
                ? SslContextBuilder.forServer(new File(options.text("certificate", "")), new File(options.text("key", ""))).build()
                : null;
        Work work = Work.of(options);
        new ServerBootstrap()
                .group(loops)
                .channel(EpollServerSocketChannel.class)
                .option(ChannelOption.SO_BACKLOG, Work.BACKLOG)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childHandler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel channel) {
                        if (tls != null) {
                            channel.pipeline().addLast(tls.newHandler(channel.alloc()));
                        }
                        channel.pipeline().addLast(new HttpServerCodec(), new Answers(work));
                    }
                })
                .bind(Work.HOST, options.port()).sync()
                .channel().closeFuture().sync();
    }

    private static AsciiString date() {
        return new AsciiString(DateTimeFormatter.RFC_1123_DATE_TIME.format(ZonedDateTime.now(ZoneOffset.UTC)));
    }

    private static final class Answers extends ChannelInboundHandlerAdapter {

        private static final AsciiString TYPE = new AsciiString(Work.CONTENT_TYPE);

        private final Work work;
        private final AsciiString length;

        Answers(Work work) {
            this.work = work;
            this.length = new AsciiString(Integer.toString(work.body().length));
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            try {
                if (message instanceof HttpRequest request) {
                    answer(context, HttpUtil.isKeepAlive(request));
                }
            } finally {
                ReferenceCountUtil.release(message);
            }
        }

        private void answer(ChannelHandlerContext context, boolean keepAlive) {
            DefaultHttpHeadersFactory headers = DefaultHttpHeadersFactory.headersFactory().withValidation(false);
            FullHttpResponse response = new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK,
                    Unpooled.wrappedBuffer(work.perform()), headers, DefaultHttpHeadersFactory.trailersFactory());
            response.headers()
                    .set(HttpHeaderNames.CONTENT_TYPE, TYPE)
                    .set(HttpHeaderNames.CONTENT_LENGTH, length)
                    .set(HttpHeaderNames.DATE, date);
            if (keepAlive) {
                context.write(response, context.voidPromise());
            } else {
                response.headers().set(HttpHeaderNames.CONNECTION, "close");
                context.write(response).addListener(ChannelFutureListener.CLOSE);
            }
        }

        @Override
        public void channelReadComplete(ChannelHandlerContext context) {
            context.flush();
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable gone) {
            context.close();
        }
    }
}
