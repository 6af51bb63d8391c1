package dev.bpfgauge.suite.prog;

import dev.bpfgauge.files.DurableFile;
import dev.bpfgauge.model.Cell;
import dev.bpfgauge.model.NearestName;
import dev.bpfgauge.model.Refusal;
import dev.bpfgauge.os.Scratch;
import dev.bpfgauge.suite.prog.ObjectInfo.MapInfo;
import dev.bpfgauge.suite.prog.ObjectInfo.ProgramInfo;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The objects that a user named, read and looked into. */
public final class GivenObjects {
  private static final long MOST_BYTES = 100_000_000;

  /** What a GuestTask's line and a cell's name can hold. */
  static final String PLAIN = "[\\w.$+-]+";

  private final List<Path> files;
  private final List<byte[]> bytes;
  private final List<ObjectInfo> objects;

  private GivenObjects(List<Path> files, List<byte[]> bytes, List<ObjectInfo> objects) {
    this.files = files;
    this.bytes = bytes;
    this.objects = objects;
  }

  /**
   * Reads objects.
   *
   * @throws Refusal where one is none, or two have the same name
   */
  public static GivenObjects read(List<Path> files) {
    List<byte[]> bytes = new ArrayList<>();
    List<String> names = new ArrayList<>();
    for (Path file : files) {
      bytes.add(bytes(file));
      String name = ObjectFiles.nameOf(file);
      if (names.contains(name)) {
        throw Refusal.usage(
            "two objects are called %s, so nobody could tell their figures apart: rename one"
                .formatted(name));
      }
      names.add(name);
    }
    try {
      Path folder = Scratch.newFolder("objects-");
      Path log = folder.resolve("log");
      try {
        // /dev/stdin is another file in another process, and one that is written to changes.
        List<Path> copies = new ArrayList<>();
        for (int i = 0; i < files.size(); i++) {
          copies.add(Files.write(folder.resolve(i + ".o"), bytes.get(i)));
        }
        return new GivenObjects(files, bytes, InventoryFork.read(files, copies, names, log));
      } finally {
        Scratch.deleteTree(folder);
      }
    } catch (IOException e) {
      throw Refusal.environment(String.valueOf(e.getMessage()));
    }
  }

  private static byte[] bytes(Path file) {
    try {
      InputFiles.requireThere(file);
      if (!Files.isRegularFile(file)) {
        throw Refusal.usage(
            file + " is not a regular file: name an object that clang -target bpf made");
      }
      if (Files.size(file) > MOST_BYTES) {
        throw Refusal.usage(
            "%s has %d MB, and objects have 100 at most: strip it with llvm-strip -g"
                .formatted(file, Files.size(file) / 1_000_000));
      }
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw Refusal.usage("%s cannot be read: %s".formatted(file, DurableFile.reason(e)));
    }
  }

  /**
   * The cells: each program loaded, and run where BPF_PROG_RUN does that.
   *
   * @param programs names of those that are wanted; empty: all
   * @param inputs what they are run on, and the shapes that they are loaded in
   * @param attaching which of the others are attached
   * @param kernels a cell for each of these, where the arms are versions; empty: the cells name
   *     none
   * @throws Refusal where no object has such a program, or none takes an input that was named
   */
  public List<Cell> cells(
      List<String> programs, GivenInputs inputs, Attaching attaching, List<String> kernels) {
    List<String> all = programNames();
    for (String wanted : programs) {
      if (!all.contains(wanted)) {
        throw Refusal.option(NearestName.unknown("program", wanted, all));
      }
    }
    List<ProgCell> loads = new ArrayList<>();
    List<ProgCell> runs = new ArrayList<>();
    for (ObjectInfo object : objects) {
      for (ProgramInfo program : object.programs()) {
        if (!programs.isEmpty() && !programs.contains(program.name())) {
          continue;
        }
        requirePlain(object, program);
        loads.add(new ProgCell(object.name(), program.name(), ProgCell.Task.LOAD, ""));
        runs.addAll(runs(object, program, inputs, attaching));
      }
    }
    requireTaken(runs, inputs);
    if (!attaching.command().isEmpty()
        && runs.stream().noneMatch(run -> run.task() == ProgCell.Task.EVENT)) {
      throw Refusal.usage(
          "--load makes the events of programs that are attached, and none of these is");
    }
    loads.addAll(runs);
    List<Cell> cells =
        loads.stream()
            .flatMap(cell -> inputs.shapes().stream().map(shape -> cell.in(shape).cell()))
            .toList();
    return kernels.isEmpty()
        ? cells
        : kernels.stream()
            .flatMap(kernel -> cells.stream().map(cell -> cell.with(ProgCell.KERNEL, kernel)))
            .toList();
  }

