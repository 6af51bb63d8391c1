/**
 * What this machine is and can do: fingerprint, capabilities, power states, saved state and its
 * restoring.
 */
@NullMarked
package dev.bpfgauge.machine.host;

import org.jspecify.annotations.NullMarked;
