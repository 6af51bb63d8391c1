/** The system sampler: one OSHI record a second. */
@NullMarked
package dev.bpfgauge.machine.sample;

import org.jspecify.annotations.NullMarked;
