package dev.bpfgauge.files;

import dev.bpfgauge.model.ForkRecord;
import dev.bpfgauge.model.LoadCheck;
import dev.bpfgauge.model.Measurement;
import dev.bpfgauge.model.RunData;
import dev.bpfgauge.model.RunInfo;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * results.csv: one row a fork, in long format (RFC 4180, but with bare line feeds as every Unix
 * tool wants them). Parameters are columns of their own, {@code param_} before their names; what a
 * fork does not have is empty.
 */
public final class ResultsCsv {
  private ResultsCsv() {}

  public static String render(RunData run) {
    SortedSet<String> params = new TreeSet<>();
    run.forks().forEach(fork -> params.addAll(fork.cell().params().keySet()));
    SortedSet<String> extras = new TreeSet<>();
    run.forks().forEach(fork -> extras.addAll(extras(fork).keySet()));
    StringBuilder out = new StringBuilder();
    Csv.row(out, header(run.info(), params, extras));
    for (ForkRecord fork : run.forks()) {
      Csv.row(out, fields(run.info(), params, extras, fork));
    }
    return out.toString();
  }

  private static List<String> header(
      RunInfo run, SortedSet<String> params, SortedSet<String> extras) {
    List<String> names = new ArrayList<>(List.of("run", "seq", "round", "suite", "benchmark"));
    params.forEach(param -> names.add("param_" + param));
    names.addAll(
        List.of(
            "profile",
            "status",
            "reason",
            "started_at",
            "start_ms",
            "end_ms",
            "mean_ns_per_op",
            "iterations",
            "operations",
            "batch_size",
            "batches",
            "p50_ns",
            "p90_ns",
            "p99_ns",
            "max_ns",
            "bytes_per_op",
            "jmh_pooled_error_ns",
            "load_proofs",
            "load_proofs_reached"));
    extras.forEach(extra -> names.add("extra_" + extra));
    if (run.inLab()) {
      names.add("clock");
    }
    return names;
  }

  private static SortedMap<String, Double> extras(ForkRecord fork) {
    Measurement measured = fork.measurement();
    SortedMap<String, Double> extras = measured == null ? null : measured.extras();
    return extras == null ? new TreeMap<>() : extras;
  }

  private static List<String> fields(
      RunInfo run, SortedSet<String> params, SortedSet<String> extras, ForkRecord fork) {
    List<String> fields = new ArrayList<>();
    fields.add(run.id());
    fields.add(Integer.toString(fork.seq()));
    fields.add(Integer.toString(fork.round()));
    fields.add(fork.cell().suite());
    fields.add(fork.cell().benchmark());
    params.forEach(param -> fields.add(fork.cell().param(param)));
    fields.add(fork.cell().profile());
    fields.add(fork.status().word());
    fields.add(fork.reason());
    fields.add(fork.startedAt().toString());
    fields.add(Long.toString(fork.startMillis()));
    fields.add(Long.toString(fork.endMillis()));
    fields.addAll(measured(fork.measurement()));
    fields.add(Integer.toString(fork.load().size()));
    fields.add(Long.toString(fork.load().stream().filter(LoadCheck::reached).count()));
    extras.forEach(extra -> fields.add(orEmpty(extras(fork).get(extra))));
    if (run.inLab()) {
      fields.add(run.clock());
    }
    return fields;
  }

  private static List<String> measured(@Nullable Measurement measured) {
    if (measured == null) {
      return Collections.nCopies(11, "");
    }
    List<String> fields = new ArrayList<>();
    fields.add(Csv.number(measured.meanNanosPerOp()));
    fields.add(Integer.toString(measured.iterationNanosPerOp().size()));
    fields.add(Long.toString(measured.operations()));
    Measurement.Batches batches = measured.batches();
    fields.add(batches == null ? "" : Integer.toString(batches.size()));
    fields.add(batches == null ? "" : Long.toString(batches.count()));
    fields.add(batches == null ? "" : Csv.number(batches.p50()));
    fields.add(batches == null ? "" : Csv.number(batches.p90()));
    fields.add(batches == null ? "" : Csv.number(batches.p99()));
    fields.add(batches == null ? "" : Csv.number(batches.max()));
    fields.add(orEmpty(measured.bytesPerOp()));
    fields.add(orEmpty(measured.pooledErrorNanos()));
    return fields;
  }

  private static String orEmpty(@Nullable Double value) {
    return value == null ? "" : Csv.number(value);
  }
}
