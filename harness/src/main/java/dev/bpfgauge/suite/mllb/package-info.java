/** A learned load balancer: recorded decisions, a small network that makes them, and its price. */
@NullMarked
package dev.bpfgauge.suite.mllb;

import org.jspecify.annotations.NullMarked;
