/** Modules of {@code diagnose}: what makes a loaded host slow, each counted in the kernel. */
@NullMarked
package dev.bpfgauge.suite.diagnose;

import org.jspecify.annotations.NullMarked;
