/** Pure functions on {@code double[]}: intervals, comparisons, verdicts. No I/O. */
@NullMarked
package dev.bpfgauge.stats;

import org.jspecify.annotations.NullMarked;
