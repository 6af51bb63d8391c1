package dev.bpfgauge.suite.prog;

import dev.bpfgauge.files.DurableFile;
import dev.bpfgauge.model.Cell;
import dev.bpfgauge.model.NearestName;
import dev.bpfgauge.model.Refusal;
import dev.bpfgauge.os.Scratch;
import dev.bpfgauge.suite.prog.ObjectInfo.MapInfo;
import dev.bpfgauge.suite.prog.ObjectInfo.ProgramInfo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The objects that a user named, read and looked into. */
public final class GivenObjects {
  private static final long MOST_BYTES = 100_000_000;

  /** What a GuestTask's line and a cell's name can hold. */
  private static final String PLAIN = "[\\w.$+-]+";

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
      Path folder = Scratch.newFolder("bpfgauge-objects-");
      Path log = folder.resolve("log");
      try {
        return new GivenObjects(files, bytes, InventoryFork.read(files, names, log));
      } finally {
        Scratch.deleteTree(folder);
      }
    } catch (IOException e) {
      throw Refusal.environment(String.valueOf(e.getMessage()));
    }
  }

  private static byte[] bytes(Path file) {
    try {
      if (!Files.exists(file)) {
        throw Refusal.usage("there is no file " + file);
      }
      if (!Files.isRegularFile(file)) {
        throw Refusal.usage(file + " is no file: name an object that clang -target bpf made");
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
   * @param packets words of those that they are run on; empty: all
   * @param kernels a cell for each of these, where the arms are versions; empty: the cells name
   *     none
   * @throws Refusal where no object has such a program
   */
  public List<Cell> cells(List<String> programs, List<String> packets, List<String> kernels) {
    List<String> all = programNames();
    for (String wanted : programs) {
      if (!all.contains(wanted)) {
        throw Refusal.option(NearestName.unknown("program", wanted, all));
      }
    }
    packets.forEach(Packet::ofWord);
    List<Cell> loads = new ArrayList<>();
    List<Cell> runs = new ArrayList<>();
    for (ObjectInfo object : objects) {
      for (ProgramInfo program : object.programs()) {
        if (!programs.isEmpty() && !programs.contains(program.name())) {
          continue;
        }
        requirePlain(object, program);
        loads.add(new ProgCell(object.name(), program.name(), ProgCell.Task.LOAD, "").cell());
        if (RunnableTypes.onPackets(program.typeNumber())) {
          for (String packet : packets.isEmpty() ? Packet.words() : packets) {
            runs.add(new ProgCell(object.name(), program.name(), ProgCell.Task.RUN, packet).cell());
          }
        } else if (RunnableTypes.attachable(program)) {
          runs.add(new ProgCell(object.name(), program.name(), ProgCell.Task.EVENT, "").cell());
        }
      }
    }
    loads.addAll(runs);
    return kernels.isEmpty()
        ? loads
        : kernels.stream()
            .flatMap(kernel -> loads.stream().map(cell -> cell.with(ProgCell.KERNEL, kernel)))
            .toList();
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
   * @param earlier the other version of them, or null: then they have no versions
   * @throws Refusal where there are more objects on one side than on the other
   */
  public SortedMap<String, byte[]> files(@Nullable GivenObjects earlier) {
    SortedMap<String, byte[]> all = new TreeMap<>();
    String folder = ObjectFiles.FOLDER + "/";
    if (earlier == null) {
      for (int i = 0; i < objects.size(); i++) {
        all.put(folder + objects.get(i).name(), bytes.get(i));
      }
      return all;
    }
    if (earlier.objects.size() != objects.size()) {
      throw Refusal.usage(
          "%d objects against %d: name as many with --against, in the same order"
              .formatted(objects.size(), earlier.objects.size()));
    }
    for (int i = 0; i < objects.size(); i++) {
      String name = objects.get(i).name();
      all.put(folder + ProgSuite.NEW + "/" + name, bytes.get(i));
      all.put(folder + ProgSuite.OLD + "/" + name, earlier.bytes.get(i));
    }
    return all;
  }

  /** Programs that the other version has and these have not. */
  public List<String> removedSince(GivenObjects earlier) {
    List<String> removed = new ArrayList<>(earlier.programNames());
    removed.removeAll(programNames());
    return removed;
  }

  private List<String> programNames() {
    return objects.stream()
        .flatMap(object -> object.programs().stream())
        .map(ProgramInfo::name)
        .toList();
  }

  /** What they hold, as lines. */
  public List<String> text() {
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < objects.size(); i++) {
      ObjectInfo object = objects.get(i);
      lines.add(
          "%s: %d bytes, sha256 %s, licence %s, %s, %d CO-RE relocations"
              .formatted(
                  files.get(i),
                  object.bytes(),
                  object.sha256().substring(0, 12),
                  object.licence().isEmpty() ? "none" : object.licence(),
                  object.hasBtf() ? "BTF" : "no BTF",
                  object.relocations()));
      for (ProgramInfo program : object.programs()) {
        lines.add(
            "  program %s: %s, section %s, %d instructions"
                .formatted(
                    program.name(), program.type(), program.section(), program.instructions()));
      }
      for (MapInfo map : object.maps()) {
        lines.add(
            "  map %s: %s, %d entries of %d + %d bytes"
                .formatted(
                    map.name(), map.type(), map.entries(), map.keyBytes(), map.valueBytes()));
      }
    }
    return lines;
  }
}
