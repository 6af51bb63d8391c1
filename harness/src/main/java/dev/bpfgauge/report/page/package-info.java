/** Charts (XChart to SVG) and the offline HTML page; reads results, analysis and stats only. */
@NullMarked
package dev.bpfgauge.report.page;

import org.jspecify.annotations.NullMarked;
