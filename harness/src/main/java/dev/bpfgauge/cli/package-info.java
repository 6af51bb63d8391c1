/**
 * The command line: {@code Main} and one class a command; the only package that sees all others.
 */
@NullMarked
package dev.bpfgauge.cli;

import org.jspecify.annotations.NullMarked;