  private static List<ProgCell> runs(
      ObjectInfo object, ProgramInfo program, GivenInputs inputs, Attaching attaching) {
    List<ProgCell> runs = new ArrayList<>();
    String name = program.name();
    if (RunnableTypes.onPackets(program.typeNumber())) {
      for (String packet : inputs.packets()) {
        runs.add(new ProgCell(object.name(), name, ProgCell.Task.RUN, packet));
      }
    } else if (RunnableTypes.onContexts(program.typeNumber()) && inputs.hasContext()) {
      runs.add(new ProgCell(object.name(), name, ProgCell.Task.RUN, InputFiles.CONTEXT));
    }
    if (attaching.includes(program)) {
      runs.add(new ProgCell(object.name(), name, ProgCell.Task.EVENT, attaching.command()));
    }
    return runs;
  }

  private static void requireTaken(List<ProgCell> runs, GivenInputs inputs) {
    List<String> taken =
        runs.stream()
            .filter(run -> run.task() == ProgCell.Task.RUN)
            .map(ProgCell::input)
            .distinct()
            .toList();
    if (inputs.hasPackets() && (taken.isEmpty() || taken.equals(List.of(InputFiles.CONTEXT)))) {
      throw Refusal.usage(
          "no program here is run on packets: --pcap and --data are for XDP, tc, cgroup_skb, socket"
              + " filter, lwt and flow dissector programs");
    }
    if (inputs.hasContext()
        && !taken.contains(InputFiles.CONTEXT)
        && !taken.contains(InputFiles.DATA)) {
      throw Refusal.usage(
          "no program here is given this context: --ctx is for raw_tp, syscall and sk_lookup"
              + " programs, and with --data for those on packets");
    }
  }

  private static boolean isRun(ProgramInfo program, Attaching attaching) {
    return RunnableTypes.onPackets(program.typeNumber())
        || RunnableTypes.onContexts(program.typeNumber())
        || attaching.includes(program);
  }

  private static void requirePlain(ObjectInfo object, ProgramInfo program) {
    if (!program.name().matches(PLAIN)) {
      throw Refusal.usage(
          "a program of %s has a name that no C function has: rename it".formatted(object.name()));
    }
  }

  /**
   * The files of a run on these.
   *
   * @param earlier the other version of them, as many, or null: then they have no versions
   * @throws Refusal where what a map or a variable is to hold does not fit
   */
  public SortedMap<String, byte[]> files(@Nullable GivenObjects earlier, GivenInputs inputs) {
    List<Version> versions = versions(earlier);
    inputs.requireKnown(versions.stream().map(Version::target).toList());
    SortedMap<String, byte[]> all = new TreeMap<>(inputs.files());
    for (Version version : versions) {
      all.put(ObjectFiles.FOLDER + "/" + version.name, version.bytes());
      GivenValues values = GivenValues.of(inputs.asked(), version.target());
      if (!values.isEmpty()) {
        all.put(InputFiles.values(version.name), values.text().getBytes(StandardCharsets.UTF_8));
      }
    }
    return all;
  }

