package dev.bpfgauge.top;

import dev.bpfgauge.libbpf.Attachments;
import dev.bpfgauge.libbpf.FdInfo;
import dev.bpfgauge.libbpf.PinnedObjects;
import dev.bpfgauge.os.ForeignText;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Finds out who keeps programs alive: a walk over the descriptors of all processes, and over BPF
 * file systems. It takes some microseconds for each descriptor on the machine.
 */
final class HoldingsScan {
  private static final Path PROC = Path.of("/proc");
  private static final String PROGRAM = "anon_inode:bpf-prog";
  private static final String LINK = "anon_inode:bpf_link";
  private static final String LINK_IN_BRACKETS = "anon_inode:[bpf_link]";
  private static final String STATISTICS = "anon_inode:bpf-stats";
  private static final String PERF_EVENT = "anon_inode:[perf_event]";

  /** Deeper in a BPF file system, and more files of it, nobody is looked for. */
  private static final int DEEPEST = 16;

  private static final int MOST_PINS = 10_000;

  private final int own = Math.toIntExact(ProcessHandle.current().pid());
  private final Map<Integer, List<Holder>> ofPrograms = new HashMap<>();
  private final Map<Integer, List<Holder>> ofLinks = new HashMap<>();
  private final Map<Integer, List<String>> pinnedPrograms = new HashMap<>();
  private final Map<Integer, List<String>> pinnedLinks = new HashMap<>();
  private final List<Holdings.PerfEventUse> perfEvents = new ArrayList<>();
  private final List<Holder> statistics = new ArrayList<>();
  private int unseen;

  private HoldingsScan() {}

  /** Looks once. */
  static Holdings scan() {
    HoldingsScan scan = new HoldingsScan();
    scan.processes();
    scan.pins();
    return new Holdings(
        scan.ofPrograms,
        scan.ofLinks,
        scan.pinnedPrograms,
        scan.pinnedLinks,
        scan.perfEvents,
        scan.statistics,
        scan.unseen);
  }

  private void processes() {
    try (DirectoryStream<Path> folders = Files.newDirectoryStream(PROC, "[0-9]*")) {
      for (Path process : folders) {
        process(process);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("/proc is not readable", e);
    }
  }

  private void process(Path process) {
    int pid = Integer.parseInt(process.getFileName().toString());
    @Nullable Holder holder = null;
    String[] descriptors = process.resolve("fd").toFile().list();
    if (descriptors == null) {
      unseen += Files.exists(process) ? 1 : 0;
      return;
    }
    for (String fd : descriptors) {
      String target = target(process, fd);
      if (target.startsWith("anon_inode:") && isOurs(target)) {
        holder = holder == null ? holder(pid, process) : holder;
        descriptor(process, pid, fd, target, holder);
      }
    }
  }

  private static boolean isOurs(String target) {
    return switch (target) {
      case PROGRAM, LINK, LINK_IN_BRACKETS, STATISTICS, PERF_EVENT -> true;
      default -> false;
    };
  }

  private static String target(Path process, String fd) {
    try {
      return Files.readSymbolicLink(process.resolve("fd").resolve(fd)).toString();
    } catch (IOException e) {
      return ""; // Closed meanwhile.
    }
  }

  private void descriptor(Path process, int pid, String fd, String target, Holder holder) {
    switch (target) {
      case STATISTICS -> {
        if (pid != own) {
          statistics.add(holder);
        }
      }
      case PERF_EVENT ->
          Attachments.ofPerfEvent(pid, Integer.parseInt(fd))
              .ifPresent(hook -> perfEvents.add(new Holdings.PerfEventUse(hook, holder)));
      default ->
          info(process.resolve("fdinfo").resolve(fd))
              .ifPresent(info -> {
                if (info.kind() != FdInfo.Kind.MAP) {
                  add(info.kind() == FdInfo.Kind.LINK ? ofLinks : ofPrograms, info.id(), holder);
                }
              });
    }
  }

  private static Optional<FdInfo> info(Path file) {
    try {
      return FdInfo.parse(ForeignText.read(file));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private static Holder holder(int pid, Path process) {
    return new Holder(
        pid,
        text(process.resolve("comm")).stripTrailing(),
        Holder.cgroupOf(text(process.resolve("cgroup"))));
  }

  private static String text(Path file) {
    try {
      return ForeignText.read(file);
    } catch (IOException e) {
      return "";
    }
  }

  private void pins() {
    for (String line : text(PROC.resolve("self/mountinfo")).lines().toList()) {
      String[] halves = line.split(" - ", 2);
      if (halves.length == 2 && halves[1].startsWith("bpf ")) {
        ForeignText.mountPath(halves[0].split(" ", -1)[4]).ifPresent(this::pins);
      }
    }
  }

  private void pins(Path mount) {
    try (Stream<Path> files = Files.walk(mount, DEEPEST)) {
      files.limit(MOST_PINS).filter(file -> !Files.isDirectory(file)).forEach(this::pin);
    } catch (IOException | UncheckedIOException e) {
      unseen++;
    }
  }

  private void pin(Path file) {
    PinnedObjects.at(file)
        .ifPresent(info -> {
          if (info.kind() != FdInfo.Kind.MAP) {
            add(
                info.kind() == FdInfo.Kind.LINK ? pinnedLinks : pinnedPrograms,
                info.id(),
                file.toString());
          }
        });
  }

  private static <T> void add(Map<Integer, List<T>> all, int id, T one) {
    List<T> some = all.computeIfAbsent(id, _ -> new ArrayList<>());
    if (!some.contains(one)) {
      some.add(one);
    }
  }
}
