/** How figures are written. */
@NullMarked
package dev.bpfgauge.report.words;

import org.jspecify.annotations.NullMarked;
