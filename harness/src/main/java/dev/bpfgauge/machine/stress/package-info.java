/**
 * Profile files, the stress-ng processes they ask for, their containment and the proof of the load.
 */
@NullMarked
package dev.bpfgauge.machine.stress;

import org.jspecify.annotations.NullMarked;
