package dev.bpfgauge.libbpf;

import java.util.OptionalLong;

/**
 * A map that somebody has made.
 *
 * @param info what it is
 * @param memoryBytes of the kernel, as it tells in {@code /proc/PID/fdinfo} ({@code memlock}):
 *     measured from Linux 6.4 on, before that what its elements take at most; empty where it tells
 *     nothing
 */
public record LoadedMap(BpfMap.Info info, OptionalLong memoryBytes) {}
