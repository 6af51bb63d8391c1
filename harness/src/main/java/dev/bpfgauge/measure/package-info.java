/** How a cell of a suite is measured: meters, forks, their answers, programs in C. */
@NullMarked
package dev.bpfgauge.measure;

import org.jspecify.annotations.NullMarked;
