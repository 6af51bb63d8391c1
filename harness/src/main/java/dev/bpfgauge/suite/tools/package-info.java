/**
 * Tracing tools that people use: each attaches programs of bpf/tools/, counts inside the kernel and
 * shows what users of BCC know.
 */
@NullMarked
package dev.bpfgauge.suite.tools;

import org.jspecify.annotations.NullMarked;
