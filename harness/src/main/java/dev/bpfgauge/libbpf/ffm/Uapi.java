package dev.bpfgauge.libbpf.ffm;

import static dev.bpfgauge.libbpf.ffm.CStruct.chars;
import static dev.bpfgauge.libbpf.ffm.CStruct.pointer;
import static dev.bpfgauge.libbpf.ffm.CStruct.u32;
import static dev.bpfgauge.libbpf.ffm.CStruct.u64;

import java.util.List;

/**
 * Constants and structs of linux/bpf.h, linux/perf_event.h, bpf/bpf.h and bpf/libbpf.h; C names
 * verbatim. Structs stop after the last field we use where the interface carries the size, so that
 * an older kernel or libbpf accepts them.
 */
public final class Uapi {

  // enum bpf_cmd, for bpf(2) without libbpf
  public static final int BPF_MAP_LOOKUP_ELEM = 1;
  public static final int BPF_MAP_UPDATE_ELEM = 2;
  public static final int BPF_MAP_DELETE_ELEM = 3;
  public static final int BPF_MAP_GET_NEXT_KEY = 4;
  public static final int BPF_MAP_LOOKUP_BATCH = 24;
  public static final int BPF_MAP_LOOKUP_AND_DELETE_BATCH = 25;
  public static final int BPF_MAP_UPDATE_BATCH = 26;
  public static final int BPF_MAP_DELETE_BATCH = 27;

  // enum bpf_map_type
  public static final int BPF_MAP_TYPE_HASH = 1;
  public static final int BPF_MAP_TYPE_STACK_TRACE = 7;
  public static final int BPF_MAP_TYPE_ARRAY = 2;
  public static final int BPF_MAP_TYPE_PERF_EVENT_ARRAY = 4;
  public static final int BPF_MAP_TYPE_PERCPU_HASH = 5;
  public static final int BPF_MAP_TYPE_PERCPU_ARRAY = 6;
  public static final int BPF_MAP_TYPE_LRU_HASH = 9;
  public static final int BPF_MAP_TYPE_LRU_PERCPU_HASH = 10;
  public static final int BPF_MAP_TYPE_LPM_TRIE = 11;
  public static final int BPF_MAP_TYPE_PERCPU_CGROUP_STORAGE = 21;
  public static final int BPF_MAP_TYPE_QUEUE = 22;
  public static final int BPF_MAP_TYPE_STACK = 23;
  public static final int BPF_MAP_TYPE_STRUCT_OPS = 26;
  public static final int BPF_MAP_TYPE_RINGBUF = 27;
  public static final int BPF_MAP_TYPE_TASK_STORAGE = 29;
  public static final int BPF_MAP_TYPE_BLOOM_FILTER = 30;
  public static final int BPF_MAP_TYPE_CGRP_STORAGE = 32;

  // enum bpf_prog_type
  public static final int BPF_PROG_TYPE_SOCKET_FILTER = 1;
  public static final int BPF_PROG_TYPE_TRACEPOINT = 5;
  public static final int BPF_PROG_TYPE_XDP = 6;
  public static final int BPF_PROG_TYPE_RAW_TRACEPOINT = 17;
  public static final int BPF_PROG_TYPE_TRACING = 26;
  public static final int BPF_PROG_TYPE_SYSCALL = 31;

  // enum bpf_attach_type
  public static final int BPF_XDP = 37;
  public static final int BPF_TCX_INGRESS = 46;

  // linux/if_link.h
  public static final int XDP_FLAGS_SKB_MODE = 1 << 1;
  public static final int XDP_FLAGS_DRV_MODE = 1 << 2;

  // enum bpf_tc_attach_point
  public static final int BPF_TC_INGRESS = 1;

  // flags of BPF_MAP_UPDATE_ELEM
  public static final long BPF_ANY = 0;
  public static final long BPF_NOEXIST = 1;
  public static final long BPF_EXIST = 2;

  // flags of BPF_MAP_CREATE
  public static final int BPF_F_NO_PREALLOC = 1;
  public static final int BPF_F_NO_COMMON_LRU = 1 << 1;

  /** A hash function that starts from zero, not from a number of the map's own; since 5.0. */
  public static final int BPF_F_ZERO_SEED = 1 << 6;

  public static final int BPF_F_MMAPABLE = 1 << 10;

  // flags of bpf_ringbuf_submit()
  public static final long BPF_RB_NO_WAKEUP = 1;

  // enum bpf_stats_type
  public static final int BPF_STATS_RUN_TIME = 0;

