// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * filetop: which files are read and written, by whom, and how much: what the calls returned.
 * Hooks: the end of vfs_read and vfs_write by fexit, which sees also what the kernel itself reads, but no
 * readv(2) and writev(2); or the end of system calls (sys_exit by BTF), which sees those too, but runs at every
 * system call, and sees none of 32-bit programs. Neither sees mmap, sendfile, splice and io_uring. Cost: a lookup in a hash map a call.
 */
#include "tool.h"
#include "filetop.h"
#include "calls.h"

#define S_IFMT 0170000
#define S_IFREG 0100000
#define MOST_FILES 10240

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct super_block {
	__u32 s_dev;
};

struct inode {
	unsigned short i_mode;
	__u64 i_ino;
	struct super_block *i_sb;
};

struct qstr {
	const unsigned char *name;
};

struct dentry {
	struct qstr d_name;
};

struct path {
	struct dentry *dentry;
};

struct file {
	struct path f_path;
	struct inode *f_inode;
};

#pragma clang attribute pop

/* A pointer that is the program's argument is followed; else the kernel is asked to copy. */
#define GET(from, field) (typed ? (from)->field : BPF_CORE_READ(from, field))

const volatile bool all_types = false;
const volatile __u32 only_tgid = 0;

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, MOST_FILES);
	__type(key, struct file_key);
	__type(value, struct file_use);
} files SEC(".maps");

static const struct file_use unused;

/* Null where there is no room, which is a loss. */
static __always_inline struct file_use *first_use(struct file *file, struct file_key *key, __u32 type,
						  __u32 tgid)
{
	long error = bpf_map_update_elem(&files, key, &unused, BPF_NOEXIST);
	struct file_use *use = bpf_map_lookup_elem(&files, key);

	if (!use) {
		lose(why_none(error, LOST_FILE));
		return 0;
	}
	use->tgid = tgid;
	use->type = type;
	bpf_get_current_comm(use->comm, sizeof(use->comm));
	bpf_probe_read_kernel_str(use->name, sizeof(use->name),
				  BPF_CORE_READ(file, f_path.dentry, d_name.name));
	return use;
}

/* typed: whether the file is known to the verifier as one, a constant. */
static __always_inline void count(struct file *file, long bytes, bool is_write, const bool typed)
{
	__u64 both = bpf_get_current_pid_tgid();
	struct file_key key = {};
	struct file_use *use;
	struct inode *inode;
	__u32 type;

	if (bytes < 0 || (only_tgid && both >> 32 != only_tgid))
		return;
	hold_up();
	inode = GET(file, f_inode);
	type = GET(inode, i_mode) & S_IFMT;
	if (!all_types && type != S_IFREG)
		return;
	key.inode = GET(inode, i_ino);
	key.device = typed ? inode->i_sb->s_dev : BPF_CORE_READ(inode, i_sb, s_dev);
	key.tid = both;
	use = bpf_map_lookup_elem(&files, &key);
	if (!use)
		use = first_use(file, &key, type, both >> 32);
	if (!use)
		return;
	/* A thread's own: no other CPU writes here. */
	if (is_write) {
		use->writes++;
		use->written_bytes += bytes;
	} else {
		use->reads++;
		use->read_bytes += bytes;
	}
}

SEC("fexit/vfs_read")
int BPF_PROG(on_vfs_read, struct file *file, char *buf, __u64 bytes, void *pos, long result)
{
	count(file, result, false, true);
	return 0;
}

SEC("fexit/vfs_write")
int BPF_PROG(on_vfs_write, struct file *file, char *buf, __u64 bytes, void *pos, long result)
{
	count(file, result, true, true);
	return 0;
}

static __always_inline struct file *file_of(unsigned long descriptor)
{
	struct task_struct___files *task = (void *)bpf_get_current_task();
	struct fdtable *table = BPF_CORE_READ(task, files, fdt);
	struct file **all = BPF_CORE_READ(table, fd);
	struct file *file = 0;

	if (descriptor < BPF_CORE_READ(table, max_fds))
		bpf_probe_read_kernel(&file, sizeof(file), &all[descriptor]);
	return file;
}

SEC("tp_btf/sys_exit")
int BPF_PROG(on_sys_exit, struct pt_regs *regs, long result)
{
	struct file *file;
	int kind = kind_of(call_of(regs));

	if (kind == NEITHER || result < 0 || is_compat())
		return 0;
#if defined(__TARGET_ARCH_x86)
	file = file_of(regs->di);
#else
	file = file_of(regs->orig_x0);
#endif
	if (file)
		count(file, result, kind == WRITE, false);
	return 0;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
