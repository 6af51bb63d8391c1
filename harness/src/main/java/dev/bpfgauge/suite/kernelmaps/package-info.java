/** Map operations inside the kernel: suite {@code kernel-maps}. */
@NullMarked
package dev.bpfgauge.suite.kernelmaps;

import org.jspecify.annotations.NullMarked;
