package dev.bpfgauge.report.view;

import dev.bpfgauge.report.chart.Charts;
import org.jspecify.annotations.Nullable;

/**
 * A chart and the table that says the same in figures.
 *
 * @param chart absent where a table says it better, or there are too many
 * @param table the figures
 * @param note a sentence for the reader, may be empty
 */
public record Exhibit(Charts.@Nullable Chart chart, Table table, String note) {}
