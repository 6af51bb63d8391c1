/** What a terminal shows of runs. */
@NullMarked
package dev.bpfgauge.report.terminal;

import org.jspecify.annotations.NullMarked;
