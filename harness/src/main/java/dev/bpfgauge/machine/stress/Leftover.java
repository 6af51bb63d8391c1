package dev.bpfgauge.machine.stress;

import dev.bpfgauge.machine.host.Cgroups;
import dev.bpfgauge.machine.host.ChildCgroup;
import dev.bpfgauge.machine.stress.Containment.Marked;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/** Stressors of a harness that is dead, or the empty cgroup they left behind. */
public final class Leftover {
  private final Owner owner;
  private final Containment containment;

  private Leftover(Owner owner, Containment containment) {
    this.owner = owner;
    this.containment = containment;
  }

  /**
   * Everything dead harnesses of this machine left, searched in the whole hierarchies of cgroup v2
   * and of v1's freezer and in the environment of all processes. What belongs to a live harness, or
   * to one in another pid namespace, is not in it.
   */
  public static List<Leftover> all() {
    List<Leftover> found = new ArrayList<>();
    for (Path folder : cgroups()) {
      Containment group = Containment.of(folder);
      deadOwner(group.name()).ifPresent(owner -> found.add(new Leftover(owner, group)));
    }
    var names = new TreeSet<String>();
    for (long pid : Proc.pids()) {
      String prefix = Containment.MARK + "=";
      Proc.environment(pid)
          .filter(setting -> setting.startsWith(prefix))
          .map(setting -> setting.substring(prefix.length()))
          .forEach(names::add);
    }
    found.forEach(leftover -> names.remove(leftover.containment.name()));
    for (String name : names) {
      var marked = new Marked(name, "");
      deadOwner(name).ifPresent(owner -> found.add(new Leftover(owner, marked)));
    }
    return List.copyOf(found);
  }

  /** A variable by which a process is found, and ended, once this harness is dead. */
  public static Map<String, String> mark() {
    return Map.of(Containment.MARK, Owner.self() + "-arm");
  }

  /** Kills what runs and removes the cgroup. */
  public void end() {
    containment.end(Duration.ofSeconds(30));
  }

  /** Pid that the dead harness had. */
  public long ownerPid() {
    return owner.pid();
  }

  /** The stressors that still run. */
  public List<Long> pids() {
    return containment.pids();
  }

  /** For the user: what it is and whose. */
  @Override
  public String toString() {
    int processes = pids().size();
    return "%s of the dead harness with pid %d"
        .formatted(
            processes == 0 ? "an empty cgroup" : processes + " stressor processes", owner.pid());
  }

  /** The owner in OWNER-N, where it is certainly dead. */
  private static Optional<Owner> deadOwner(String name) {
    int end = name.lastIndexOf('-');
    return end < 0 ? Optional.empty() : Owner.parse(name.substring(0, end)).filter(Owner::isDead);
  }

  private static List<Path> cgroups() {
    List<Path> found = new ArrayList<>();
    try {
      Cgroups hierarchies = Cgroups.read();
      for (Optional<Path> root : List.of(hierarchies.unifiedRoot(), hierarchies.freezerV1Root())) {
        if (root.isPresent()) {
          Files.walkFileTree(root.get(), new GroupSearch(found));
        }
      }
    } catch (IOException e) {
      return found; // no /proc/self/cgroup: a kernel without cgroups
    }
    return found;
  }

  private static final class GroupSearch extends SimpleFileVisitor<Path> {
    private final List<Path> found;

    GroupSearch(List<Path> found) {
      this.found = found;
    }

    @Override
    public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
      if (String.valueOf(folder.getFileName()).startsWith(ChildCgroup.PREFIX)) {
        found.add(folder);
        return FileVisitResult.SKIP_SUBTREE;
      }
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFileFailed(Path file, IOException e) {
      return FileVisitResult.CONTINUE; // removed meanwhile, or not ours to read
    }
  }
}
