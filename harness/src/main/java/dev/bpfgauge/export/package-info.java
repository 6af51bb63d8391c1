/**
 * A run's figures in the formats of other programs. Pure functions of the run's files; docs/ci.md
 * says who reads which.
 */
@NullMarked
package dev.bpfgauge.export;

import org.jspecify.annotations.NullMarked;