  /** Bytes of a map's or program's name in the kernel, the NUL included. */
  public static final int BPF_OBJ_NAME_LEN = 16;

  /** bpf(2)'s argument for one element: lookup, update, delete, next key. */
  public static final CStruct bpf_attr_elem =
      CStruct.of("union bpf_attr", u32("map_fd"), u64("key"), u64("value"), u64("flags"));

  /** bpf(2)'s argument for the four batch commands. */
  public static final CStruct bpf_attr_batch =
      CStruct.of(
          "union bpf_attr",
          u64("batch.in_batch"),
          u64("batch.out_batch"),
          u64("batch.keys"),
          u64("batch.values"),
          u32("batch.count"),
          u32("batch.map_fd"),
          u64("batch.elem_flags"),
          u64("batch.flags"));

  public static final CStruct bpf_map_info =
      CStruct.of(
          "struct bpf_map_info",
          u32("type"),
          u32("id"),
          u32("key_size"),
          u32("value_size"),
          u32("max_entries"),
          u32("map_flags"),
          chars("name", BPF_OBJ_NAME_LEN));

  public static final CStruct bpf_prog_info =
      CStruct.of(
          "struct bpf_prog_info",
          u32("type"),
          u32("id"),
          chars("tag", 8),
          u32("jited_prog_len"),
          u32("xlated_prog_len"),
          u64("jited_prog_insns"),
          u64("xlated_prog_insns"),
          u64("load_time"),
          u32("created_by_uid"),
          u32("nr_map_ids"),
          u64("map_ids"),
          chars("name", BPF_OBJ_NAME_LEN),
          u32("ifindex"),
          chars("gpl_compatible", 4), // a bit-field of 32 bits: C has no offset for it
          u64("netns_dev"),
          u64("netns_ino"),
          u32("nr_jited_ksyms"),
          u32("nr_jited_func_lens"),
          u64("jited_ksyms"),
          u64("jited_func_lens"),
          u32("btf_id"),
          u32("func_info_rec_size"),
          u64("func_info"),
          u32("nr_func_info"),
          u32("nr_line_info"),
          u64("line_info"),
          u64("jited_line_info"),
          u32("nr_jited_line_info"),
          u32("line_info_rec_size"),
          u32("jited_line_info_rec_size"),
          u32("nr_prog_tags"),
          u64("prog_tags"),
          u64("run_time_ns"),
          u64("run_cnt"),
          u64("recursion_misses"),
          u32("verified_insns"));

  public static final CStruct bpf_map_create_opts =
      CStruct.of(
          "struct bpf_map_create_opts",
          pointer("sz"),
          u32("btf_fd"),
          u32("btf_key_type_id"),
          u32("btf_value_type_id"),
          u32("btf_vmlinux_value_type_id"),
          u32("inner_map_fd"),
          u32("map_flags"),
          u64("map_extra"));

  public static final CStruct bpf_test_run_opts =
      CStruct.of(
          "struct bpf_test_run_opts",
          pointer("sz"),
          pointer("data_in"),
          pointer("data_out"),
          u32("data_size_in"),
          u32("data_size_out"),
          pointer("ctx_in"),
          pointer("ctx_out"),
          u32("ctx_size_in"),
          u32("ctx_size_out"),
          u32("retval"),
          u32("repeat"),
          u32("duration"),
          u32("flags"),
          u32("cpu"),
          u32("batch_size"));

  public static final CStruct bpf_prog_load_opts =
      CStruct.of(
          "struct bpf_prog_load_opts",
          pointer("sz"),
          u32("attempts"),
          u32("expected_attach_type"),
          u32("prog_btf_fd"),
          u32("prog_flags"),
          u32("prog_ifindex"),
          u32("kern_version"),
          u32("attach_btf_id"),
          u32("attach_prog_fd"),
          u32("attach_btf_obj_fd"),
          pointer("fd_array"),
          pointer("func_info"),
          u32("func_info_cnt"),
          u32("func_info_rec_size"),
          pointer("line_info"),
          u32("line_info_cnt"),
          u32("line_info_rec_size"),
          u32("log_level"),
          u32("log_size"),
          pointer("log_buf"));

  public static final CStruct bpf_func_info =
      CStruct.of("struct bpf_func_info", u32("insn_off"), u32("type_id"));

  public static final CStruct bpf_object_open_opts =
      CStruct.of("struct bpf_object_open_opts", pointer("sz"), pointer("object_name"));

