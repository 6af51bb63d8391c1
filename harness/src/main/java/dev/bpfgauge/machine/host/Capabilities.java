package dev.bpfgauge.machine.host;

import dev.bpfgauge.model.Capability;
import dev.bpfgauge.os.Program;
import java.util.ArrayList;
import java.util.List;

/**
 * What this machine can do, what it refuses and what it lacks, each with the command that would
 * change it. Looking changes nothing: nothing is mounted, pinned or switched; the maps and the
 * cgroup that are created to see whether they can be are gone at once.
 */
public final class Capabilities {
  private Capabilities() {}

  /** This machine and this process. Takes some tens of milliseconds. */
  public static List<Capability> probe() {
    return probe(Roots.SYSTEM);
  }

  static List<Capability> probe(Roots roots) {
    Privileges privileges = Privileges.read(roots);
    List<Capability> found = new ArrayList<>();
    found.addAll(new BpfCapabilities(roots, privileges).probe());
    found.addAll(new SystemCapabilities(roots).probe());
    return List.copyOf(found);
  }

  /** How to run with what is missing; root needs nothing. */
  static String runWith(Privileges.Capability... capabilities) {
    StringBuilder names = new StringBuilder();
    for (Privileges.Capability capability : capabilities) {
      names.append(",+").append(capability.shortName());
    }
    // Not setcap: a java with file capabilities ignores $ORIGIN and does not find its libraries.
    return "run it with sudo, or with no more than this: sudo setpriv --reuid=$USER --init-groups"
        + " --inh-caps=-all"
        + names
        + " --ambient-caps=-all"
        + names
        + " "
        + Program.command();
  }
}
