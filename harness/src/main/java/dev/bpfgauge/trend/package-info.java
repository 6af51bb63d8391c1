/** The history of runs: what changed from night to night, and which alarm is worth reading. */
@NullMarked
package dev.bpfgauge.trend;

import org.jspecify.annotations.NullMarked;
