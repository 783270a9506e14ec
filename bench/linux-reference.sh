#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# bench/linux-reference.sh IMAGE CODEC...: what would Linux's own boot code make of this kernel?
#
# Takes the kernel out of IMAGE and lets Linux's build (Debian package linux-source-6.1, compiled in
# the cache, nothing of it comes into this tree) wrap it with its own setup, stub and decoder for each
# CODEC (gzip bzip2 lzma xz lzo lz4 zstd). Prints the path of each image. What is there is not made
# again.

# shellcheck source=script/lib.sh
. "$(dirname "$0")/../script/lib.sh"

decoders=
[ "${1:-}" != --decoder ] || { decoders=yes; shift; }
[ $# -ge 2 ] || { echo "usage: bench/linux-reference.sh [--decoder] IMAGE CODEC..." >&2; exit 2; }
image=$(realpath "$1")
shift

release=6.1
source_tar=/usr/src/linux-source-$release.tar.xz
work=$cache/linux-reference
tree=$work/source
name=$(basename "$image")
kernel=$work/$name
mkdir -p "$kernel"
exec {lock}>"$work/.lock"
flock "$lock"

# The flavour's configuration: the one that the kernel was built with, as far as the stub goes.
flavour=amd64
[[ $name != *cloud* ]] || flavour=cloud-amd64
config=/usr/src/linux-config-$release/config.amd64_none_$flavour.xz

unpack() {
	[ -f "$source_tar" ] || die "no $source_tar: script/bootstrap bench installs it"
	if [ -f "$work/.unpacked" ] && [ "$work/.unpacked" -nt "$source_tar" ]; then
		return
	fi
	say "unpacking $source_tar"
	rm -rf "$tree"
	mkdir -p "$tree"
	tar -C "$tree" --strip-components=1 -xf "$source_tar" \
		--exclude='*/Documentation/*.rst' --exclude='*/drivers/gpu/*.[ch]' \
		--exclude='*/drivers/net/*.[ch]' --exclude='*/sound/*.[ch]'
	touch "$work/.unpacked"
}

# make, one job for each processor, its output in a log that is shown when it fails
linux_make() {
	make -C "$tree" -j"$(nproc)" --no-print-directory -f "$top/bench/linux-reference.mk" "$@" \
		>"$work/make.log" 2>&1 </dev/null && return
	tail -n 20 "$work/make.log" >&2
	die "Linux's build failed"
}

# Only what the stub is built from matters; what needs keys, plugins or pahole is switched off.
configure() {
	local codec=$1 other
	xz -dc "$config" >"$tree/.config"
	for other in GZIP BZIP2 LZMA XZ LZO LZ4 ZSTD; do
		"$tree/scripts/config" --file "$tree/.config" -d "KERNEL_$other"
	done
	"$tree/scripts/config" --file "$tree/.config" -e "KERNEL_${codec^^}" -d MODULE_SIG -d GCC_PLUGINS \
		-d SYSTEM_TRUSTED_KEYRING -d DEBUG_INFO_BTF -d DEBUG_INFO_DWARF_TOOLCHAIN_DEFAULT \
		-d DEBUG_INFO_DWARF5 -d DEBUG_INFO_DWARF4 -e DEBUG_INFO_NONE
	linux_make olddefconfig
	grep -q "^CONFIG_KERNEL_${codec^^}=y" "$tree/.config" || die "Linux $release knows no codec $codec"
}

wrap() {
	local codec=$1 result=$kernel/$1.bzImage

	if [ ! -f "$result" ] || [ "$image" -nt "$result" ]; then
		say "Linux's own wrapper with $codec around $name"
		unpack
		"$python" "$top/bench/splitkernel.py" "$image" "$kernel"
		configure "$codec"
		linux_make stub-parts
		cp "$kernel/vmlinux" "$tree/vmlinux"
		# $@ below is make's.
		# shellcheck disable=SC2016
		linux_make -o vmlinux bzImage "cmd_relocs=cp $kernel/vmlinux.relocs \$@" \
			"cmd_voffset=cp $kernel/voffset.h \$@"
		cmp -s "$kernel/vmlinux" "$tree/arch/x86/boot/compressed/vmlinux.bin" ||
			die "Linux's build changed the kernel"
		cp "$tree/arch/x86/boot/bzImage" "$kernel/.new"
		mv "$kernel/.new" "$result"
		# the symbols of its stub, for bench/blockprofile.py
		cp "$tree/arch/x86/boot/compressed/vmlinux" "$kernel/$codec.stub.elf"
	fi
	echo "$result"
}

# Linux's decoder for one codec, compiled with the command that has compiled what it is part of.
decoder() {
	local codec=$1 source result=$work/linux-$1.so command object=$work/.linux-$1.o
	local boot=$tree/arch/x86/boot/compressed misc=arch/x86/boot/compressed/misc

	if [ -f "$result" ] && [ "$result" -nt "$top/bench/linux_decoder.c" ]; then
		return
	fi
	case $codec in
	gzip) source=inflate ;;
	bzip2) source=bunzip2 ;;
	*) source=un$codec ;;
	esac
	# shellcheck disable=SC2016
	command=$(sed -n 's/^cmd_[^ ]* := \(.*\) -c -o .*$/\1/p' "$boot/.misc.o.cmd")
	[ -n "$command" ] || die "no record of how Linux's build compiled $misc.c"
	command=${command//-Wp,-MMD,$misc.d/}
	(
		cd "$tree" &&
		eval "$command" -I"$boot" -c -o "$object" \
			"-DLINUX_SOURCE='\"$tree/lib/decompress_$source.c\"'" \
			"-DBENCH_DECODER_H_FILE='\"$top/bench/decoder.h\"'" "$top/bench/linux_decoder.c" &&
		eval "$command" -c -o "$object.string" "$boot/string.c" &&
		gcc -shared -nostdlib -Wl,-z,defs -Wl,--version-script,"$top/bench/decoder.map" \
			-o "$object.so" "$object" "$object.string"
	) >"$work/make.log" 2>&1 || { tail -n 20 "$work/make.log" >&2; die "cannot compile Linux's decoder"; }
	mv "$object.so" "$result"
}

for codec in "$@"; do
	if [ -z "$decoders" ]; then
		wrap "$codec"
	else
		made=$(wrap "$codec")
		decoder "$codec"
		echo "$work/linux-$codec.so,$made"
	fi
done
