/** The lab: Linux kernels booted in QEMU guests, so that one machine answers for many kernels. */
@NullMarked
package dev.bpfgauge.lab;

import org.jspecify.annotations.NullMarked;
