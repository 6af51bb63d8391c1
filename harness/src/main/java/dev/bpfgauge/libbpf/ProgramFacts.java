package dev.bpfgauge.libbpf;

import java.util.List;

/**
 * What does not change of a program that somebody has loaded.
 *
 * @param id unique among this kernel's programs while the program exists
 * @param name of its function, from its type information; without that the kernel's, which is cut
 *     after 15 characters; empty where it has none
 * @param type {@code BPF_PROG_TYPE_…}
 * @param tag hash of its instructions
 * @param loadedAtNanos when, on the clock that counts from the boot on (CLOCK_BOOTTIME)
 * @param uid the user who did
 * @param jitedBytes machine code; 0 where the JIT is off or the kernel hides it
 * @param translatedBytes instructions after the verifier's rewriting, 8 bytes each
 * @param mapIds maps that it uses
 */
public record ProgramFacts(
    int id,
    String name,
    int type,
    String tag,
    long loadedAtNanos,
    int uid,
    long jitedBytes,
    long translatedBytes,
    List<Integer> mapIds) {

  public ProgramFacts {
    mapIds = List.copyOf(mapIds);
  }

  /** {@code raw_tracepoint}. */
  public String typeWord() {
    return LoadedPrograms.typeWord(type);
  }
}
