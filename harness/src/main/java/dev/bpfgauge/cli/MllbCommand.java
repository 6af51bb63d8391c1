package dev.bpfgauge.cli;

import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code mllb}: a learned load balancer. */
@Command(
    name = "mllb",
    description = {
      "Record, learn and replace the kernel's load balancing.",
      "A learned load balancer: record the kernel's decisions, learn them, measure their cost and"
          + " benefit."
    },
    mixinStandardHelpOptions = true,
    sortOptions = false,
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      CollectCommand.class,
      MllbTrain.class,
      MllbExport.class,
      MllbEval.class,
      ShadowCommand.class,
      ScheduleCommand.class,
      CompareSchedulersCommand.class
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  mllb collect --scenario cpu,threads --kernel 7.2 -o raw_7.2.csv.gz",
      "  mllb train raw_*.csv.gz -o model.json",
      "      the MLLB network, 10 hidden units",
      "  mllb train raw_*.csv.gz -o big.json --hidden 64,32 --dropout .2",
      "  mllb eval accuracy model.json raw_*.csv.gz",
      "      float, whole numbers and BPF on the same",
      "  mllb eval time model.json",
      "      nanoseconds for a decision inside BPF",
      "  mllb export model.json --format header -o model.h",
      "  mllb shadow --scenario cpu --kernel 6.12",
      "      how often it agrees with a running kernel",
      "  mllb compare --kernel 7.2                   what it is worth as a scheduler"
    })
final class MllbCommand implements Runnable {
  @Spec CommandSpec spec;

  @Override
  public void run() {
    spec.commandLine().usage(spec.commandLine().getOut());
  }

  /** A table whose columns are as wide as their widest cell; numbers belong to the right. */
  static String table(List<List<String>> rows) {
    StringBuilder text = new StringBuilder();
    int columns = rows.getFirst().size();
    for (List<String> row : rows) {
      StringBuilder line = new StringBuilder();
      for (int column = 0; column < columns; column++) {
        int at = column;
        int width = rows.stream().mapToInt(r -> r.get(at).length()).max().orElse(0);
        String gap = " ".repeat(width - row.get(column).length());
        line.append("  ").append(column == 0 ? row.get(column) + gap : gap + row.get(column));
      }
      text.append(line.toString().stripTrailing()).append(System.lineSeparator());
    }
    return text.toString();
  }
}
