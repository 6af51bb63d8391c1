/** A command under two settings or more, held against each other: suite {@code ab}. */
@NullMarked
package dev.bpfgauge.suite.ab;

import org.jspecify.annotations.NullMarked;
