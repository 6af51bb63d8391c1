/** Every BPF program on this host, live: looks at the kernel, rates between two looks, rows. */
@NullMarked
package dev.bpfgauge.top;

import org.jspecify.annotations.NullMarked;
