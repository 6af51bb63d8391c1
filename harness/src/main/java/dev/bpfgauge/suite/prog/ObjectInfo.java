package dev.bpfgauge.suite.prog;

import java.util.List;

/**
 * What an object holds, as its file says.
 *
 * @param name its name in the run
 * @param bytes of the file
 * @param sha256 in hexadecimal
 * @param licence as its licence section says; empty for none
 * @param relocations CO-RE relocations: places that the loader fits to the kernel's types
 * @param hasBtf whether it has type information
 * @param programs in the object's order
 * @param maps in the object's order, those of global data included
 */
record ObjectInfo(
    String name,
    long bytes,
    String sha256,
    String licence,
    int relocations,
    boolean hasBtf,
    List<ProgramInfo> programs,
    List<MapInfo> maps) {

  ObjectInfo {
    programs = List.copyOf(programs);
    maps = List.copyOf(maps);
  }

  /**
   * A program.
   *
   * @param name of its function
   * @param section its ELF section, which names the hook
   * @param type word of its type, as bpftool's: {@code xdp}, {@code sched_cls}
   * @param typeNumber {@code BPF_PROG_TYPE_…}
   * @param instructions before the loader's and the verifier's rewriting
   * @param helpers numbers of the helpers it calls itself, rising
   */
  record ProgramInfo(
      String name,
      String section,
      String type,
      int typeNumber,
      int instructions,
      List<Integer> helpers) {
    ProgramInfo {
      helpers = List.copyOf(helpers);
    }
  }

  /**
   * A map.
   *
   * @param type word of its kind, as bpftool's: {@code hash}
   * @param keyBytes of a key
   * @param valueBytes of a value, of one CPU where there is one for each
   * @param entries at most
   */
  record MapInfo(String name, String type, int keyBytes, int valueBytes, long entries) {}
}
