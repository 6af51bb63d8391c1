package dev.bpfgauge.machine.host;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/**
 * {@code /proc/cpuinfo}, which every architecture writes in its own words.
 *
 * @param model the processor's name; on arm64, which names none, its MIDR fields
 * @param microcode the revision, or empty where the architecture has none
 * @param hypervisor whether x86 reports the flag {@code hypervisor}
 */
public record CpuInfo(String model, String microcode, boolean hypervisor) {

  /** Of this machine; of one that does not tell, unknown. */
  public static CpuInfo read(Roots roots) {
    return parse(Roots.text(roots.proc().resolve("cpuinfo")).orElse(""));
  }

  /** Reads all processors; different ones (big.LITTLE) are joined by {@code " + "}. */
  static CpuInfo parse(String cpuinfo) {
    Set<String> models = new LinkedHashSet<>();
    Set<String> microcodes = new LinkedHashSet<>();
    boolean hypervisor = false;
    // One block a processor; arm's 32-bit format adds one for the board.
    for (String block : cpuinfo.split("\\n\\s*\\n", -1)) {
      Map<String, String> fields = fields(block);
      if (!fields.containsKey("processor")) {
        continue;
      }
      models.add(model(fields));
      String microcode = fields.getOrDefault("microcode", "");
      if (!microcode.isEmpty()) {
        microcodes.add(microcode);
      }
      hypervisor |= (" " + fields.getOrDefault("flags", "") + " ").contains(" hypervisor ");
    }
    return new CpuInfo(
        models.isEmpty() ? "unknown" : String.join(" + ", models),
        String.join(" + ", microcodes),
        hypervisor);
  }

  private static Map<String, String> fields(String block) {
    Map<String, String> fields = new LinkedHashMap<>();
    for (String line : block.lines().toList()) {
      int colon = line.indexOf(':');
      if (colon > 0) {
        fields.put(line.substring(0, colon).strip(), line.substring(colon + 1).strip());
      }
    }
    return fields;
  }

  private static String model(Map<String, String> fields) {
    if (fields.containsKey("CPU part")) {
      return "implementer %s part %s variant %s revision %s"
          .formatted(
              fields.getOrDefault("CPU implementer", "?"),
              fields.get("CPU part"),
              fields.getOrDefault("CPU variant", "?"),
              fields.getOrDefault("CPU revision", "?"));
    }
    for (String name : new String[] {"model name", "cpu", "uarch", "Model Name"}) {
      String value = fields.getOrDefault(name, "");
      if (!value.isEmpty()) {
        String stepping = fields.getOrDefault("stepping", "");
        String family = fields.getOrDefault("cpu family", "");
        return family.isEmpty()
            ? value
            : "%s (family %s model %s stepping %s)"
                .formatted(value, family, fields.getOrDefault("model", "?"), stepping);
      }
    }
    return "unknown";
  }
}
