package dev.bpfgauge.suite.prog;

import dev.bpfgauge.libbpf.BpfException;
import dev.bpfgauge.libbpf.BpfObject;
import dev.bpfgauge.libbpf.BpfProgram;
import dev.bpfgauge.libbpf.VerifierStatistics;
import dev.bpfgauge.libbpf.ffm.Uapi;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One program of an object, loaded alone: what another program of the object, or a map that this
 * one does not use, cannot do on this kernel says nothing of it.
 */
final class LoadedProgram implements AutoCloseable {
  private static final Set<Integer> HASHES =
      Set.of(
          Uapi.BPF_MAP_TYPE_HASH,
          Uapi.BPF_MAP_TYPE_PERCPU_HASH,
          Uapi.BPF_MAP_TYPE_LRU_HASH,
          Uapi.BPF_MAP_TYPE_LRU_PERCPU_HASH);

  /** libbpf: bpf_object__create_maps. */
  private static final Pattern MAP_FAILED =
      Pattern.compile("map '([^']*)': failed to create: ([^\\n]*)");

  /** libbpf: init_prog_array_slots; the array's programs are needed to make it. */
  private static final Pattern SLOT_FAILED =
      Pattern.compile("failed to initialize slot \\[\\d+\\] to prog '([^']*)'");

  /** libbpf: bpf_object__resolve_ksym_func_btf_id and its like for variables. */
  private static final Pattern EXTERN_FAILED =
      Pattern.compile("extern \\((?:func|var) ksym\\) '([^']*)': not found");

  private final BpfObject object;
  private final BpfProgram program;
  private final VerifierStatistics statistics;

  private LoadedProgram(BpfObject object, BpfProgram program, VerifierStatistics statistics) {
    this.object = object;
    this.program = program;
    this.statistics = statistics;
  }

  /**
   * Loads it.
   *
   * @throws LoadRefusedException where this kernel does not take it
   * @throws BpfException where the bytes are no object
   */
  static LoadedProgram load(String name, byte[] elf, String program) throws LoadRefusedException {
    return load(name, elf, program, GivenValues.NONE);
  }

  /**
   * The same with values of its variables.
   *
   * @param values its maps are not filled
   */
  static LoadedProgram load(String name, byte[] elf, String program, GivenValues values)
      throws LoadRefusedException {
    return new Attempts(name, elf, program, values, false, false).load();
  }

  /**
   * The same to be run or attached: what becomes a part of the kernel is loaded with the rest of
   * that part.
   *
   * @param sameChains hash maps have their elements' chains the same each time: by chance a lookup
   *     takes an instruction or two more in one map than in another; for root
   */
  static LoadedProgram loadToRun(
      String name, byte[] elf, String program, GivenValues values, boolean sameChains)
      throws LoadRefusedException {
    return new Attempts(name, elf, program, values, sameChains, true).load();
  }

  BpfProgram program() {
    return program;
  }

  BpfObject object() {
    return object;
  }

  /** Maps of its object whose programs become parts of the kernel. */
  List<String> structOps() {
    return object.mapNames().stream()
        .filter(map -> object.mapSpec(map).type() == Uapi.BPF_MAP_TYPE_STRUCT_OPS)
        .toList();
  }

  /** What the verifier did. */
  VerifierStatistics statistics() {
    return statistics;
  }

  @Override
  public void close() {
    object.close();
  }

  /** Loading again and again, with less or more of the object, until the program's part is told. */
  private static final class Attempts {
    private final String name;
    private final byte[] elf;
    private final String wanted;
    private final GivenValues values;
    private final boolean sameChains;
    private final boolean toRun;

    /** Programs that are loaded as well, for a map that holds them. */
    private final Set<String> company = new LinkedHashSet<>();

    /** Maps that this kernel does not make → why. */
    private final Map<String, String> without = new LinkedHashMap<>();

    /** Functions and variables that this kernel does not have. */
    private final Set<String> unknown = new LinkedHashSet<>();

    Attempts(
        String name,
        byte[] elf,
        String wanted,
        GivenValues values,
        boolean sameChains,
        boolean toRun) {
      this.name = name;
      this.elf = elf;
      this.wanted = wanted;
      this.values = values;
      this.sameChains = sameChains;
      this.toRun = toRun;
    }

    LoadedProgram load() throws LoadRefusedException {
      while (true) {
        BpfObject object = open();
        if (!object.programNames().contains(wanted)) {
          object.close();
          throw new LoadRefusedException("its object has no such program", false, "");
        }
        try (Arena arena = Arena.ofConfined()) {
          BpfProgram program = object.program(wanted);
          MemorySegment log = program.wantStatistics(arena);
          object.load();
          return new LoadedProgram(
              object, program, VerifierStatistics.parse(log.getString(0, StandardCharsets.UTF_8)));
        } catch (BpfException e) {
          object.close();
          if (!learned(e.log())) {
            throw refused();
          }
        } catch (RuntimeException e) {
          object.close();
          throw e;
        }
      }
    }

    private BpfObject open() {
      BpfObject object = BpfObject.open(name, WeakSymbols.in(elf, unknown));
      try {
        boolean isPart =
            toRun
                && object.programNames().contains(wanted)
                && Attaching.isStructOps(object.program(wanted).type());
        for (String each : object.programNames()) {
          BpfProgram program = object.program(each);
          program.setAutoload(
              each.equals(wanted)
                  || company.contains(each)
                  || (isPart && Attaching.isStructOps(program.type())));
        }
        values.set(object);
        if (sameChains) {
          object.mapNames().stream()
              .filter(map -> HASHES.contains(object.mapSpec(map).type()))
              .forEach(map -> object.addFlags(map, Uapi.BPF_F_ZERO_SEED));
        }
        MapMemory.tooLarge(object).forEach(without::putIfAbsent);
        without.keySet().forEach(object::leaveOut);
        return object;
      } catch (RuntimeException e) {
        object.close();
        throw e;
      }
    }

    /** Whether there is another way to try. */
    private boolean learned(String log) {
      Matcher map = MAP_FAILED.matcher(log);
      if (map.find() && without.putIfAbsent(map.group(1), map.group(2)) == null) {
        return true;
      }
      Matcher symbol = EXTERN_FAILED.matcher(log);
      if (symbol.find() && unknown.add(symbol.group(1))) {
        return true;
      }
      Matcher slot = SLOT_FAILED.matcher(log);
      return slot.find() && company.add(slot.group(1));
    }

    /** Once more, with the verifier's whole log in place of its statistics. */
    private LoadRefusedException refused() {
      try (BpfObject object = open()) {
        BpfProgram program = object.program(wanted);
        LoadReason reason = new LoadReason(program.section(), program.type(), without, unknown);
        try {
          object.load();
        } catch (BpfException e) {
          return new LoadRefusedException(reason.of(e), LoadReason.isDenied(e), e.log());
        }
        return new LoadRefusedException(
            "refused while statistics were asked for, and taken a moment later: load it again",
            false,
            "");
      }
    }
  }
}
