package dev.bpfgauge.suite.hooks;

import java.util.Locale;

/**
 * Helpers that tools are built of, a choice from the kernel's two hundred: their numbers are those
 * of enum bpf_func_id (uapi/linux/bpf.h), which never change.
 */
enum Helper {
  MAP_LOOKUP_ELEM(1),
  MAP_LOOKUP_PERCPU_ELEM(195),
  FOR_EACH_MAP_ELEM(164),
  TASK_STORAGE_GET(156),
  CGRP_STORAGE_GET(210),
  SK_STORAGE_GET(107),
  RINGBUF_RESERVE(131),
  USER_RINGBUF_DRAIN(209),
  PERF_EVENT_OUTPUT(25),
  SKB_OUTPUT(111),
  TRACE_PRINTK(6),
  SNPRINTF(165),
  KTIME_GET_NS(5),
  KTIME_GET_BOOT_NS(125),
  KTIME_GET_TAI_NS(208),
  JIFFIES64(118),
  TIMER_INIT(169),
  GET_CURRENT_PID_TGID(14),
  GET_CURRENT_COMM(16),
  GET_CURRENT_TASK_BTF(158),
  GET_CURRENT_CGROUP_ID(80),
  GET_NS_CURRENT_PID_TGID(120),
  PROBE_READ_KERNEL(113),
  PROBE_READ_USER(112),
  COPY_FROM_USER(148),
  D_PATH(147),
  GET_STACKID(27),
  GET_STACK(67),
  GET_BRANCH_SNAPSHOT(176),
  PERF_EVENT_READ_VALUE(55),
  GET_FUNC_IP(173),
  GET_FUNC_ARG(183),
  GET_ATTACH_COOKIE(174),
  OVERRIDE_RETURN(58),
  SEND_SIGNAL(109),
  BPF_LOOP(181),
  TAIL_CALL(12),
  SPIN_LOCK(93),
  KPTR_XCHG(194),
  DYNPTR_FROM_MEM(197),
  SKB_LOAD_BYTES(26),
  SKB_STORE_BYTES(9),
  XDP_ADJUST_HEAD(44),
  CSUM_DIFF(28),
  REDIRECT(23),
  CLONE_REDIRECT(13),
  FIB_LOOKUP(69),
  SK_LOOKUP_TCP(84),
  GET_SOCKET_COOKIE(46),
  SETSOCKOPT(49);

  private final int number;

  Helper(int number) {
    this.number = number;
  }

  /** In enum bpf_func_id. */
  int number() {
    return number;
  }

  /** The kernel's name without {@code bpf_}, but for bpf_loop. */
  String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
