package dev.bpfgauge.suite.prog;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Set;
import net.fornwall.jelf.ElfFile;
import net.fornwall.jelf.ElfSectionHeader;
import net.fornwall.jelf.ElfSymbol;
import net.fornwall.jelf.ElfSymbolTableSection;

/**
 * Makes an object's external symbols weak: libbpf refuses an object whole where the kernel lacks
 * one strong symbol, and with a weak one only the programs that use it are refused.
 */
final class WeakSymbols {
  private static final int ENTRY_BYTES = 24; // struct Elf64_Sym
  private static final int ST_INFO = 4;
  private static final int STB_WEAK = 2;

  private WeakSymbols() {}

  /**
   * The same object with weak symbols.
   *
   * @param elf of 64 bits; not changed
   */
  static byte[] in(byte[] elf, Set<String> names) {
    if (names.isEmpty()) {
      return elf;
    }
    ElfSymbolTableSection table = ElfFile.from(elf).getSymbolTableSection();
    if (table == null) {
      return elf;
    }
    byte[] changed = elf.clone();
    ElfSectionHeader header = table.header;
    ByteBuffer bytes = ByteBuffer.wrap(changed).order(ByteOrder.nativeOrder());
    for (int i = 0; i < table.symbols.length; i++) {
      ElfSymbol symbol = table.symbols[i];
      if (names.contains(symbol.getName())) {
        int at = Math.toIntExact(header.sh_offset) + i * ENTRY_BYTES + ST_INFO;
        bytes.put(at, (byte) (STB_WEAK << 4 | (bytes.get(at) & 0xf)));
      }
    }
    return changed;
  }
}
