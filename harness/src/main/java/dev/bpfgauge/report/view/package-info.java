/**
 * What sections of a report are made of: a run arranged for reading, names of cells, tables,
 * exhibits.
 */
@NullMarked
package dev.bpfgauge.report.view;

import org.jspecify.annotations.NullMarked;
