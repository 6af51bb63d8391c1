/** The JMH benchmarks, the map kinds they measure, and the C reference runner. */
@NullMarked
package dev.bpfgauge.bench;

import org.jspecify.annotations.NullMarked;
