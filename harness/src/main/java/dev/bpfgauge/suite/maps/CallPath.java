package dev.bpfgauge.suite.maps;

import dev.bpfgauge.measure.EnumWords;

/** The way from the loop into the kernel. */
public enum CallPath {
  /** libbpf's function, which fills a {@code bpf_attr} anew for each call. */
  LIBBPF,
  /** syscall(2) with a {@code bpf_attr} filled once. */
  SYSCALL;

  public String word() {
    return EnumWords.of(this);
  }

  public static CallPath ofWord(String word) {
    return EnumWords.parse(CallPath.class, "path", word);
  }
}
