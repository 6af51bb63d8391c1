package dev.bpfgauge.lab;

import java.nio.file.Path;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a guest runs beside its kernel and its shell: Java, libbpf and the libraries of both.
 *
 * @param files name in the guest, without a slash in front → file of this machine
 */
record GuestPrograms(SortedMap<String, Path> files) {
  /** Folder of the Java runtime in the guest. */
  static final String JAVA = "jre/";

  /** Folder of libraries in the guest. */
  static final String LIBRARIES = "lib/bpfgauge/";

  /** The guest program's classes, read and checked beforehand, where somebody did. */
  static final String CLASSES = "classes.jsa";

  GuestPrograms {
    files = Collections.unmodifiableSortedMap(new TreeMap<>(files));
  }
}
