/** The bottom: text that others wrote, read and shown safely, and the folders of this user. */
@NullMarked
package dev.bpfgauge.os;

import org.jspecify.annotations.NullMarked;
