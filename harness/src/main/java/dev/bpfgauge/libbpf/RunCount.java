package dev.bpfgauge.libbpf;

import java.util.OptionalLong;

/**
 * How often a program has run by now, while {@link RunTimeStats} were on.
 *
 * @param id the program's
 * @param loadedAtNanos with the id it names a program for good: ids come again
 * @param runs how often
 * @param nanos spent in it
 * @param misses runs that the kernel left out because the program was running on that CPU; empty
 *     before Linux 5.12
 * @param readAtNanos when this was read, by {@link System#nanoTime}
 */
public record RunCount(
    int id, long loadedAtNanos, long runs, long nanos, OptionalLong misses, long readAtNanos) {}
