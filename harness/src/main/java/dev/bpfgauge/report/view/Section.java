package dev.bpfgauge.report.view;

import java.util.Map;

/**
 * A section of the report.
 *
 * @param id the anchor, unique on the page
 * @param nav its name in the contents
 * @param place where it stands
 * @param template that shows it, of report-templates/; reads {@code view} and {@code page}
 * @param view what the template shows
 */
public record Section(String id, String nav, Place place, String template, Map<String, ?> view) {

  /** Where a section stands on the page; sections of one place in the suites' order. */
  public enum Place {
    /** What was asked and decided. */
    ANSWER,
    /** What is open, missing or failed. */
    OPEN,
    /** What each thing cost, as far as a reader must know to choose. */
    COST,
    /** Where that comes from. */
    DETAIL,
    /** The machine and the system over time. */
    MACHINE,
    /** How it was measured, and the data. */
    METHOD
  }

  /** A section whose template is named after it. */
  public static Section of(String id, String nav, Place place, Map<String, ?> view) {
    return new Section(id, nav, place, "section-" + id + ".peb", view);
  }
}
