package dev.sluice.protocol.http;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// The routes of a router by the segments of their templates. Built by one thread, and not changed after that.
///
/// A search tries what is literal before what is named, segment by segment from the left, and comes back to the named where the literal
/// leads nowhere. It visits each node at most once, whatever the path is.
final class RouteTree {

    private final Map<String, RouteTree> literals = new HashMap<>();
    private @Nullable RouteTree one;
    private @Nullable RouteTree rest;
    private final Map<String, Entry> entries = new TreeMap<>();

    /// @param names of the template's parameters, in order
    private record Entry(Route route, List<String> names) {}

    /// What a search has found.
    record Found(Route route, PathParameters parameters) {}

    /// @throws IllegalArgumentException when a route of the same method has a template that matches the same paths
    void add(Route route) {
        PathTemplate template = PathTemplate.parse(route.template());
        RouteTree node = this;
        for (PathTemplate.Segment segment : template.segments()) {
            node = switch (segment) {
                case PathTemplate.Segment.Literal(String text) -> node.literals.computeIfAbsent(text, key -> new RouteTree());
                case PathTemplate.Segment.One _ -> node.one = known(node.one);
                case PathTemplate.Segment.Rest _ -> node.rest = known(node.rest);
            };
        }
        Entry before = node.entries.putIfAbsent(route.method(), new Entry(route, template.names()));
        if (before != null) {
            throw new IllegalArgumentException(route + " and " + before.route() + " match the same requests");
        }
    }

    private static RouteTree known(@Nullable RouteTree node) {
        return node == null ? new RouteTree() : node;
    }

    /// The route for a method and a path; null when there is none.
    @Nullable Found find(String method, List<String> path) {
        List<String> values = new ArrayList<>();
        Entry entry = find(method, path, 0, values);
        return entry == null ? null : new Found(entry.route(),
                values.isEmpty() ? PathParameters.NONE : new PathParameters(entry.names(), values));
    }

    private @Nullable Entry find(String method, List<String> path, int at, List<String> values) {
        if (at == path.size()) {
            return entry(method);
        }
        String segment = path.get(at);
        RouteTree literal = literals.get(segment);
        Entry found = literal == null ? null : literal.find(method, path, at + 1, values);
        if (found == null && one != null && !segment.isEmpty()) {
            values.addLast(segment);
            found = one.find(method, path, at + 1, values);
            if (found == null) {
                values.removeLast();
            }
        }
        if (found == null && rest != null) {
            found = rest.entry(method);
            if (found != null) {
                values.addLast(String.join("/", path.subList(at, path.size())));
            }
        }
        return found;
    }

    /// That for GET answers HEAD where there is none for HEAD itself.
    private @Nullable Entry entry(String method) {
        Entry entry = entries.get(method);
        return entry == null && method.equals("HEAD") ? entries.get("GET") : entry;
    }

    /// The methods of all routes that match a path.
    Set<String> methods(List<String> path) {
        Set<String> into = new TreeSet<>();
        methods(path, 0, into);
        return into;
    }

    private void methods(List<String> path, int at, Set<String> into) {
        if (at == path.size()) {
            into.addAll(entries.keySet());
            return;
        }
        String segment = path.get(at);
        RouteTree literal = literals.get(segment);
        if (literal != null) {
            literal.methods(path, at + 1, into);
        }
        if (one != null && !segment.isEmpty()) {
            one.methods(path, at + 1, into);
        }
        if (rest != null) {
            into.addAll(rest.entries.keySet());
        }
    }
}
