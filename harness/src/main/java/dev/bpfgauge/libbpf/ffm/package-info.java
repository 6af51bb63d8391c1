/** Raw 1:1 symbols of libbpf.so.1 and libc; C names verbatim, no policy. */
@NullMarked
package dev.bpfgauge.libbpf.ffm;

import org.jspecify.annotations.NullMarked;
