package dev.sluice.console.launch;

import dev.sluice.api.Addresses;
import dev.sluice.api.ListenerInfo;
import dev.sluice.api.Role;
import dev.sluice.console.command.Build;
import java.nio.file.Path;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.List;
import java.util.stream.Collectors;

/// What a person sees first.
final class Banner {

    private Banner() {}

    static String text(Build build, Path config, List<ListenerInfo> listeners) {
        int names = width(listeners.stream().map(ListenerInfo::name).toList());
        int places = width(listeners.stream().map(Banner::place).toList());
        StringBuilder text = new StringBuilder("Sluice " + build.version() + ", pid " + build.pid() + ", " + Place.display(config) + "\n");
        for (ListenerInfo one : listeners) {
            String what = one.role() == Role.ADMIN ? "health and metrics" : one.service() + ", " + one.io() + " x " + one.pool();
            List<String> row = List.of("", padded(one.name(), names), padded(place(one), places), what);
            text.append(String.join("  ", row)).append('\n');
        }
        return text.append("help lists the commands; q drains and ends the server, detach leaves it running.").toString();
    }

    private static String place(ListenerInfo listener) {
        return listener.bind().stream().map(address -> place(listener.protocol(), address)).collect(Collectors.joining(", "));
    }

    private static String place(String protocol, SocketAddress address) {
        boolean browsable = protocol.equals("http") && address instanceof InetSocketAddress;
        return (browsable ? "http://" : protocol + " ") + Addresses.text(address);
    }

    private static int width(List<String> texts) {
        return texts.stream().mapToInt(String::length).max().orElse(0);
    }

    private static String padded(String text, int width) {
        return text + " ".repeat(width - text.length());
    }
}
