package dev.bpfgauge.suite.tools;

import java.util.List;

/** The tools of the jar: those of the tests are left out. */
public final class BuiltInTools {
  private BuiltInTools() {}

  static List<ToolSpec> all() {
    return ToolSpec.everyName().stream()
        .map(ToolSpec::of)
        .filter(tool -> tool.getClass().getPackageName().startsWith("dev.bpfgauge.suite."))
        .toList();
  }

  /** Their names, in the order in which people list them. */
  public static List<String> names() {
    return all().stream().map(ToolSpec::name).toList();
  }
}
