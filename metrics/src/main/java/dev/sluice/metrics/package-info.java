/// What a server measures, as Micrometer meters: [dev.sluice.metrics.ServerMetrics] makes them, [dev.sluice.metrics.SluiceMeter]
/// documents each of them, [dev.sluice.metrics.AdminEndpoint] serves them. For people, the console reads them from the registry.
@NullMarked
package dev.sluice.metrics;

import org.jspecify.annotations.NullMarked;
