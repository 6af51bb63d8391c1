/** What a program on a hook adds to the operation it hangs on: suite {@code hooks}. */
@NullMarked
package dev.bpfgauge.suite.hooks;

import org.jspecify.annotations.NullMarked;
