/** What the kernel's verifier and JIT compiler take: suite {@code verifier}. */
@NullMarked
package dev.bpfgauge.suite.verifier;

import org.jspecify.annotations.NullMarked;
