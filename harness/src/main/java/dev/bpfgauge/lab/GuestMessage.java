package dev.bpfgauge.lab;

import dev.bpfgauge.model.ForkStatus;
import dev.bpfgauge.model.LoadCheck;
import dev.bpfgauge.model.Measurement;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a guest says.
 *
 * @param kind {@link #HELLO}, {@link #BEGIN}, {@link #ROW}, {@link #BYE}; of one that carries out a
 *     command {@link #LINE}, {@link #FILE} and {@link #ALIVE}
 * @param index which of the task's cells, for BEGIN and ROW
 * @param status of a ROW
 * @param text of HELLO the kernel's release and version; of a ROW the reason; of BYE libbpf's
 *     version
 * @param measurement of a ROW that was measured
 * @param load proofs of the load around it
 */
record GuestMessage(
    String kind,
    int index,
    @Nullable ForkStatus status,
    String text,
    @Nullable Measurement measurement,
    List<LoadCheck> load) {
  /** The JVM is up. */
  static final String HELLO = "hello";

  /** A cell begins: if nothing follows, it was this one. */
  static final String BEGIN = "begin";

  /** A cell's end. */
  static final String ROW = "row";

  /** A line that a command printed. */
  static final String LINE = "line";

  /** A part of a file of a command's: see {@link Courier}. */
  static final String FILE = "file";

  /** Nothing to tell. */
  static final String ALIVE = "alive";

  /** All cells are done; or the command is, and the index is its exit code. */
  static final String BYE = "bye";

  GuestMessage {
    load = List.copyOf(load);
  }

  /** One that is no cell's end. */
  static GuestMessage of(String kind, int index, String text) {
    return new GuestMessage(kind, index, null, text, null, List.of());
  }
}
