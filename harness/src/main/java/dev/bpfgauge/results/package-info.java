/** What a run leaves behind: records, journal, CSV and JSON. No JMH types. */
@NullMarked
package dev.bpfgauge.results;

import org.jspecify.annotations.NullMarked;
