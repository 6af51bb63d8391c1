/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Who reads and writes which file, and how much. */
#ifndef BPFGAUGE_TOOLS_FILETOP_H
#define BPFGAUGE_TOOLS_FILETOP_H

#define NAME_BYTES 32

struct file_key {
	__u64 inode;
	__u32 device;
	__u32 tid;
};

struct file_use {
	__u64 reads;
	__u64 writes;
	__u64 read_bytes;
	__u64 written_bytes;
	__u32 tgid;
	__u32 type;	/* the inode's S_IFMT bits */
	char comm[16];
	char name[NAME_BYTES];
};

#endif
