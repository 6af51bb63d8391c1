package dev.bpfgauge.report.site;

import dev.bpfgauge.trend.StoredRun;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Which history's page a run belongs to. */
final class HistoryPages {
  private final Map<Long, String> ofNight = new HashMap<>();
  private final Map<String, String> ofFingerprint = new HashMap<>();

  HistoryPages(List<History> histories) {
    for (History history : histories) {
      ofFingerprint.putIfAbsent(history.trend().newest().fingerprint(), history.file());
      history.nights().forEach(night -> ofNight.putIfAbsent(night.key(), history.file()));
    }
  }

  /** The page's name in the site; empty where no history has the run's fingerprint. */
  String of(StoredRun run) {
    return ofNight.getOrDefault(run.key(), ofFingerprint.getOrDefault(run.fingerprint(), ""));
  }
}
