/** A learned load balancer: recorded decisions, a small network that makes them, and its price. */
@NullMarked
package dev.bpfgauge.mllb;

import org.jspecify.annotations.NullMarked;
