#!/bin/sh
# Compiles every X.bpf.c below this folder into OUT/ARCH/…/X.bpf.o, for each architecture we run on.
# Usage: bpf/compile.sh OUT        (environment: CLANG, the clang to use)
set -eu
out=$1
mkdir -p "$out"
out=$(cd "$out" && pwd)
cd "$(dirname "$0")" # relative names only: no path of this machine in the objects
clang=${CLANG:-clang}

refuse() {
	echo "bpf/compile.sh: $1" >&2
	echo "install what is needed: apt install clang llvm libbpf-dev (Debian, Ubuntu)," \
		"dnf install clang llvm libbpf-devel (Fedora)" >&2
	exit 1
}

command -v "$clang" >/dev/null || refuse "$clang is missing, it compiles the BPF programs"

# With -target bpf clang forgets the system's own folders (Debian keeps asm/types.h in a multiarch one).
includes=$("$clang" -v -E -x c /dev/null 2>&1 |
	sed -n '/^#include <...>/,/^End of search/ s|^ \(/.*\)|-idirafter \1|p')
bpf_clang() {
	"$clang" -g -O2 -mcpu=v3 -target bpf -Wall -Werror "-fdebug-prefix-map=$PWD=bpf" $includes "$@"
}

printf '#include <linux/bpf.h>\n#include <bpf/bpf_helpers.h>\n' |
	bpf_clang -fsyntax-only -x c - 2>/dev/null ||
	refuse "linux/bpf.h or bpf/bpf_helpers.h is missing, or $clang knows no BPF"

# Debug information is half of an object; BTF, which libbpf needs, survives the stripping.
strip=$("$clang" -print-prog-name=llvm-strip)

compile_for() {
	arch=$1
	find . -name '*.bpf.c' | LC_ALL=C sort | while read -r source; do
		source=${source#./}
		object=$out/$arch/${source%.c}.o
		[ -f "$object" ] && [ -z "$(find . -newer "$object" -type f)" ] && continue
		mkdir -p "$(dirname "$object")"
		bpf_clang "-D__TARGET_ARCH_$arch" -c "$source" -o "$object.tmp"
		! command -v "$strip" >/dev/null || "$strip" -g "$object.tmp"
		mv "$object.tmp" "$object"
	done
}

# Not in front of ||, where a shell goes on after what fails.
compile_for x86 &
x86=$!
compile_for arm64 &
arm64=$!
failed=0
wait "$x86" || failed=1
wait "$arm64" || failed=1
exit "$failed"
