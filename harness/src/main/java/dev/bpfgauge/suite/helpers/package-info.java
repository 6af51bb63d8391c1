/** What the building blocks of BPF programs cost: suite {@code helpers}. */
@NullMarked
package dev.bpfgauge.suite.helpers;

import org.jspecify.annotations.NullMarked;
