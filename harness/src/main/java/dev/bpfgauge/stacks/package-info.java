/** Stacks: names of their functions, folded lines, flame graphs and other viewers' files. */
@NullMarked
package dev.bpfgauge.stacks;

import org.jspecify.annotations.NullMarked;
