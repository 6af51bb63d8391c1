/** What a suite is: one description, that everything else reads. */
@NullMarked
package dev.bpfgauge.suite;

import org.jspecify.annotations.NullMarked;
