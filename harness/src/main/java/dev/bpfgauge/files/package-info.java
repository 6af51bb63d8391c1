/** The files of a run: folder, journal, CSV and JSON. */
@NullMarked
package dev.bpfgauge.files;

import org.jspecify.annotations.NullMarked;
