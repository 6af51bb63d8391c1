package dev.bpfgauge.model;

/**
 * One proof of a profile's load around one fork.
 *
 * @param what what was looked at, e.g. {@code system cpu}, {@code stressor cpu}, {@code stressors
 *     alive}, {@code bogo ops}, {@code memory in use}
 * @param when {@code before} or {@code during} the fork, or {@code after} the block of forks the
 *     load was started for
 * @param wanted the wanted value
 * @param tolerance allowed distance from it, in the same unit
 * @param seen the value seen
 * @param unit e.g. {@code %}, {@code CPUs}, {@code processes}, {@code ops}
 * @param reached whether the proof holds
 */
public record LoadCheck(
    String what,
    String when,
    double wanted,
    double tolerance,
    double seen,
    String unit,
    boolean reached) {}
