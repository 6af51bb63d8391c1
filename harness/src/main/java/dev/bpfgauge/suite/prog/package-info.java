/** A user's own BPF objects: where their programs load, and what they cost: suite {@code prog}. */
@NullMarked
package dev.bpfgauge.suite.prog;

import org.jspecify.annotations.NullMarked;
