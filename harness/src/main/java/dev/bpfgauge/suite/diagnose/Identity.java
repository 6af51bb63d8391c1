package dev.bpfgauge.suite.diagnose;

import static dev.bpfgauge.libbpf.ffm.CStruct.chars;
import static dev.bpfgauge.libbpf.ffm.CStruct.u32;
import static dev.bpfgauge.libbpf.ffm.CStruct.u64;

import dev.bpfgauge.libbpf.ffm.CStruct;
import dev.bpfgauge.suite.tools.Texts;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;

/**
 * Who a process is, as programs of modules write it (bpf/tools/who.h).
 *
 * @param pid the machine's own number
 * @param ownPid its number in its own PID namespace; the same where that is the machine's
 * @param uid its real user, as the machine's own user namespace has it
 * @param cgroup path of its control group of version 2
 * @param parents the nearest first
 * @param moreParents whether there were more than these
 */
record Identity(
    int pid, int ownPid, long uid, String cgroup, List<Parent> parents, boolean moreParents) {
  private static final int MOST_PARENTS = 16;
  private static final int CGROUP_NAME_BYTES = 64;
  private static final int COMM_BYTES = 16;

  /** Of who.h. */
  static final CStruct PARENT = CStruct.of("parent", u32("tgid"), chars("comm", COMM_BYTES));

  /** Of who.h. */
  static final CStruct WHO =
      CStruct.of(
          "who",
          u64("cgroup"),
          u32("tgid"),
          u32("own_number"),
          u32("uid"),
          u32("parents"),
          u32("more_parents"),
          u32("zero"),
          chars("cgroup_name", CGROUP_NAME_BYTES),
          chars("parent", MOST_PARENTS * Math.toIntExact(PARENT.size())));

  /** One that a process comes from. */
  record Parent(int pid, String name) {
    @Override
    public String toString() {
      return "%s(%d)".formatted(name, pid);
    }
  }

  Identity {
    parents = List.copyOf(parents);
  }

  /** What a row has. */
  static Identity of(MemorySegment who, ControlGroups groups) {
    List<Parent> parents = new ArrayList<>();
    for (int i = 0; i < WHO.getInt(who, "parents"); i++) {
      MemorySegment parent = who.asSlice(WHO.offset("parent") + i * PARENT.size(), PARENT.size());
      parents.add(new Parent(PARENT.getInt(parent, "tgid"), text(PARENT, parent, "comm")));
    }
    return new Identity(
        WHO.getInt(who, "tgid"),
        WHO.getInt(who, "own_number"),
        Integer.toUnsignedLong(WHO.getInt(who, "uid")),
        groups.path(WHO.getLong(who, "cgroup"), text(WHO, who, "cgroup_name")),
        parents,
        WHO.getInt(who, "more_parents") != 0);
  }

  /** A text of a row, safe to be shown. */
  static String text(CStruct struct, MemorySegment values, String field) {
    CStruct.Field at = Objects.requireNonNull(struct.fields().get(field));
    return Texts.of(values.asSlice(at.offset(), at.size()));
  }

  /** E.g. {@code make(12) < bash(10) < systemd(1)}. */
  String chain() {
    return parents.stream().map(Parent::toString).collect(Collectors.joining(" < "))
        + (moreParents ? " < …" : "");
  }
}
