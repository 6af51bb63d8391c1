package dev.bpfgauge.suite.tools;

import dev.bpfgauge.model.SuiteWords.Better;
import dev.bpfgauge.model.SuiteWords.Extra;
import dev.bpfgauge.os.Scratch;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What everything else must know of {@link Filetop}. */
public final class FiletopSpec implements ToolSpec {
  private static final String COUNTED = "bytes_counted";
  private static final int BLOCKS = 300;
  private static final int BLOCK_BYTES = 4096;
  private static final int USUAL_ROWS = 20;

  @Override
  public String name() {
    return Filetop.NAME;
  }

  @Override
  public List<String> description() {
    return List.of("Which files are read and written most, and by which thread.");
  }

  @Override
  public Options options() {
    return new Given();
  }

  @Override
  public TargetLoad load() {
    return TargetLoad.READ;
  }

  @Override
  public Optional<HostEvents> hostEvents() {
    return Optional.of(HostEvents.FILE_CALLS);
  }

  @Override
  public Optional<Peer> peer() {
    return Optional.of(new Peer(Filetop.NAME, Output.EACH_SECOND));
  }

  /**
   * Finds the folder: a file that is written to try one leaves its inode to the next file, which
   * would go by its name.
   */
  @Override
  public void prepare() {
    folder();
  }

  /** It looks on this process alone, which {@link #prove} needs. */
  @Override
  public Tool attach() {
    return Filetop.attach(
        new Filetop.Options(
            false, (int) ProcessHandle.current().pid(), Filetop.Sort.ALL, USUAL_ROWS, 0));
  }

  /**
   * Writes and reads a file, and holds the count against that: which way it takes, and so what it
   * sees, differs from kernel to kernel.
   */
  @Override
  public Map<String, Double> prove(Tool tool) {
    try {
      Path file = Files.createTempFile(folder(), Filetop.NAME, "");
      try {
        writeAndRead(file);
        String seen = counted((Rows) tool.take(), String.valueOf(file.getFileName()));
        String truth = "%1$d %1$d %2$d %2$d".formatted(BLOCKS, BLOCKS * BLOCK_BYTES / 1024);
        if (!seen.equals(truth)) {
          throw new IllegalStateException(
              "%s by %s counted %s writes, reads, KiB written and read; there were %s"
                  .formatted(Filetop.NAME, tool.hooks(), seen, truth));
        }
        return Map.of(COUNTED, 2.0 * BLOCKS * BLOCK_BYTES);
      } finally {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw noFile(e);
    }
  }

  private static Path folder() {
    try {
      return Scratch.own();
    } catch (IOException e) {
      throw noFile(e);
    }
  }

  private static IllegalStateException noFile(IOException e) {
    return new IllegalStateException("no file to read and write: " + e.getMessage(), e);
  }

  private static void writeAndRead(Path file) throws IOException {
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      ByteBuffer block = ByteBuffer.allocateDirect(BLOCK_BYTES);
      for (int i = 0; i < BLOCKS; i++) {
        channel.write(block.clear(), (long) i * BLOCK_BYTES);
        channel.read(block.clear(), (long) i * BLOCK_BYTES);
      }
    }
  }

  private static String counted(Rows rows, String file) {
    return Stream.of("writes", "reads", "written_kb", "read_kb")
        .map(column -> Long.toString(sum(rows, file, column)))
        .collect(Collectors.joining(" "));
  }

  private static long sum(Rows rows, String file, String column) {
    int at = rows.columns().stream().map(Rows.Column::key).toList().indexOf(column);
    return rows.rows().stream()
        .filter(row -> row.contains(file))
        .mapToLong(row -> ((Number) row.get(at)).longValue())
        .sum();
  }

  @Override
  public List<Extra> extras() {
    return List.of(
        new Extra(COUNTED, "B", "bytes that " + Filetop.NAME + " counted", Better.NEITHER));
  }

  /** {@code tools filetop}. */
  private static final class Given implements Options {
    @Option(
        names = {"-a", "--all-files"},
        description = "Include sockets, pipes and devices.")
    private boolean allTypes;

    @Option(
        names = {"-r", "--maxrows"},
        paramLabel = "N",
        description = "Rows shown. Default: ${DEFAULT-VALUE}.",
        defaultValue = "" + USUAL_ROWS)
    private int most = USUAL_ROWS;

    @Option(
        names = {"-s", "--sort"},
        paramLabel = "WORD",
        description = "all, reads, writes, rbytes or wbytes. Default: ${DEFAULT-VALUE}.",
        defaultValue = "all")
    private String sort = "all";

    @Mixin private final PidOption only = new PidOption();

    @Override
    public Tool attach(int injectNanos) {
      return Filetop.attach(
          new Filetop.Options(allTypes, only.orAll(), Filetop.sort(sort), most, injectNanos));
    }
  }
}
