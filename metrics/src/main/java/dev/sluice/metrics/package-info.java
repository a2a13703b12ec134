/// What a server measures, as Micrometer meters: [dev.sluice.metrics.ServerMetrics] makes them, [dev.sluice.metrics.SluiceMeter]
/// documents each of them, [dev.sluice.metrics.AdminEndpoint] serves them, [dev.sluice.metrics.MeterTable] reads them for people.
@NullMarked
package dev.sluice.metrics;

import org.jspecify.annotations.NullMarked;
