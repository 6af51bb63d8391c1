package dev.bpfgauge.model;

import dev.bpfgauge.model.RunInfo.ArmInfo;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * One thing that must be equal for two runs to be comparable, and is not.
 *
 * @param name its name in the fingerprint, e.g. {@code kernel}
 * @param subject its value in the run judged; {@code unknown} where that run does not say
 * @param reference its value in the run it is compared with
 */
public record FingerprintDifference(String name, String subject, String reference) {
  private static final String UNKNOWN = "unknown";

  /** Before the name of a kernel that a run of the lab booted. */
  private static final String KERNEL = "kernel ";

  /** Everything that differs, by name; what one of the two does not say does not. */
  public static List<FingerprintDifference> between(
      Map<String, String> subject, Map<String, String> reference) {
    Set<String> names = new TreeSet<>(subject.keySet());
    names.addAll(reference.keySet());
    return names.stream()
        .filter(name ->
            !FingerprintPart.agree(
                name, FingerprintPart.value(subject, name), FingerprintPart.value(reference, name)))
        .map(name -> new FingerprintDifference(name, shown(subject, name), shown(reference, name)))
        .toList();
  }

  /**
   * What makes the names of two fingerprints different, and so begins another history: with what
   * one of them does not say.
   */
  public static List<FingerprintDifference> ofNames(
      Map<String, String> subject, Map<String, String> reference) {
    Map<String, String> is = counting(subject);
    Map<String, String> was = counting(reference);
    Set<String> names = new TreeSet<>(is.keySet());
    names.addAll(was.keySet());
    return names.stream()
        .filter(name -> !is.getOrDefault(name, "").equals(was.getOrDefault(name, "")))
        .map(name -> new FingerprintDifference(name, shown(subject, name), shown(reference, name)))
        .toList();
  }

  private static String shown(Map<String, String> fingerprint, String name) {
    String value = FingerprintPart.value(fingerprint, name);
    return value.isEmpty() ? UNKNOWN : value;
  }

  private static Map<String, String> counting(Map<String, String> fingerprint) {
    Map<String, String> counting = new TreeMap<>(fingerprint);
    counting.entrySet().removeIf(e -> FingerprintPart.saysNothing(e.getKey(), e.getValue()));
    return counting;
  }

  /**
   * What keeps the cells that two runs have in common from being compared: the fingerprints, and
   * arms of one name that are different states. A kernel that only one of two runs of the lab
   * booted does not: its cells are in that run alone.
   */
  public static List<FingerprintDifference> between(RunInfo subject, RunInfo reference) {
    boolean lab = subject.inLab() && reference.inLab();
    return Stream.concat(
            between(subject.fingerprint(), reference.fingerprint()).stream()
                .filter(d -> !(lab && d.name.startsWith(KERNEL) && d.isOfOneRun())),
            arms(subject, reference))
        .toList();
  }

  /** Arms that changed in the same way are one difference. */
  private static Stream<FingerprintDifference> arms(RunInfo subject, RunInfo reference) {
    Map<List<String>, List<FingerprintDifference>> alike =
        between(profiles(subject), profiles(reference)).stream()
            .filter(arm -> !arm.isOfOneRun())
            .collect(
                Collectors.groupingBy(
                    arm -> List.of(arm.subject, arm.reference),
                    LinkedHashMap::new,
                    Collectors.toList()));
    return alike.values().stream()
        .map(arms -> {
          FingerprintDifference first = arms.getFirst();
          String others = arms.size() == 1 ? "" : " and " + (arms.size() - 1) + " more arms";
          return new FingerprintDifference(
              "profile of " + first.name + others, first.subject, first.reference);
        });
  }

  private static Map<String, String> profiles(RunInfo run) {
    return run.plan().arms().stream()
        .collect(Collectors.toMap(ArmInfo::label, ArmInfo::profile, (first, second) -> first));
  }

  /** {@code kernel was 6.12.1, is 6.12.2}. */
  public String words() {
    return name + " was " + reference + ", is " + subject;
  }

  private boolean isOfOneRun() {
    return subject.equals(UNKNOWN) || reference.equals(UNKNOWN);
  }
}
