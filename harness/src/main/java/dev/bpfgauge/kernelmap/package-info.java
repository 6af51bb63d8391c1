/** Map operations inside the kernel: suite {@code kernel-maps}. */
@NullMarked
package dev.bpfgauge.kernelmap;

import org.jspecify.annotations.NullMarked;
