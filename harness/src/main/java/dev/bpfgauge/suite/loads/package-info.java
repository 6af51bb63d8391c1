/** What a kernel loads: suite {@code loads}, of hooks, helpers, types and tracing tools. */
@NullMarked
package dev.bpfgauge.suite.loads;

import org.jspecify.annotations.NullMarked;
