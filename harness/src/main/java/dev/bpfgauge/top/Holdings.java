package dev.bpfgauge.top;

import dev.bpfgauge.libbpf.LoadedLink;
import java.util.List;
import java.util.Map;

/**
 * What keeps programs alive.
 *
 * @param ofPrograms processes by the id of a program that they have open
 * @param ofLinks processes by the id of a link
 * @param pinnedPrograms files of BPF file systems by the id of a program
 * @param pinnedLinks the same of links
 * @param perfEvents programs on perf events that are no links; each a hook and who has it open
 * @param statistics processes that have run-time statistics switched on, without this one
 * @param unseen processes whose descriptors this one may not see
 */
record Holdings(
    Map<Integer, List<Holder>> ofPrograms,
    Map<Integer, List<Holder>> ofLinks,
    Map<Integer, List<String>> pinnedPrograms,
    Map<Integer, List<String>> pinnedLinks,
    List<PerfEventUse> perfEvents,
    List<Holder> statistics,
    int unseen) {

  static final Holdings NONE =
      new Holdings(Map.of(), Map.of(), Map.of(), Map.of(), List.of(), List.of(), 0);

  /** A program on a perf event. */
  record PerfEventUse(LoadedLink hook, Holder holder) {}
}
