/**
 * From journal to statements: cell summaries, comparisons and verdicts. A pure function of the
 * run's files.
 */
@NullMarked
package dev.bpfgauge.analysis;

import org.jspecify.annotations.NullMarked;
