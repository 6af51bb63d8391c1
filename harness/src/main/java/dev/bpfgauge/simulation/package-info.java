/**
 * Simulations that the rules of the statistics are held against; docs/method.md and docs/trend.md
 * print them.
 */
@NullMarked
package dev.bpfgauge.simulation;

import org.jspecify.annotations.NullMarked;
