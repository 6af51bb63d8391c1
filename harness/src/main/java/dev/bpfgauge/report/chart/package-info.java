/** Charts: XChart's marks on axes of our own, as SVG. */
@NullMarked
package dev.bpfgauge.report.chart;

import org.jspecify.annotations.NullMarked;
