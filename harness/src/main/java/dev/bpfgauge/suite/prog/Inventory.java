package dev.bpfgauge.suite.prog;

import dev.bpfgauge.libbpf.BpfException;
import dev.bpfgauge.libbpf.BpfMap;
import dev.bpfgauge.libbpf.BpfObject;
import dev.bpfgauge.libbpf.BpfProgram;
import dev.bpfgauge.libbpf.LoadedPrograms;
import dev.bpfgauge.model.Refusal;
import dev.bpfgauge.os.Hash;
import dev.bpfgauge.os.Shown;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import net.fornwall.jelf.ElfFile;
import net.fornwall.jelf.ElfSection;

/** Reads what an object holds, without loading any of it. */
final class Inventory {
  private static final int EM_BPF = 247;
  private static final int CALL = 0x85;
  private static final int BTF_EXT_WITH_RELOCATIONS = 32;

  private Inventory() {}

  /**
   * What an object holds.
   *
   * @param file as the user named it, for messages
   * @param name the object's name in the run
   * @throws Refusal where the bytes are no BPF object that libbpf opens, with the reason
   */
  static ObjectInfo of(String file, String name, byte[] elf) {
    ElfFile sections = elf(file, elf);
    try (BpfObject object = BpfObject.open(name, elf)) {
      List<ObjectInfo.ProgramInfo> programs =
          object.programNames().stream().map(program -> program(object.program(program))).toList();
      if (programs.isEmpty()) {
        throw Refusal.usage(
            file + " has no BPF program: its functions need SEC(\"…\") that names a hook");
      }
      return new ObjectInfo(
          name,
          elf.length,
          HexFormat.of().formatHex(Hash.digest().digest(elf)),
          text(section(sections, "license")),
          relocations(section(sections, ".BTF.ext")),
          section(sections, ".BTF").length > 0,
          programs,
          object.mapNames().stream().map(object::mapSpec).map(Inventory::map).toList());
    } catch (BpfException e) {
      throw Refusal.usage(
          "%s is not opened by libbpf: %s; where its source is right, it is damaged: compile it again"
              .formatted(
                  file,
                  BpfException.firstComplaint(e.log()).isEmpty()
                      ? e.errnoName()
                      : BpfException.firstComplaint(e.log())));
    }
  }

  /** The types of an object that {@link #of} took; empty where it has none. */
  static Optional<Btf> types(byte[] elf) {
    return Btf.of(section(ElfFile.from(elf), ".BTF"));
  }

  private static ElfFile elf(String file, byte[] bytes) {
    ElfFile elf;
    try {
      elf = ElfFile.from(bytes);
    } catch (RuntimeException e) {
      throw Refusal.usage(
          file + " is not an ELF file, or a damaged one; compile with clang -g -O2 -target bpf -c");
    }
    if (elf.e_machine != EM_BPF) {
      throw Refusal.usage(
          "%s is an ELF file for machine %d, not for BPF (%d): compile with clang -target bpf"
              .formatted(file, elf.e_machine, EM_BPF));
    }
    boolean big = elf.ei_data == ElfFile.DATA_MSB;
    if (big != (ByteOrder.nativeOrder() == ByteOrder.BIG_ENDIAN)) {
      throw Refusal.usage(
          "%s is %s-endian and this machine is not: compile with clang -target %s"
              .formatted(file, big ? "big" : "little", big ? "bpfel" : "bpfeb"));
    }
    return elf;
  }

  private static ObjectInfo.ProgramInfo program(BpfProgram program) {
    long[] code = program.instructions();
    return new ObjectInfo.ProgramInfo(
        program.name(),
        program.section(),
        LoadedPrograms.typeWord(program.type()),
        program.type(),
        code.length,
        helpers(code));
  }

  /** An instruction is opcode, registers, offset (16 bits) and immediate (32), from the low end. */
  private static List<Integer> helpers(long[] code) {
    TreeSet<Integer> helpers = new TreeSet<>();
    for (long instruction : code) {
      int source = (int) (instruction >> 12) & 0xf;
      if ((instruction & 0xff) == CALL && source == 0) {
        helpers.add((int) (instruction >> 32));
      }
    }
    return List.copyOf(helpers);
  }

  private static ObjectInfo.MapInfo map(BpfMap.Spec map) {
    return new ObjectInfo.MapInfo(
        map.name(), BpfMap.typeWord(map.type()), map.keySize(), map.valueSize(), map.maxEntries());
  }

  /** Empty where there is none. */
  private static byte[] section(ElfFile elf, String name) {
    try {
      ElfSection section = elf.firstSectionByName(name);
      return section == null ? new byte[0] : section.getData();
    } catch (RuntimeException e) {
      return new byte[0]; // libbpf, which knows better, has its say.
    }
  }

  private static String text(byte[] section) {
    String text = new String(section, StandardCharsets.UTF_8);
    int end = text.indexOf('\0');
    return Shown.name(end < 0 ? text : text.substring(0, end));
  }

  /** Kernel: Documentation/bpf/btf.rst, the header of .BTF.ext and its third part. */
  private static int relocations(byte[] ext) {
    try {
      ByteBuffer bytes = ByteBuffer.wrap(ext).order(ByteOrder.nativeOrder());
      int headerBytes = ext.length < Long.BYTES ? 0 : bytes.getInt(4);
      if (headerBytes < BTF_EXT_WITH_RELOCATIONS) {
        return 0;
      }
      int from = headerBytes + bytes.getInt(24);
      int to = from + bytes.getInt(28);
      int recordBytes = to > from ? bytes.getInt(from) : 0;
      int count = 0;
      int at = from + Integer.BYTES;
      while (at < to && recordBytes > 0) {
        int records = bytes.getInt(at + Integer.BYTES);
        count = Math.addExact(count, records);
        at = Math.addExact(at + Long.BYTES, Math.multiplyExact(records, recordBytes));
      }
      return count;
    } catch (IndexOutOfBoundsException | BufferUnderflowException | ArithmeticException e) {
      return 0;
    }
  }
}
