/** The published site: the history of runs, a page for each cell. */
@NullMarked
package dev.bpfgauge.report.site;

import org.jspecify.annotations.NullMarked;
