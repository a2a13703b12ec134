package dev.sluice.console.launch;

import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueType;
import dev.sluice.api.Addresses;
import dev.sluice.api.Endpoint;
import dev.sluice.api.IoModel;
import dev.sluice.api.ListenerConfig;
import dev.sluice.api.ProtocolProvider;
import dev.sluice.api.Role;
import dev.sluice.api.ServiceProvider;
import dev.sluice.console.launch.Plugin.Offer;
import dev.sluice.protocol.HandlerFactory;
import dev.sluice.protocol.Protocol;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Reads one listener. Confined to the thread that reads.
final class ListenerReader {

    private static final List<IoModel> MODELS = List.of(IoModel.blocking(), IoModel.duplex(), IoModel.eventLoop());

    private static final List<SocketAddress> ANY = List.of(Addresses.parse(":0"));

    private final ConfigFile file;
    private final Parts parts;
    private final ListenerConfig inherited;
    private boolean mayBlock;

    /// @param inherited what a listener is that says nothing
    ListenerReader(ConfigFile file, Parts parts, ListenerConfig inherited) {
        this.file = file;
        this.parts = parts;
        this.inherited = inherited;
    }

    /// @return with problems, what could be read, to be judged along with the others
    ListenerConfig read(Section section) {
        if (section.value("bind").isEmpty()) {
            section.problem("bind", "is missing");
        }
        IoModel io = io(section);
        mayBlock = false;
        Endpoint<?, ?> served = endpoint(section).orElse(file.admin()); // stands in, so that the other keys are read and judged too
        Map<String, ?> given = Map.of("role", Role.TRAFFIC, "endpoint", served, "io", io, "bind", bind(section, file.folder()),
                "tls", TlsReader.read(section, file.folder()));
        ListenerConfig listener = Binder.bind(section, inherited.withEndpoint(served), given);
        section.refuseUnknown();
        return listener;
    }

    /// Whether the service of the listener that was read last may wait for something.
    boolean mayBlock() {
        return mayBlock;
    }

    /// The addresses of a section's `bind`; any at all when there is none, or a problem. The paths of Unix domain sockets start at the file's folder.
    static List<SocketAddress> bind(Section section, Path folder) {
        try {
            Optional<ConfigValue> value = section.value("bind");
            List<SocketAddress> addresses = value.isEmpty() ? ANY : Values.addresses(value.get());
            if (addresses.isEmpty()) {
                section.problem("bind", "is empty, but a listener needs at least one address");
                return ANY;
            }
            return addresses.stream().map(address -> rooted(address, folder)).toList();
        } catch (Values.Unfit unfit) {
            section.problem("bind", String.valueOf(unfit.getMessage()));
            return ANY;
        }
    }

    private static SocketAddress rooted(SocketAddress address, Path folder) {
        return address instanceof UnixDomainSocketAddress unix
                ? UnixDomainSocketAddress.of(folder.resolve(unix.getPath()).normalize()) : address;
    }

    private IoModel io(Section section) {
        Optional<ConfigValue> value = section.value("io");
        if (value.isEmpty()) {
            return IoModel.eventLoop();
        }
        boolean full = value.get().valueType() == ConfigValueType.OBJECT;
        Section at = full ? section.child("io") : section;
        String key = full ? "model" : "io";
        IoModel model = Naming.scalar(at, key).flatMap(name -> model(at, key, name)).orElseGet(IoModel::eventLoop);
        return full ? bound(at, model) : model;
    }

    private static Optional<IoModel> model(Section at, String key, String name) {
        Optional<IoModel> model = MODELS.stream().filter(one -> one.name().equals(name)).findAny();
        if (model.isEmpty()) {
            String hint = Names.hint(name, MODELS.stream().map(IoModel::name).toList());
            at.problem(key, "is " + name + ", but there is no such model; " + hint);
        }
        return model;
    }

    private static IoModel bound(Section at, IoModel model) {
        IoModel bound = switch (model) {
            case IoModel.Blocking blocking -> Binder.bind(at, blocking);
            case IoModel.Duplex duplex -> Binder.bind(at, duplex);
            case IoModel.EventLoop loop -> Binder.bind(at, loop);
        };
        at.refuseUnknown();
        return bound;
    }

    private Optional<Endpoint<?, ?>> endpoint(Section section) {
        Optional<Naming> protocol = Naming.read(section, "protocol", "name");
        Optional<Naming> service = Naming.read(section, "service", "type");
        if (protocol.isEmpty() || service.isEmpty()) {
            return Optional.empty();
        }
        ProtocolProvider protocols = file.providers().protocols().get(protocol.get().name());
        if (protocols == null) {
            protocol.get().unknown("protocol", file.providers().protocols().keySet(), gone(Offer.protocolTitle(protocol.get().name())));
            return Optional.empty();
        }
        Map<String, ServiceProvider> known = file.providers().servicesOf(protocol.get().name());
        ServiceProvider services = known.get(service.get().name());
        if (services == null) {
            service.get().unknown("service of protocol " + protocol.get().name(), known.keySet(),
                    gone(Offer.serviceTitle(service.get().name(), protocol.get().name())));
            return Optional.empty();
        }
        List<?> identity = List.of("endpoint", section.path(""), protocol.get().identity(protocols), service.get().identity(services));
        Made made = parts.part(Made.class, identity, () -> made(protocol.get(), protocols, service.get(), services));
        mayBlock = made.mayBlock();
        return made.endpoint();
    }

    private Optional<String> gone(String title) {
        return file.providers().goneWith(title);
    }

    /// An endpoint, or that there was a problem.
    private record Made(Optional<Endpoint<?, ?>> endpoint, boolean mayBlock) {}

    /// What a service provider makes, and says of it.
    private record Served(HandlerFactory<?, ?> handlers, boolean mayBlock) {}

    private Made made(Naming protocol, ProtocolProvider protocols, Naming service, ServiceProvider services) {
        @Nullable Protocol<?, ?> wire = protocol.make(file.folder(), settings -> named(protocols.create(settings)));
        @Nullable Served served = service.make(file.folder(), settings ->
                new Served(Foreign.given(services.create(settings), "it made no handlers"), services.mayBlock()));
        return wire == null || served == null
                ? new Made(Optional.empty(), false)
                : new Made(Optional.of(joined(wire, service.name(), served.handlers())), served.mayBlock());
    }

    /// Its name is asked for on every page of the console, so it had better have one.
    private static Protocol<?, ?> named(@Nullable Protocol<?, ?> protocol) {
        Protocol<?, ?> made = Foreign.given(protocol, "it made no protocol");
        Foreign.given(made.name(), "the protocol it made has no name");
        return made;
    }

    /// A service provider promises the request and response types of the protocol it names; nothing can check it here.
    @SuppressWarnings("unchecked")
    private static Endpoint<?, ?> joined(Protocol<?, ?> protocol, String service, HandlerFactory<?, ?> handlers) {
        return new Endpoint<>((Protocol<Object, Object>) protocol, service, (HandlerFactory<Object, Object>) handlers);
    }
}