  /**
   * One object of one version.
   *
   * @param name among the objects of the run
   */
  private record Version(String name, GivenObjects side, int index) {
    byte[] bytes() {
      return side.bytes.get(index);
    }

    GivenValues.Target target() {
      return new GivenValues.Target(
          side.files.get(index).toString(), side.objects.get(index), Inventory.types(bytes()));
    }
  }

  private List<Version> versions(@Nullable GivenObjects earlier) {
    List<Version> versions = new ArrayList<>();
    for (int i = 0; i < objects.size(); i++) {
      String name = objects.get(i).name();
      if (earlier == null) {
        versions.add(new Version(name, this, i));
      } else {
        versions.add(new Version(ProgSuite.NEW + "/" + name, this, i));
        versions.add(new Version(ProgSuite.OLD + "/" + name, earlier, i));
      }
    }
    return versions;
  }

  /** Programs that the other version has and these have not. */
  public List<String> removedSince(GivenObjects earlier) {
    List<String> removed = new ArrayList<>(earlier.programNames());
    removed.removeAll(programNames());
    return removed;
  }

  /**
   * The same of the two versions that a run keeps; none where it has no versions.
   *
   * @param run its folder
   */
  public static List<String> removedIn(Path run) {
    Path versions = run.resolve(ObjectFiles.FOLDER);
    if (!Files.isDirectory(versions.resolve(ProgSuite.OLD))) {
      return List.of();
    }
    return kept(versions.resolve(ProgSuite.NEW))
        .removedSince(kept(versions.resolve(ProgSuite.OLD)));
  }

  private static GivenObjects kept(Path version) {
    try (Stream<Path> files = Files.list(version)) {
      return read(files.sorted().toList());
    } catch (IOException e) {
      throw Refusal.environment(
          "%s cannot be read: %s; start a new run".formatted(version, DurableFile.reason(e)));
    }
  }

  private List<String> programNames() {
    return objects.stream()
        .flatMap(object -> object.programs().stream())
        .map(ProgramInfo::name)
        .toList();
  }

  /** Which files they are, a line each. */
  public List<String> descriptions() {
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < objects.size(); i++) {
      ObjectInfo object = objects.get(i);
      lines.add(
          "%s: %d bytes, sha256 %s, licence %s, %s, %s"
              .formatted(
                  files.get(i),
                  object.bytes(),
                  object.sha256().substring(0, 12),
                  object.licence().isEmpty() ? "none" : object.licence(),
                  object.hasBtf() ? "BTF" : "no BTF",
                  several(object.relocations(), "CO-RE relocation", "CO-RE relocations")));
    }
    return lines;
  }

  private static String several(long count, String one, String many) {
    return count + " " + (count == 1 ? one : many);
  }

  /** Of a ring buffer, which has no keys and values, its bytes. */
  private static String size(MapInfo map) {
    return map.keyBytes() + map.valueBytes() == 0
        ? several(map.entries(), "byte", "bytes")
        : "%s of %d + %d bytes"
            .formatted(
                several(map.entries(), "entry", "entries"), map.keyBytes(), map.valueBytes());
  }

  /** What they hold, as lines; of programs that nothing runs, why. */
  public List<String> text(Attaching attaching) {
    List<String> lines = new ArrayList<>();
    List<String> heads = descriptions();
    for (int i = 0; i < objects.size(); i++) {
      ObjectInfo object = objects.get(i);
      lines.add(heads.get(i));
      for (ProgramInfo program : object.programs()) {
        lines.add(
            "  program %s: %s, section %s, %s%s"
                .formatted(
                    program.name(),
                    program.type(),
                    program.section(),
                    several(program.instructions(), "instruction", "instructions"),
                    isRun(program, attaching)
                        ? ""
                        : "; loaded only: " + attaching.leftOut(program)));
      }
      for (MapInfo map : object.maps()) {
        lines.add("  map %s: %s, %s".formatted(map.name(), map.type(), size(map)));
      }
    }
    return lines;
  }
}
