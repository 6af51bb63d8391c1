/**
 * The whole picture of a loaded host: modules of {@code diagnose} at once, and the host's own
 * figures.
 */
@NullMarked
package dev.bpfgauge.diagnosis;

import org.jspecify.annotations.NullMarked;