  public static final CStruct bpf_link_create_opts =
      CStruct.of("struct bpf_link_create_opts", pointer("sz"), u32("flags"));

  public static final CStruct bpf_kprobe_multi_opts =
      CStruct.of(
          "struct bpf_kprobe_multi_opts",
          pointer("sz"),
          pointer("syms"),
          pointer("addrs"),
          pointer("cookies"),
          pointer("cnt"));

  public static final CStruct bpf_tc_hook =
      CStruct.of(
          "struct bpf_tc_hook", pointer("sz"), u32("ifindex"), u32("attach_point"), u32("parent"));

  public static final CStruct bpf_tc_opts =
      CStruct.of(
          "struct bpf_tc_opts",
          pointer("sz"),
          u32("prog_fd"),
          u32("flags"),
          u32("prog_id"),
          u32("handle"),
          u32("priority"));

  /** As long as its first published version, PERF_ATTR_SIZE_VER0. */
  public static final CStruct perf_event_attr =
      CStruct.of(
          "struct perf_event_attr",
          u32("type"),
          u32("size"),
          u64("config"),
          u64("sample_period"),
          u64("sample_type"),
          u64("read_format"),
          chars("flags", 8), // 64 bit-fields: C has no offset for them
          u32("wakeup_events"),
          u32("bp_type"),
          u64("config1"));

  /** A type in BTF; what follows depends on its kind (Documentation/bpf/btf.rst). */
  public static final CStruct btf_type =
      CStruct.of("struct btf_type", u32("name_off"), u32("info"), u32("size"));

  public static final CStruct btf_var_secinfo =
      CStruct.of("struct btf_var_secinfo", u32("type"), u32("offset"), u32("size"));

  // enum bpf_link_type
  public static final int BPF_LINK_TYPE_RAW_TRACEPOINT = 1;
  public static final int BPF_LINK_TYPE_TRACING = 2;
  public static final int BPF_LINK_TYPE_CGROUP = 3;
  public static final int BPF_LINK_TYPE_ITER = 4;
  public static final int BPF_LINK_TYPE_NETNS = 5;
  public static final int BPF_LINK_TYPE_XDP = 6;
  public static final int BPF_LINK_TYPE_PERF_EVENT = 7;
  public static final int BPF_LINK_TYPE_KPROBE_MULTI = 8;
  public static final int BPF_LINK_TYPE_STRUCT_OPS = 9;
  public static final int BPF_LINK_TYPE_NETFILTER = 10;
  public static final int BPF_LINK_TYPE_TCX = 11;
  public static final int BPF_LINK_TYPE_UPROBE_MULTI = 12;
  public static final int BPF_LINK_TYPE_NETKIT = 13;
  public static final int BPF_LINK_TYPE_SOCKMAP = 14;

  // enum bpf_attach_type, of tracing programs
  public static final int BPF_TRACE_FENTRY = 24;
  public static final int BPF_TRACE_FEXIT = 25;
  public static final int BPF_MODIFY_RETURN = 26;
  public static final int BPF_LSM_MAC = 27;

  /** What all kinds of links tell; what follows from byte 16 on is the kind's own. */
  public static final CStruct bpf_link_info =
      CStruct.of("struct bpf_link_info", u32("type"), u32("id"), u32("prog_id"));

  public static final CStruct bpf_btf_info =
      CStruct.of(
          "struct bpf_btf_info",
          u64("btf"),
          u32("btf_size"),
          u32("id"),
          u64("name"),
          u32("name_len"),
          u32("kernel_btf"));

  public static final CStruct bpf_xdp_query_opts =
      CStruct.of(
          "struct bpf_xdp_query_opts",
          pointer("sz"),
          u32("prog_id"),
          u32("drv_prog_id"),
          u32("hw_prog_id"),
          u32("skb_prog_id"),
          chars("attach_mode", 1));

  /** All of them, for the test against the C compiler. */
  static final List<CStruct> STRUCTS =
      List.of(
          bpf_attr_elem,
          bpf_attr_batch,
          bpf_map_info,
          bpf_prog_info,
          bpf_map_create_opts,
          bpf_test_run_opts,
          bpf_prog_load_opts,
          bpf_func_info,
          bpf_object_open_opts,
          bpf_link_create_opts,
          bpf_kprobe_multi_opts,
          bpf_tc_hook,
          bpf_tc_opts,
          perf_event_attr,
          btf_type,
          btf_var_secinfo,
          bpf_link_info,
          bpf_btf_info,
          bpf_xdp_query_opts);

  private Uapi() {}
}
