/** What a program on a hook adds to the operation it hangs on: suite {@code hooks}. */
@NullMarked
package dev.bpfgauge.hook;

import org.jspecify.annotations.NullMarked;
