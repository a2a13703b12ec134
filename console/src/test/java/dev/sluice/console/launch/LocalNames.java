package dev.sluice.console.launch;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.net.spi.InetAddressResolver;
import java.net.spi.InetAddressResolverProvider;
import java.util.stream.Stream;

/// Lets tests ask for no names but this machine's own, so that an address that is made up never waits for a name server.
public final class LocalNames extends InetAddressResolverProvider {

    @Override
    public String name() {
        return "local";
    }

    @Override
    public InetAddressResolver get(Configuration configuration) {
        InetAddressResolver system = configuration.builtinResolver();
        String here = configuration.lookupLocalHostName();
        return new InetAddressResolver() {
            @Override
            public Stream<InetAddress> lookupByName(String host, LookupPolicy policy) throws UnknownHostException {
                if (host.equals("localhost") || host.equals(here)) {
                    return system.lookupByName(host, policy);
                }
                throw new UnknownHostException(host);
            }

            @Override
            public String lookupByAddress(byte[] address) throws UnknownHostException {
                throw new UnknownHostException(InetAddress.getByAddress(address).getHostAddress());
            }
        };
    }
}
