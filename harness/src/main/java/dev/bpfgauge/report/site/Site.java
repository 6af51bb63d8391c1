package dev.bpfgauge.report.site;

import dev.bpfgauge.analysis.RunAnalysis;
import dev.bpfgauge.files.DurableFile;
import dev.bpfgauge.files.RunFolder;
import dev.bpfgauge.model.Refusal;
import dev.bpfgauge.model.RunInfo;
import dev.bpfgauge.os.Hash;
import dev.bpfgauge.report.page.ReportPage;
import dev.bpfgauge.report.view.Templates;
import dev.bpfgauge.trend.Anchors.Anchor;
import dev.bpfgauge.trend.CellTrend;
import dev.bpfgauge.trend.RunImport.LeftOut;
import dev.bpfgauge.trend.Store;
import dev.bpfgauge.trend.Store.DamagedException;
import dev.bpfgauge.trend.StoredRun;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * The published site: an index, a page for each history, for each cell of it and for each run.
 * Static files that need neither a server nor the network; the same store and runs give the same
 * bytes.
 */
public final class Site {
  private static final String REPORT = "report.html";
  private static final String SCRIPT = "site.js";

  private final SiteFolder out;
  private final Path workingDir;
  private final Templates templates;
  private final String script;
  private final List<LeftOut> leftOut;
  private final List<String> notes = new ArrayList<>();

  private Site(SiteFolder out, Path workingDir, List<LeftOut> leftOut) {
    this.out = out;
    this.leftOut = new ArrayList<>(leftOut);
    this.workingDir = workingDir;
    templates = new Templates(workingDir);
    script = templates.render(SCRIPT, Map.of());
  }

  /**
   * What was done.
   *
   * @param pages pages of the site
   * @param written of those, pages that are new or were not the same
   * @param removed pages of an earlier call that nothing leads to any more
   * @param notes a sentence for each run that has no page
   */
  public record Outcome(int pages, int written, int removed, List<String> notes) {}

  /**
   * Makes the site, or brings it up to date.
   *
   * @param leftOut runs that the store could not take in
   * @param folder empty, missing, or a site made before
   * @param workingDir its {@code report-templates/} may override templates of the jar
   * @throws Refusal where the folder holds something else, is being written by another, or cannot
   *     be written
   */
  public static Outcome write(
      Store store, List<Anchor> anchors, List<LeftOut> leftOut, Path folder, Path workingDir)
      throws DamagedException {
    try (SiteFolder out = SiteFolder.open(folder)) {
      return new Site(out, workingDir, leftOut).write(store, anchors);
    }
  }

  private Outcome write(Store store, List<Anchor> anchors) throws DamagedException {
    List<StoredRun> stored = store.runs();
    List<History> histories = History.all(store, stored, anchors);
    out.announce(names(stored, histories));
    HistoryPages historyPages = new HistoryPages(histories);
    List<SitePages.Run> runs = stored.stream().map(run -> put(run, historyPages.of(run))).toList();
    SiteLinks links = new SiteLinks(runs);
    SitePages pages = new SitePages(runs, links, historyPages);
    TrendPages trendPages = new TrendPages(links);
    CellPages cellPages = new CellPages(links);
    for (History history : histories) {
      for (CellTrend cell : history.trend().cells()) {
        out.put(history.page(cell), render("site-cell.peb", cellPages.page(history, cell)));
      }
      out.put(
          history.file(),
          render("site-trend.peb", trendPages.page(history, pages.card(history, "../"))));
    }
    out.put(SiteNames.INDEX, render("site-index.peb", pages.index(histories, leftOut)));
    int removed = out.removeGone();
    return new Outcome(out.pages(), out.written(), removed, List.copyOf(notes));
  }

  /** Writes the run's page where its folder is here and whole. */
  private SitePages.Run put(StoredRun run, String history) {
    Path path = Path.of(run.folder());
    try {
      RunFolder folder = RunFolder.open(path);
      RunInfo info = folder.readInfo();
      out.put(SiteNames.run(run), RunPage.of(reportOf(folder), history));
      return new SitePages.Run(run, info);
    } catch (Refusal refusal) {
      notes.add("No page for " + run.id() + ": " + refusal.getMessage());
      if (Files.isDirectory(path) && leftOut.stream().noneMatch(l -> l.folder().equals(path))) {
        leftOut.add(LeftOut.of(path, run.role(), String.valueOf(refusal.getMessage())));
      }
      return new SitePages.Run(run, null);
    }
  }

  /** Of all pages that there may be. */
  private static Set<String> names(List<StoredRun> runs, List<History> histories) {
    Set<String> names = new TreeSet<>(Set.of(SiteNames.INDEX));
    runs.forEach(run -> names.add(SiteNames.run(run)));
    for (History history : histories) {
      names.add(history.file());
      history.trend().cells().forEach(cell -> names.add(history.page(cell)));
    }
    return names;
  }

  /** The run's own report where it has one; else what {@code report RUN} would write. */
  private String reportOf(RunFolder folder) {
    Path report = folder.path().resolve(REPORT);
    try {
      if (Files.isRegularFile(report)) {
        return Files.readString(report);
      }
    } catch (IOException e) {
      throw DurableFile.refusal("read", report, e);
    }
    return ReportPage.render(RunAnalysis.of(folder.read()), folder, workingDir);
  }

  private String render(String template, Object page) {
    Map<String, Object> values = new HashMap<>();
    values.put("page", page);
    values.put("script", script);
    values.put("scriptHash", hash(script));
    return templates.render(template, values);
  }

  /** What the page's policy lets through: this script and no other. */
  private static String hash(String script) {
    byte[] digest = Hash.digest().digest(script.getBytes(StandardCharsets.UTF_8));
    return "sha256-" + Base64.getEncoder().encodeToString(digest);
  }
}
