/** The system sampler: one OSHI record a second. */
@NullMarked
package dev.bpfgauge.sample;

import org.jspecify.annotations.NullMarked;
