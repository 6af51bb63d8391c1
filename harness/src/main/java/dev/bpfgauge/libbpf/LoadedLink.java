package dev.bpfgauge.libbpf;

import java.util.OptionalLong;

/**
 * An attachment of a program, whoever made it.
 *
 * @param id unique among this kernel's links while the link exists; 0 where the attachment is no
 *     link
 * @param programId what it runs
 * @param hook the kind of hook, in the words of suite hooks where that has it: {@code raw_tp},
 *     {@code fentry}, {@code tracepoint}, {@code kprobe.multi}, {@code xdp}, {@code tc.tcx}; else
 *     the kernel's word for the link
 * @param target where: a function, tracepoint, device, cgroup; empty where the kernel does not tell
 * @param missed events that the hook itself lost, where the kernel counts them
 */
public record LoadedLink(int id, int programId, String hook, String target, OptionalLong missed) {}
