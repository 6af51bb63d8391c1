package dev.bpfgauge.report.page;

import dev.bpfgauge.report.chart.Charts;
import dev.bpfgauge.report.view.Exhibit;
import dev.bpfgauge.report.view.Table;
import java.util.List;

/**
 * Everything the template {@code report.peb} may show. A user's own template reads the same names.
 *
 * @param id the run's id
 * @param title the page's heading
 * @param lab kernels in guests were measured, not this machine
 * @param unit what figures count
 * @param time whether that is a processor's time
 * @param started when, UTC
 * @param length how long it took
 * @param mode the plan's mode
 * @param status how far the run came
 * @param unfinished what a run that is not complete should tell, empty for a complete one
 * @param version of the harness
 * @param command the run's command line
 * @param noise what else the machine did, empty where it was not sampled
 * @param loud whether that has a part in the figures
 * @param tooFew when a cell is indicative
 * @param indicative some cells have fewer than five forks
 * @param arms verdicts in words, the reference first
 * @param constants parameters all cells share
 * @param forks how many forks are ok, and what became of the others
 * @param troubles tables of what failed or is missing, those with rows only
 * @param notes the run's own notes and what was damaged in its files
 * @param reference the arm the others are compared with
 * @param margin margin of equivalence, in words
 * @param different when a cell is called slower or faster
 * @param equivalent when it is called equivalent
 * @param test what the test is
 * @param unmeasured what the suites of this run do not measure, empty where they do
 */
record Page(
    String id,
    String title,
    boolean lab,
    String unit,
    boolean time,
    String started,
    String length,
    String mode,
    String status,
    String unfinished,
    String version,
    String command,
    String noise,
    boolean loud,
    String tooFew,
    boolean indicative,
    List<Verdicts.ArmVerdict> arms,
    String constants,
    String forks,
    List<Table> troubles,
    List<String> notes,
    Table fingerprint,
    Table environment,
    List<Exhibit> costs,
    String withoutChart,
    Table allCells,
    List<Exhibit> ladders,
    String reference,
    String margin,
    String different,
    String equivalent,
    String test,
    String unmeasured,
    List<Exhibit> ratios,
    List<Exhibit> latencies,
    List<Exhibit> contention,
    boolean seedThere,
    List<Exhibit> seedLines,
    Table seedTable,
    String seedSource,
    List<Exhibit> system,
    String samplerCost,
    List<Charts.Key> shades,
    Table samplesMissing,
    List<Exhibit> java,
    List<Table> kernels,
    List<Table> hooks,
    List<Table> hookChoice,
    List<Table> loads,
    Table verifier,
    List<Table> events,
    List<Table> tools,
    List<Exhibit> toolsBeforeAndAfter,
    List<String> schedulersSay,
    List<Exhibit> schedulersCharts,
    List<Exhibit> schedulersOverTime,
    List<Table> schedulers,
    List<String> networksSay,
    List<Table> networks,
    List<Table> inference,
    List<Guide.Advice> advice,
    int rounds,
    String seed,
    String warmup,
    String measure,
    List<RawData.Link> downloads,
    Table reproduce) {}
