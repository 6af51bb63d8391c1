package dev.bpfgauge.suite.ab;

import dev.bpfgauge.os.Program;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** The steps of an experiment as a script for a POSIX shell, for who wants to see each of them. */
public final class AbScript {
  /** Joins a control group and becomes the rest of the words. */
  private static final String JOIN = "echo $$ >\"$0\"; exec \"$@\"";

  private final Experiment experiment;

  /** File of a setting → the variable that keeps what it was. */
  private final Map<String, String> kept = new TreeMap<>();

  public AbScript(Experiment experiment) {
    this.experiment = experiment;
    experiment.arms().keySet().stream()
        .flatMap(arm -> experiment.settings(arm).stream())
        .filter(AbScript::isFile)
        .forEach(setting ->
            kept.computeIfAbsent(setting.file().toString(), _ -> "was_" + (kept.size() + 1)));
  }

  private static boolean isFile(Setting setting) {
    return setting.kind() == Setting.Kind.SYSCTL || setting.kind() == Setting.Kind.FILE;
  }

  /**
   * The whole script.
   *
   * @param rounds the arms of each round, in their order
   */
  public String text(List<List<String>> rounds) {
    List<String> lines = new ArrayList<>();
    lines.add("#!/bin/sh");
    lines.add("# One line for each run of the command: the arm and its wall clock.");
    lines.add("set -eu");
    kept.forEach((file, variable) -> {
      lines.add("# Of words to choose from, the one in brackets.");
      lines.add(
          "%s=$(sed 's/.*\\[\\([^]]*\\)\\].*/\\1/' %s)".formatted(variable, Program.quoted(file)));
    });
    lines.add("put_back() {");
    if (hasObjects()) {
      lines.add("\trm -rf /sys/fs/bpf/ab");
    }
    kept.forEach((file, variable) -> lines.add("\t" + write("\"$" + variable + "\"", file)));
    lines.add("\t:");
    lines.add("}");
    lines.add("trap put_back EXIT");
    lines.add("trap 'exit 130' INT TERM HUP");
    experiment.arms().keySet().forEach(arm -> arm(arm, lines));
    lines.add("run() {");
    lines.add("\t\"prepare_$1\"");
    lines.add("\tstart=$(date +%s%N)");
    lines.add("\t\"arm_$1\" >/dev/null");
    lines.add("\techo \"$1 $((($(date +%s%N) - start) / 1000)) us\"");
    lines.add("\t\"after_$1\"");
    lines.add("}");
    for (int round = 0; round < rounds.size(); round++) {
      lines.add(
          rounds.get(round).stream().map(arm -> "run " + arm).collect(Collectors.joining("; "))
              + " # round "
              + (round + 1));
    }
    return String.join("\n", lines) + "\n";
  }

  private boolean hasObjects() {
    return experiment.arms().keySet().stream()
        .flatMap(arm -> experiment.settings(arm).stream())
        .anyMatch(setting -> setting.kind() == Setting.Kind.BPF);
  }

  private static String write(String value, String file) {
    return "printf '%%s\\n' %s >%s".formatted(value, Program.quoted(file));
  }

  private void arm(String arm, List<String> lines) {
    List<Setting> settings = experiment.settings(arm);
    lines.add("# " + arm + ": " + experiment.description(arm).replaceAll("\\s", " "));
    lines.add("prepare_" + arm + "() {");
    int objects = 0;
    for (Setting setting : settings) {
      if (isFile(setting)) {
        lines.add("\t" + write(Program.quoted(setting.value()), setting.file().toString()));
      } else if (setting.kind() == Setting.Kind.BPF) {
        lines.add("\tmkdir -p /sys/fs/bpf/ab");
        lines.add(
            "\tbpftool prog loadall %s /sys/fs/bpf/ab/%d autoattach"
                .formatted(Program.quoted(setting.value()), ++objects));
      }
    }
    lines.add("\t:");
    lines.add("}");
    lines.add("arm_" + arm + "() {");
    List<String> words = new ArrayList<>(List.of("env"));
    List<String> cpus = new ArrayList<>();
    List<String> groups = new ArrayList<>();
    for (Setting setting : settings) {
      switch (setting.kind()) {
        case ENV -> words.add(setting.name() + "=" + setting.value());
        case CPUS -> cpus.addAll(List.of("taskset", "-c", setting.value()));
        case CGROUP ->
            groups.addAll(
                List.of("sh", "-c", JOIN, Path.of(setting.value(), Setting.PROCESSES).toString()));
        default -> {}
      }
    }
    words.addAll(cpus);
    words.addAll(groups);
    words.addAll(experiment.words(arm));
    lines.add("\t" + words.stream().map(Program::quoted).collect(Collectors.joining(" ")));
    lines.add("}");
    lines.add("after_" + arm + "() {");
    lines.add("\tput_back");
    lines.add("}");
  }
}
