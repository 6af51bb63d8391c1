/** BPF objects, maps, programs and links as Java types with a life cycle, above libbpf.so.1. */
@NullMarked
package dev.bpfgauge.libbpf;

import org.jspecify.annotations.NullMarked;
