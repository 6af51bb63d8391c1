/** How events get from the kernel to Java: suite {@code events}. */
@NullMarked
package dev.bpfgauge.suite.events;

import org.jspecify.annotations.NullMarked;
