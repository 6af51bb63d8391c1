package dev.bpfgauge.report.page;

import dev.bpfgauge.report.view.Section;
import java.util.List;

/**
 * What the template {@code report.peb} shows; its sections' templates see it too, beside their own
 * {@code view}. A user's own templates read the same names.
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
 * @param version of the harness
 * @param command the run's command line
 * @param reference the arm the others are compared with
 * @param margin margin of equivalence, in words
 * @param tooFew when a cell is indicative
 * @param sections in order, those that have something to show
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
    String version,
    String command,
    String reference,
    String margin,
    String tooFew,
    List<Section> sections) {}
