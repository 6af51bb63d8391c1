/**
 * Plan, session, fork supervisor: what runs, in which order, with which deadline, and how a run
 * resumes.
 */
@NullMarked
package dev.bpfgauge.run;

import org.jspecify.annotations.NullMarked;
