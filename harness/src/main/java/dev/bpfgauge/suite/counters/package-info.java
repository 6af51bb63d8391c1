/** One count kept in each way there is, by several CPUs at once: suite {@code counters}. */
@NullMarked
package dev.bpfgauge.suite.counters;

import org.jspecify.annotations.NullMarked;
