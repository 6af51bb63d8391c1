package dev.bpfgauge.analysis;

import dev.bpfgauge.model.Cell;
import dev.bpfgauge.stats.Interval;
import dev.bpfgauge.stats.Verdict;
import org.jspecify.annotations.Nullable;

/**
 * One cell against another, paired by round, on log ratios: the same benchmark on another arm, or a
 * contrast on the same arm. {@link dev.bpfgauge.stats.PairedComparison} has the verdict rule.
 *
 * @param subject the cell judged
 * @param reference what it is compared with
 * @param pairs rounds in which both have an OK fork
 * @param ratio geometric mean of subject / reference; NaN without a pair, or where a net cost
 *     allows no ratio
 * @param interval95 95 % interval of the ratio, absent below two pairs, and below five where they
 *     do not decide
 * @param difference what is compared instead of a ratio; absent where there is one
 * @param adjustedP two-sided p that the ratio is 1 or the difference 0, corrected for the
 *     comparisons made together; NaN below two pairs
 * @param margin margin of equivalence as a share, e.g. 0.03
 * @param verdict the verdict
 * @param indicative fewer than five pairs
 * @param reason why the verdict is inconclusive, one sentence; empty for another verdict
 */
public record CellComparison(
    Cell subject,
    Cell reference,
    int pairs,
    double ratio,
    @Nullable Interval interval95,
    @Nullable Difference difference,
    double adjustedP,
    double margin,
    Verdict verdict,
    boolean indicative,
    String reason) {}
