package dev.bpfgauge.top;

import dev.bpfgauge.libbpf.Attachments;
import dev.bpfgauge.libbpf.LoadedLink;
import dev.bpfgauge.libbpf.TcFilters;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * What is attached without a link shows at its place alone: control groups, devices, network
 * namespaces, maps of sockets and receivers of remote controls are asked for their programs, while
 * there are programs whose hook nobody else tells. A walk waits so long for the next that all of
 * them take no more than a hundredth of a CPU. For one thread.
 */
final class UnlinkedHooks {
  private static final Path PROC = Path.of("/proc");
  private static final Path DEVICES = Path.of("/dev");

  static final int XDP = 6;

  /** BPF_PROG_TYPE_… on network devices: sched_cls, sched_act, xdp. */
  private static final Set<Integer> ON_DEVICES = Set.of(3, 4, XDP);

  /** BPF_PROG_TYPE_… on maps of sockets: sk_skb, sk_msg. */
  private static final Set<Integer> ON_SOCKET_MAPS = Set.of(14, 16);

  /** BPF_PROG_TYPE_… on network namespaces: flow_dissector, sk_lookup. */
  private static final Set<Integer> ON_NAMESPACES = Set.of(22, 30);

  private static final int LIRC_MODE2 = 24;

  /** BPF_PROG_TYPE_… on control groups, and enum bpf_attach_type where each may be. */
  private static final Map<Integer, List<Integer>> ON_CGROUPS =
      Map.of(
          8, List.of(0, 1), // cgroup_skb
          9, List.of(2, 12, 13, 34), // cgroup_sock
          13, List.of(3), // sock_ops
          15, List.of(6), // cgroup_device
          18,
              List.of(
                  8, 9, 10, 11, 14, 15, 19, 20, 29, 30, 31, 32, 49, 50, 51, 52, 53), // sock_addr
          23, List.of(18), // cgroup_sysctl
          25, List.of(21, 22)); // cgroup_sockopt

  /** A walk waits so many times as long as it took. */
  private static final int REST = 100;

  /** More are not asked. */
  private static final int MOST_CGROUPS = 10_000;

  private static final int MOST_NAMESPACES = 1_000;

  private final HostPlaces places;
  private Map<Integer, List<LoadedLink>> found = Map.of();
  private String note = "";
  private boolean asked;
  private long askedAt;
  private long tookNanos;

  UnlinkedHooks(HostPlaces places) {
    this.places = places;
  }

  /** Whether a program of this type may have a hook that only its place tells. */
  static boolean isPossible(int type) {
    return ON_CGROUPS.containsKey(type)
        || ON_DEVICES.contains(type)
        || ON_SOCKET_MAPS.contains(type)
        || ON_NAMESPACES.contains(type)
        || type == LIRC_MODE2;
  }

  /**
   * Asks, unless it was asked too short a time ago.
   *
   * @param open programs whose hook nobody else tells, with their BPF_PROG_TYPE_…
   * @param socketMaps ids of maps of sockets
   */
  void ask(Map<Integer, Integer> open, Collection<Integer> socketMaps) {
    long now = System.nanoTime();
    if (open.isEmpty()) {
      found = Map.of();
      note = "";
    } else if (!asked || now - askedAt > REST * tookNanos) {
      Map<Integer, List<LoadedLink>> all = new HashMap<>();
      walk(new HashSet<>(open.values()), socketMaps).stream()
          .filter(link -> open.containsKey(link.programId()))
          .forEach(
              link -> add(all.computeIfAbsent(link.programId(), _ -> new ArrayList<>()), link));
      found = all;
      asked = true;
      askedAt = System.nanoTime();
      tookNanos = askedAt - now;
    }
  }

  private static void add(List<LoadedLink> some, LoadedLink link) {
    if (!some.contains(link)) {
      some.add(link);
    }
  }

  private List<LoadedLink> walk(Set<Integer> types, Collection<Integer> socketMaps) {
    List<LoadedLink> links = new ArrayList<>();
    if (!Collections.disjoint(types, ON_DEVICES)) {
      HostPlaces.devices()
          .forEach((ifindex, name) -> {
            links.addAll(Attachments.ofDevice(ifindex, name));
            links.addAll(TcFilters.of(ifindex, name));
          });
    }
    List<Integer> ofCgroups =
        types.stream().flatMap(type -> ON_CGROUPS.getOrDefault(type, List.of()).stream()).toList();
    note = "";
    if (!ofCgroups.isEmpty()) {
      List<Path> folders = places.cgroups();
      folders.stream()
          .limit(MOST_CGROUPS)
          .forEach(
              folder -> links.addAll(Attachments.ofCgroup(folder, ofCgroups, places.name(folder))));
      if (folders.size() > MOST_CGROUPS) {
        note =
            "of %d control groups %d were asked: programs on the others show no hook."
                .formatted(folders.size(), MOST_CGROUPS);
      }
    }
    if (!Collections.disjoint(types, ON_NAMESPACES)) {
      networkNamespaces()
          .forEach((name, file) -> links.addAll(Attachments.ofNetworkNamespace(file, name)));
    }
    if (!Collections.disjoint(types, ON_SOCKET_MAPS)) {
      socketMaps.forEach(map -> links.addAll(Attachments.ofSocketMap(map)));
    }
    if (types.contains(LIRC_MODE2)) {
      receivers().forEach(device -> links.addAll(Attachments.ofRemoteControl(device)));
    }
    return links;
  }

  /** Those that processes are in, by the words that a link's target has. */
  private static Map<String, Path> networkNamespaces() {
    Map<String, Path> namespaces = new TreeMap<>();
    for (Path process : entries(PROC, "[0-9]*")) {
      Path file = process.resolve("ns/net");
      try {
        String number = Files.readSymbolicLink(file).toString().replaceAll("\\D", "");
        if (namespaces.size() < MOST_NAMESPACES) {
          namespaces.putIfAbsent("netns " + number, file);
        }
      } catch (IOException e) {
        // Gone meanwhile, or not ours to see.
      }
    }
    return namespaces;
  }

  private static List<Path> receivers() {
    return entries(DEVICES, "lirc*");
  }

  private static List<Path> entries(Path folder, String glob) {
    List<Path> entries = new ArrayList<>();
    try (DirectoryStream<Path> some = Files.newDirectoryStream(folder, glob)) {
      some.forEach(entries::add);
    } catch (IOException e) {
      return entries;
    }
    return entries;
  }

  /** Where a program is attached without a link. */
  List<LoadedLink> of(int program) {
    return found.getOrDefault(program, List.of());
  }

  /** What was not asked, a sentence; empty where all was. */
  String note() {
    return note;
  }
}
