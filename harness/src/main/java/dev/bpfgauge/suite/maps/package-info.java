/** The JMH benchmarks, the map kinds they measure, and the C reference runner. */
@NullMarked
package dev.bpfgauge.suite.maps;

import org.jspecify.annotations.NullMarked;
