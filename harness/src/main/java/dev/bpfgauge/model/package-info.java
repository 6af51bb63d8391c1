/** What a run leaves behind: records, journal, CSV and JSON. No JMH types. */
@NullMarked
package dev.bpfgauge.model;

import org.jspecify.annotations.NullMarked;
