#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Write the seeds in fuzz/corpus: small inputs that reach deep, made from the formats' definitions.

Run by hand after a format changed; what it writes is kept in the tree. Findings lie beside the seeds
and are never touched: a seed's name begins with "seed-".

Long because every format has its section here.
"""

import bz2
import lzma
import gzip
import struct
import subprocess
import zlib
from pathlib import Path

CORPUS = Path(__file__).resolve().parent / "corpus"
LINUX_VA = 0xffffffff80000000


def seed(target, name, data):
    folder = CORPUS / target
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"seed-{name}").write_bytes(data)


def crc32c(data):
    crc = 0xffffffff
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0x82f63b78 if crc & 1 else 0)
    return crc ^ 0xffffffff


def put(buf, at, fmt, *values):
    struct.pack_into("<" + fmt, buf, at, *values)


# --- load_option, efi_e820 ---

def make_load_option():
    end = b"\x7f\xff\x04\0"
    path = b"\x04\x04\x08\0disk" + end
    line = "root=/dev/sda1 \u00e4\u20ac\U0001f600".encode("utf-16-le")
    option = struct.pack("<IH", 1, len(path)) + "Debian\0".encode("utf-16-le") + path
    seed("load_option", "option", option + line)
    seed("load_option", "two-paths", struct.pack("<IHH", 9, 2 * len(path), 0) + path + path + line)
    seed("load_option", "line", line + b"\0\0")
    seed("load_option", "half-pairs", b"\x3d\xd8a\0\x00\xde\x3d\xd8")


def make_smbios():
    def entry(anchor, length_at, size):
        e = bytearray(anchor.ljust(size, b"\0"))
        e[length_at] = size
        e[-8:] = struct.pack("<Q", 0x1000)
        e[length_at - 1] = -sum(e) & 0xff
        return bytes(e)

    bios = b"\0\x06\0\0\x01\x02Vendor\x001.0\0\0"
    bare = b"\x20\x04\0\0\0\0"
    system = b"\x01\x08\0\0\x01\x02\x03\0Maker\0Machine\0v\0\0"
    for number, anchor in (("2", entry(b"_SM_", 5, 0x1f)), ("3", entry(b"_SM3_", 6, 0x18))):
        seed("smbios", f"entry-{number}", bytes([len(anchor)]) + anchor + bios + bare + system
             + b"\x7f\x04\0\0\0\0")


def make_efi_e820():
    def descriptor(kind, start, pages, attribute=8):
        return struct.pack("<IIQQQQQ", kind, 0, start, 0, pages, attribute, 0)

    seed("efi_e820", "joined", b"\x30" + descriptor(7, 0, 16) + descriptor(2, 0x10000, 16)
         + descriptor(6, 0x20000, 1) + descriptor(11, 0xfee00000, 1))
    seed("efi_e820", "special", b"\x30" + descriptor(7, 0, 16, 0x40008) + descriptor(14, 0x10000, 16))
    seed("efi_e820", "top", b"\x30" + descriptor(7, 0xfffffffffffff000, 1) + descriptor(7, 0, 1 << 52))


# --- bzimage ---

def bzimage(version=0x20f, info=b""):
    f = bytearray(0x1000)
    put(f, 0x1f1, "B", 3)
    put(f, 0x1f4, "I", (len(f) - 0x800) // 16)
    put(f, 0x1fe, "HH4sH", 0xaa55, 0x6aeb, b"HdrS", version)
    put(f, 0x20e, "H", 0x100)
    put(f, 0x211, "B", 1)
    put(f, 0x230, "IBBH", 0x200000, 1, 21, 0x7f)
    put(f, 0x248, "II", 0x300, 0x200)
    put(f, 0x268, "I", 0x100)
    f[0x300:0x308] = b"6.1-test"
    put(f, 0x900, "4sIII", b"LToP", 16, 16 + len(info), 0x80000009)
    f[0x910:0x910 + len(info)] = info
    return bytes(f)


def make_bzimage():
    seed("bzimage", "protocol-215", bzimage())
    seed("bzimage", "protocol-200", bzimage(0x200))
    seed("bzimage", "protocol-208", bzimage(0x208))
    seed("bzimage", "kernel-info-items",
         bzimage(info=struct.pack("<II4sII", 0x1234, 12, b"item", 0x4d667a62, 8)))


# --- elf ---

def elf(loads, kind=2, entry=0x1000000, dynamic=None, sections=0, size=0x1000):
    """loads: (offset, vaddr, paddr, filesz, memsz)"""
    f = bytearray(size)
    headers = [(1, load) for load in loads] + ([(2, dynamic)] if dynamic else [])
    f[:7] = b"\x7fELF\x02\x01\x01"
    put(f, 16, "HHIQQQIHHHHHH", kind, 62, 1, entry, 64, sections and size - 64 * sections, 0, 64, 56,
        len(headers), 64, sections, 0)
    for n, (type_, (offset, vaddr, paddr, filesz, memsz)) in enumerate(headers):
        put(f, 64 + 56 * n, "IIQQQQQQ", type_, 7, offset, vaddr, paddr, filesz, memsz, 0x1000)
    return bytes(f)


def make_elf():
    seed("elf", "linux-three-runs", elf([
        (0x200, LINUX_VA + 0x1000000, 0x1000000, 0x200, 0x200),
        (0x400, LINUX_VA + 0x1000200, 0x1000200, 0x100, 0x100),
        (0x600, 0, 0x1000300, 0x80, 0x80),
        (0x800, LINUX_VA + 0x1000400, 0x1000400, 0x200, 0x300)], sections=4))
    seed("elf", "one-segment", elf([(0, 0x100000, 0x100000, 0x800, 0x2000)], entry=0x100100))
    seed("elf", "pie", elf([(0x200, 0, 0, 0x800, 0x1000)], kind=3, entry=0x10,
                           dynamic=(0x800, 0x600, 0x600, 0x90, 0x90)))
    seed("elf", "bss-between", elf([
        (0x200, 0x1000000, 0x1000000, 0x100, 0x100), (0, 0x1000200, 0x1000200, 0, 0x100),
        (0x600, 0x1000400, 0x1000400, 0x100, 0x100)]))
    seed("elf", "apart", elf([
        (0x400, 0x1000000, 0x1000000, 0x100, 0x100), (0x200, 0x1000200, 0x1000200, 0x100, 0x100)]))


def make_elf_file():
    """Both classes and byte orders: a segment, three sections."""
    names = b"\0.text\0.shstrtab\0"
    for name, order, word, klass in (("32le", "<", "I", 1), ("32be", ">", "I", 1), ("64le", "<", "Q", 2),
                                     ("64be", ">", "Q", 2)):
        ident = b"\x7fELF" + bytes([klass, 1 if order == "<" else 2, 1])
        is64 = klass == 2
        sizes = (64, 56, 64) if is64 else (52, 32, 40)
        header = struct.pack(order + "16sHHI" + word * 3 + "IHHHHHH", ident, 2, 183, 1, 0x1000, 0x40, 0x100, 5,
                             sizes[0], sizes[1], 1, sizes[2], 3, 2)
        segment = (struct.pack(order + "IIQQQQQQ", 1, 5, 0x80, 0x1000, 0x1000, 0x20, 0x40, 0x1000) if is64 else
                   struct.pack(order + "8I", 1, 0x80, 0x1000, 0x1000, 0x20, 0x40, 5, 0x1000))
        f = bytearray(0x100)
        f[:len(header)] = header
        f[0x40:0x40 + len(segment)] = segment
        f[0xc0:0xc0 + len(names)] = names
        f += bytes(sizes[2])
        for values in ((1, 1, 6, 0x1000, 0x80, 0x20, 0, 0, 16, 0), (7, 3, 0, 0, 0xc0, len(names), 0, 0, 1, 0)):
            f += struct.pack(order + "II" + word * 4 + "II" + word * 2, *values)
        seed("elf_file", name, bytes(f))


def make_inspect():
    """An ELF with notes (one of them cut off) and a configuration, sections that overlap; a PE."""
    notes = struct.pack("<III4s4s", 4, 4, 3, b"GNU\0", b"\1\2\3\4") + struct.pack("<III", 0xffffffff, 4, 1)
    config = b"IKCFG_ST" + gzip.compress(b"CONFIG_A=y\n", mtime=0) + b"IKCFG_ED"
    names = b"\0.text\0\x1b[31m\0"
    f = bytearray(elf([(0x200, 0x1000000, 0x1000000, 0x200, 0x400)], size=0x800))
    f[0x300:0x300 + len(notes)] = notes
    f[0x400:0x400 + len(config)] = config
    f[0x500:0x500 + len(names)] = names
    put(f, 40, "Q", 0x600)
    put(f, 60, "HH", 5, 4)
    for n, values in enumerate(((1, 1, 6, 0x1000000, 0x200, 0x180), (7, 7, 2, 0x1000100, 0x300, len(notes)),
                                (7, 1, 2, 0x1000080, 0x280, 0x200), (1, 3, 0, 0, 0x500, len(names))), 1):
        put(f, 0x600 + 64 * n, "IIQQQQ", *values)
    seed("inspect", "notes", bytes(f))
    for path in sorted((CORPUS / "pe").glob("seed-*")):
        seed("inspect", path.name.removeprefix("seed-"), path.read_bytes())


# --- filter_x86 ---

def make_filter_x86():
    def subject(code, position=0x200000, step=0x800):
        return struct.pack("<IH", position, step - 1) + bytes(code)

    call, jump, far = b"\xe8\x10\0\0\0", b"\xe9\xf0\xff\xff\xff", b"\xe8\x10\0\0\x37"
    mixed = (call + b"\x90" + jump + far + b"\x48\x89\xe8\x5b\x5d" + jump + bytes(100)) * 4
    seed("filter_x86", "calls", subject(mixed))
    seed("filter_x86", "opcode-in-a-displacement", subject(b"\xe8\xe9\0\0\x37\0\0\0\xe8\xe8\xe8\xe8\xff\xff"))
    seed("filter_x86", "zeros", subject(bytes(300) + call + bytes(61) + call))
    file = bytearray(elf([(0, 0x100000, 0x100000, 0xc00, 0xc00)], entry=0x100800, sections=4))
    file[0x200:0x200 + len(mixed)] = mixed
    seed("filter_x86", "elf", subject(file, step=0x300))


# --- reloc ---

def make_reloc():
    def near(delta, *words):
        return struct.pack("<BI", 1, delta & 0xffffffff) + struct.pack(f"<{len(words)}H", *words)

    seed("reloc", "three-lists", near(0x200000, 0, 0x100, 0x208, 0, 0x300, 0, 0x400, 0x500))
    seed("reloc", "two-lists", near(-0x200000, 0, 0x100, 0x208, 0, 0x400, 0x500))
    seed("reloc", "outside", near(0x200000, 0, 0x1018, 0, 0x400))
    seed("reloc", "odd-length", near(0x200000, 0, 0x100, 0) + b"\0")
    seed("reloc", "plain-words", struct.pack("<BI5I", 0, 0x200000, 0, 0x81000010, 0, 0x81000020, 0x81000040))


def make_reloc_compact():
    first = b"\xff\0\0\0\1"  # the kernel's first byte

    def table(delta, *lists):
        return struct.pack("<BI", 2 | (len(lists) == 3), delta & 0xffffffff) + b"".join(
            struct.pack("<H", len(codes)) for codes in lists[:-1]) + b"".join(lists)

    near = bytes((1, 2, 1, 1, 8, 224, 0, 1, 1, 3, 1, 1, 1, 1, 9, 230, 7, 1))
    seed("reloc_compact", "three-lists", table(0x200000, first + near, first + near, first + 2 * near))
    seed("reloc_compact", "two-lists", table(-0x200000, first + 4 * near, first + near + first[:4] + b"\0"))
    seed("reloc_compact", "to-the-end", table(
        0x200000, first + 32 * b"\xdf", first + b"\xfe\xff" * 7 + b"\xdf" * 40))
    seed("reloc_compact", "cut-off", table(0x200000, first + near + b"\xe0", first + near + b"\xff\1\2\3"))
    seed("reloc_compact", "past-the-top", table(0x200000, first + near + b"\xff\0\0\0\x80", b""))
    seed("reloc_compact", "lengths", struct.pack("<BIII", 0, 0x200000, 5, 6) + 2 * first + b"\4")
    seed("reloc_compact", "lengths-lie", struct.pack("<BIII", 0, 0x200000, 5, 0xfffffff9) + 2 * first)
    seed("reloc_compact", "words", struct.pack(
        "<BI7I", 0, 0x200000, 0, 0x81000010, 0x81000018, 0, 0x81000020, 0x81000040, 0x8100f000))


def make_reloc_dynamic():
    base, rela, relr, dyn = 0x100000, 0x100, 0x180, 0x200
    image = bytearray(0x400)
    put(image, rela, "QQQ", base + 0x10, 8, base + 0x123)
    put(image, rela + 24, "QQQ", base + 0x1400, 8, 7)
    put(image, relr, "QQ", base + 0x20, 0b1011)
    tags = [(7, base + rela), (8, 48), (9, 24), (36, base + relr), (35, 16), (37, 8), (0, 0)]
    for n, (tag, value) in enumerate(tags):
        put(image, dyn + 16 * n, "QQ", tag, value)
    seed("reloc_dynamic", "rela-and-relr", struct.pack("<HH", 0x1000 + dyn, 0x100) + image)
    seed("reloc_dynamic", "none", struct.pack("<HH", 0x1000, 0))
    put(image, rela + 8, "Q", 1)
    seed("reloc_dynamic", "symbolic", struct.pack("<HH", 0x1000 + dyn, 0x100) + image)


# --- memory map, command line ---

def make_e820():
    def table(*entries):
        return b"".join(struct.pack("<QQI", *entry) for entry in entries)

    seed("e820", "seabios", table(
        (0, 0x9fc00, 1), (0x9fc00, 0x400, 2), (0xf0000, 0x10000, 2), (0x100000, 0xbfee0000, 1),
        (0xbffe0000, 0x20000, 2), (0xfffc0000, 0x40000, 2), (0x100000000, 0xc0000000, 1)))
    seed("e820", "overlaps", table((0, 0x400000, 1), (0x100000, 0x1000, 2), (0x100800, 0x2000, 4)))
    seed("e820", "wraps", table((0xfffffffffffff000, 0x5000, 1), (0xfffffffffffff800, 0x5000, 2)))
    seed("e820", "empty-entries", table((0x1000, 0, 1), (0, 0, 2), (0, 0xffffffffffffffff, 1)))
    seed("e820", "odd-length", table((0, 0x1000, 1)) + b"\0")


def make_text():
    lines = {
        "debian": b"BOOT_IMAGE=/vmlinuz root=/dev/sda1 ro quiet",
        "quotes": b"a=\"b c\" \"d e=f\" g\"h i\"j \"\" =k l==m",
        "nul": b"quiet\0nokaslr",
        "serial": b"earlyprintk=serial,ttyS0,115200,keep console=ttyS1,57600n8",
        "port": b"earlyprintk=serial,0x2f8,9600 quiet bzforge.debug",
        "time": b"bzforge.debug=time bzforge.debug=\"time\" bzforge.debug",
        "uart": b"console=uart8250,io,0x3f8,115200n8 earlyprintk=vga",
        "mem": b"mem=64M memmap=16M$32M,1M#2M,4K!0x5000 memmap=0x10M",
        "exactmap": b"memmap=exactmap,640K@0,63M@1M mem=1G -- mem=1M",
    }
    for target in ("cmdline", "console", "memparam"):
        for name, line in lines.items():
            seed(target, name, line)
    for name, number in {"hex": b"0x1fG", "octal": b"0777k", "big": b"18446744073709551615", "over": b"16E"}.items():
        seed("memparam", name, number)


# --- setup_data, manifest, place ---

def make_setup_data():
    seed("setup_data", "rng-seed", struct.pack("<QQII", 0x90000, 0, 9, 32) + bytes(32))
    seed("setup_data", "indirect", struct.pack("<QQIIIIQQ", 0x90000, 0x91000, 0x80000000, 24,
                                               0x80000001, 0, 0x140, 0x5000))
    seed("setup_data", "wraps", struct.pack("<QQII", 0xfffffffffffffff0, 0, 2, 0xffffffff))


def make_timeline():
    def timeline(count, *records, magic=b"bzfT", version=1, lost=0):
        head = struct.pack("<4sHHII", magic, version, count, lost, 0)
        return head + b"".join(struct.pack("<BBHIQ", stage, cpu, chunk, 0, ticks)
                               for stage, cpu, chunk, ticks in records)

    boot = ((6, 0, 0xffff, 0), (7, 0, 0xffff, 90000), (11, 1, 0xffff, 91000), (12, 0, 0, 95000),
            (12, 1, 1, 94000), (13, 1, 1, 200000), (13, 0, 0, 210000), (19, 0, 0xffff, 1 << 40))
    seed("timeline", "boot", timeline(len(boot), *boot))
    seed("timeline", "empty", timeline(0))
    seed("timeline", "lost", timeline(1, boot[0], lost=0xffffffff))
    seed("timeline", "unknown-stage", timeline(2, boot[0], (200, 255, 0xfffe, (1 << 64) - 1)))
    seed("timeline", "starts-late", timeline(2, *boot[2:4]))
    seed("timeline", "cut", timeline(3, *boot[:3])[:-1])
    seed("timeline", "too-many", timeline(255, *(boot * 32)[:255]))
    seed("timeline", "full", timeline(254, *([boot[0]] + list(boot * 32)[:253])))
    seed("timeline", "later-version", timeline(1, boot[0], version=2))
    seed("timeline", "no-magic", timeline(1, boot[0], magic=b"bzfM"))


def manifest(flags=7, chunks=((0, 0x100, 0, 0x1000, 0), (0x100, 0x900, 0x1000, 0x8000, 1),
                              (0xa00, 0x100, 0x9000, 0x800, 0))):
    size = 0x80 + 24 * len(chunks) + 4
    m = bytearray(size)
    put(m, 0, "4sIHBBIIIIIQQIB", b"bzfM", size, 1, 7, flags, len(chunks), 0x8000, 0x1000, 0x9800, 0x9700,
        0x1000000, 0x8000, 0x1000, 1)
    put(m, 0x38, "IIIIIIIII", 0x5000, 0x20000, 0x9000, 5, 0xa000, 0x1000, 0, 0, 0x9000)
    for n, (in_off, in_size, out_off, out_size, ready) in enumerate(chunks):
        put(m, 0x80 + 24 * n, "IIIIII", in_off, in_size, out_off, out_size, 0xabcdef, ready)
    put(m, size - 4, "I", crc32c(m[:-4]))
    return bytes(m)


def make_manifest():
    seed("manifest", "in-place", struct.pack("<I", 0x10000) + manifest())
    seed("manifest", "apart", struct.pack("<I", 0x10000) + manifest(6))
    seed("manifest", "wrong-crc", struct.pack("<I", 0x10000) + manifest()[:-1] + b"\0")
    seed("manifest", "image-too-small", struct.pack("<I", 0x100) + manifest())


def number(value):
    """The nearest number below that fuzz_place.c can take."""
    shift = 0
    while value >> (2 * shift) > 0x7ff:
        shift += 1
    return struct.pack("<H", (value >> (2 * shift)) << 5 | shift)


def make_place():
    mib = 0x100000
    image = (0xa00000, 0x20000, 0x90000, 0x20000, 0x950000, 0x3e80000, 0x200000, 0x3e00000, 0x1000000,
             0x3a00000, 0x3200000, 0x1000000)

    def case(flags, image_pa, output_pa, *free):
        numbers = [*image, image_pa, output_pa, 80 * mib, *free]
        return bytes([flags]) + b"".join(number(value) for value in numbers)

    seed("place", "nothing-moves", case(0x43 | 13 << 2, mib, 16 * mib, mib, 1024 * mib))
    seed("place", "moves", case(0x43 | 13 << 2, 16 * mib, 16 * mib, mib, 1024 * mib))
    seed("place", "sequential", case(0x43, 16 * mib, 16 * mib, 16 * mib, 80 * mib))
    seed("place", "apart", case(0x42, 16 * mib, 16 * mib, mib, 1024 * mib))


# --- zstd ---

def zstd(data, *options):
    return subprocess.run(["zstd", "-q", "-c", *options], input=data, stdout=subprocess.PIPE,
                          check=True).stdout


def chunk(flags, out_size, data):
    """Input of a target that uses fuzz_chunk.h. flags: 1 first chunk, 2 last one."""
    return struct.pack("<BBH", flags, out_size & 0xff, out_size >> 8) + data


def make_zstd_chunk():
    text = b"".join(b"line %d of a text that compresses\n" % n for n in range(400))
    noise = bytes((n * n * 7919 >> 5) & 0xff for n in range(1000))
    seed("zstd_chunk", "text", chunk(1, len(text), zstd(text, "-19")))
    seed("zstd_chunk", "text-no-checksum", chunk(1, len(text), zstd(text, "-3", "--no-check")))
    seed("zstd_chunk", "noise", chunk(1, len(noise), zstd(noise)))
    seed("zstd_chunk", "zeros", chunk(1, 200000, zstd(bytes(200000))))
    seed("zstd_chunk", "rle-block", chunk(0, 100, struct.pack("<I", 100 << 3 | 1 << 1 | 1)[:3] + b"x"))
    seed("zstd_chunk", "raw-block", chunk(0, 5, struct.pack("<I", 5 << 3 | 1)[:3] + b"hello"))
    seed("zstd_chunk", "too-long", chunk(1, len(text) - 1, zstd(text)))


# --- xz ---

def make_xz_chunk():
    def xz(data, *filters):
        chain = [*filters, {"id": lzma.FILTER_LZMA2, "preset": 6, "dict_size": 1 << 16}]
        return lzma.compress(data, lzma.FORMAT_XZ, lzma.CHECK_CRC32, filters=chain)

    def block(stream):
        index_size = (struct.unpack("<I", stream[-8:-4])[0] + 1) * 4
        return stream[12:-12 - index_size]

    text = b"".join(b"line %d of a text that compresses\n" % n for n in range(400))
    noise = bytes((n * n * 7919 >> 5) & 0xff for n in range(1000))
    calls = b"".join(b"\xe8" + struct.pack("<i", 5000 - n * 9) + b"code" for n in range(300))
    seed("xz_chunk", "text", chunk(3, len(text), xz(text)))
    seed("xz_chunk", "middle", chunk(0, len(text), block(xz(text))))
    seed("xz_chunk", "noise", chunk(3, len(noise), xz(noise)))
    seed("xz_chunk", "zeros", chunk(3, 200000, xz(bytes(200000))))
    seed("xz_chunk", "x86", chunk(3, len(calls), xz(calls, {"id": lzma.FILTER_X86})))
    seed("xz_chunk", "other-filters", chunk(3, len(calls), xz(
        calls, {"id": lzma.FILTER_ARM}, {"id": lzma.FILTER_DELTA, "dist": 4})))
    seed("xz_chunk", "other-check", chunk(3, len(text), lzma.compress(text)))
    seed("xz_chunk", "too-long", chunk(3, len(text) - 1, xz(text)))


# --- gzip, lz4, lzo, none ---

TEXT = b"".join(b"line %d of a text that compresses\n" % n for n in range(400))
NOISE = bytes((n * n * 7919 >> 5) & 0xff for n in range(1000))


def make_gzip_chunk():
    header = bytes((0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 2, 3))

    def deflate(data, last, level=9, strategy=zlib.Z_DEFAULT_STRATEGY):
        z = zlib.compressobj(level, zlib.DEFLATED, -15, 9, strategy)
        blocks = z.compress(data) + z.flush(zlib.Z_FINISH if last else zlib.Z_FULL_FLUSH)
        return blocks + (bytes(8) if last else b"\0\0\0\xff\xff")

    seed("gzip_chunk", "text", chunk(3, len(TEXT), header + deflate(TEXT, True)))
    seed("gzip_chunk", "first", chunk(1, len(TEXT), header + deflate(TEXT, False)))
    seed("gzip_chunk", "middle", chunk(0, len(TEXT), deflate(TEXT, False)))
    seed("gzip_chunk", "fixed-codes", chunk(0, 200, deflate(TEXT[:200], False, 9, zlib.Z_FIXED)))
    seed("gzip_chunk", "stored", chunk(2, len(NOISE), deflate(NOISE, True, 0)))
    seed("gzip_chunk", "zeros", chunk(2, 200000, deflate(bytes(200000), True)))
    seed("gzip_chunk", "too-long", chunk(0, len(TEXT) - 1, deflate(TEXT, False)))


def make_lz4_chunk():
    def legacy(data):
        return subprocess.run(["lz4", "-l", "-12", "-c"], input=data, stdout=subprocess.PIPE, check=True).stdout

    seed("lz4_chunk", "text", chunk(3, len(TEXT), legacy(TEXT)))
    seed("lz4_chunk", "middle", chunk(0, len(TEXT), legacy(TEXT)[4:]))
    seed("lz4_chunk", "noise", chunk(1, len(NOISE), legacy(NOISE)))
    seed("lz4_chunk", "zeros", chunk(2, 200000, legacy(bytes(200000))[4:]))
    seed("lz4_chunk", "too-long", chunk(0, len(TEXT) - 1, legacy(TEXT)[4:]))


def make_lzo_chunk():
    def blocks(data):
        stream = subprocess.run(["lzop", "-9", "-c"], input=data, stdout=subprocess.PIPE, check=True).stdout
        return stream[stream.index(struct.pack(">I", min(len(data), 0x40000)), 34):]

    header = (b"\x89LZO\0\r\n\x1a\n" + struct.pack(">HHHBBIIQB", 0x1040, 0x20a0, 0x940, 3, 9, 0x3000001, 0, 0, 0)
              + bytes(4))
    mixed = TEXT + NOISE + bytes(700) + b"ab" * 300 + b"abc" * 300
    seed("lzo_chunk", "text", chunk(3, len(TEXT), header + blocks(TEXT)))
    seed("lzo_chunk", "middle", chunk(0, len(TEXT), blocks(TEXT)[:-4]))
    seed("lzo_chunk", "stored", chunk(2, len(NOISE), blocks(NOISE)))
    seed("lzo_chunk", "two-blocks", chunk(2, 300000, blocks(bytes(300000))))
    for name, data in {"raw-text": TEXT, "raw-mixed": mixed, "raw-zeros": bytes(5000)}.items():
        seed("lzo_chunk", name, chunk(0, len(data), blocks(data)[12:-4]))


def make_none_chunk():
    seed("none_chunk", "same-length", chunk(3, len(NOISE), NOISE))
    seed("none_chunk", "too-long", chunk(0, len(NOISE) - 1, NOISE))


# --- lzma ---

def make_lzma_chunk():
    def alone(data):
        return lzma.compress(data, lzma.FORMAT_ALONE,
                             filters=[{"id": lzma.FILTER_LZMA1, "preset": 6, "dict_size": 1 << 16}])

    def sized(stream, size):
        return stream[:5] + struct.pack("<Q", size) + stream[13:]

    text = b"".join(b"line %d of a text that compresses\n" % n for n in range(400))
    noise = bytes((n * n * 7919 >> 5) & 0xff for n in range(1000))
    seed("lzma_chunk", "text", chunk(3, len(text), alone(text)))
    seed("lzma_chunk", "text-size-known", chunk(3, len(text), sized(alone(text), len(text))))
    seed("lzma_chunk", "not-the-end", chunk(1, len(text) // 2, alone(text)))
    seed("lzma_chunk", "noise", chunk(3, len(noise), alone(noise)))
    seed("lzma_chunk", "zeros", chunk(3, 200000, alone(bytes(200000))))
    seed("lzma_chunk", "too-long", chunk(3, len(text) - 1, alone(text)))
    seed("lzma_chunk", "too-short", chunk(3, len(text) + 1, alone(text)))


# --- bzip2 ---

def make_bzip2_chunk():
    text = b"".join(b"line %d of a text that compresses\n" % n for n in range(400))
    noise = bytes((n * n * 7919 >> 5) & 0xff for n in range(1000))
    packed = bz2.compress(text)
    seed("bzip2_chunk", "text", chunk(3, len(text), packed))
    seed("bzip2_chunk", "two-streams", chunk(3, len(text) + len(noise), packed + bz2.compress(noise, 1)))
    seed("bzip2_chunk", "noise", chunk(3, len(noise), bz2.compress(noise)))
    seed("bzip2_chunk", "zeros", chunk(3, 200000, bz2.compress(bytes(200000), 1)))
    seed("bzip2_chunk", "runs", chunk(3, 3000, bz2.compress(b"aaaabbbbcccc" * 250, 1)))
    seed("bzip2_chunk", "empty", chunk(3, 0, bz2.compress(b"")))
    seed("bzip2_chunk", "too-long", chunk(3, len(text) - 1, packed))


# --- texts of disks ---

def make_disk_text():
    for name, data in {
            "linux": b"6.1.0-56-amd64 (build@host) #1 SMP", "other": b"Memtest86+ v6.10", "dots": b"....",
            "counted": b"6.1.0+3", "entry": b"title x\nlinux /vmlinuz\ninitrd //a\noptions \0 b\n",
            "conf": b"# mine\ntimeout 9\n  default\told\r\nconsole-mode keep\ndefault twice\neditor no",
            "long": b"x" * 8180 + b"\ndefault y\n"}.items():
        seed("disk_text", name, data)


# --- memory maps ---

def make_map_text():
    maps = CORPUS.parent.parent / "tests/data/maps"
    for name in ("seabios-pc-6g", "one-slot"):
        seed("map_text", name, (maps / f"{name}.txt").read_bytes())
    seed("map_text", "efi", b"\n".join((maps / "ovmf-q35-1g.txt").read_bytes().splitlines()[::9]))
    seed("map_text", "trace", b"0.1 s  bzforge: image at 0x100000, 0x900000 bytes\n"
         b"bzforge:   RAM        0x000000100000 - 0x000040000000\n"
         b"bzforge:   not RAM    0x000040000000 - 0x000040100000\n"
         b"bzforge:   keep       0x000000000000 - 0x000000100000 first MiB\n"
         b"bzforge:   mirrored   0x000000100000 - 0x000010000000\n"
         b"bzforge:   free       0x000000100000 - 0x000040000000\n")
    seed("map_text", "options", b"00100000-1ffffffff : System RAM\n mem=3G memmap=exactmap,2G@1M,64M$1G "
         b"hugepagesz=1G hugepages=1 crashkernel=64M@512M ")
    seed("map_text", "below-start", b"BIOS-e820: [mem 0x2000-0x0fff] usable\n")


def make_efi_map():
    def md(type_, start, pages, attribute=0):
        return struct.pack("<IIQQQQ", type_, 0, start, 0, pages, attribute)

    head = b"\x28\x01\x01"
    seed("efi_map", "plain", head + md(7, 0x1000, 0x9f) + md(4, 0x100000, 16) + md(7, 0x110000, 0x1000))
    seed("efi_map", "mirrored", head + md(7, 0, 256, 0x10000) + md(7, 0x100000, 256, 0x40000) +
         md(15, 0x200000, 256) + md(6, 0x8000, 2))
    seed("efi_map", "huge", head + md(7, 0x100000, 2**64 - 1) + md(11, 2**64 - 4096, 8))


def make_acpi():
    def finish(table, at):
        table[at] = -sum(table) & 0xff
        return bytes(table)

    def table(name, body):
        return finish(bytearray(struct.pack("<4sI28x", name, 36 + len(body)) + body), 9)

    def node(base, size, flags):
        return struct.pack("<BBIHQQIIQ", 1, 40, 0, 0, base, size, 0, flags, 0)

    srat = table(b"SRAT", bytes(12) + node(0, 0x40000000, 1) + node(0x100000000, 0x40000000, 3))
    rsdp = bytearray(struct.pack("<8sB6sBIIQ4x", b"RSD PTR ", 0, b"", 2, 0x40, 36, 0x80))
    rsdp[8] = -sum(rsdp[:20]) & 0xff
    machine = bytearray(0x100) + srat
    machine[:36] = finish(rsdp, 32)
    machine[0x40:0x40 + 40] = table(b"RSDT", struct.pack("<I", 0x100))
    machine[0x80:0x80 + 44] = table(b"XSDT", struct.pack("<Q", 0x100))
    seed("acpi", "xsdt", bytes(machine))
    machine[15] = 0
    machine[8] = 0
    machine[8] = -sum(machine[:20]) & 0xff
    seed("acpi", "rsdt", bytes(machine))


def make_madt():
    def apic(number, flags=1):
        return struct.pack("<BBBBI", 0, 8, number, number, flags)

    def x2apic(number, flags=1):
        return struct.pack("<BBHIII", 9, 16, 0, number, flags, number)

    head = b"APIC" + bytes(40)
    plain = b"".join(apic(i, i < 2) for i in range(4)) + bytes([1, 12]) + bytes(10) + bytes([4, 6]) + bytes(4)
    seed("madt", "plain", b"\x00\xf0" + head + plain)
    seed("madt", "wide", b"\x01\xf1" + head + b"".join(x2apic(i) for i in (0, 1, 2, 255, 256, 0xffffffff)))
    seed("madt", "narrow", b"\x01\xf0" + head + apic(255) + x2apic(255) + x2apic(7) + apic(7))
    seed("madt", "mailbox", b"\x00\xf0" + head + apic(1) + bytes([16, 16]) + bytes(14))
    seed("madt", "cut", b"\x00\xf0" + head + plain[:-3])


def make_tpm_log():
    sizes = {4: 20, 11: 32, 12: 48}

    def spec_id(algs, count=None):
        data = b"Spec ID Event03\0" + struct.pack("<IBBBBI", 0, 0, 2, 0, 2, len(algs) if count is None else count)
        data += b"".join(struct.pack("<HH", a, sizes[a]) for a in algs) + b"\0"
        return struct.pack("<II20xI", 0, 3, len(data)) + data

    def event2(pcr, type_, algs, data):
        digests = b"".join(struct.pack("<H", a) + bytes([a]) * sizes[a] for a in algs)
        return struct.pack("<III", pcr, type_, len(algs)) + digests + struct.pack("<I", len(data)) + data

    def event(pcr, type_, data):
        return struct.pack("<II20sI", pcr, type_, b"\x11" * 20, len(data)) + data

    agile = spec_id([4, 11, 12])
    tagged = struct.pack("<II", 0x8f3b22ec, 13) + b"Linux initrd\0"
    seed("tpm_log", "agile", agile + event2(0, 8, [4, 11, 12], b"x\0") + event2(9, 6, [4, 11, 12], tagged))
    seed("tpm_log", "one-digest", spec_id([11]) + event2(7, 0x80000001, [11], b"") + event2(4, 4, [11], bytes(4)))
    seed("tpm_log", "unnamed-digest", spec_id([11]) + event2(7, 1, [12], b"data"))
    seed("tpm_log", "many-algorithms", spec_id([4], 0xffffffff))
    seed("tpm_log", "tpm12", event(0, 8, b"version\0") + event(4, 4, bytes(4)))
    seed("tpm_log", "long-data", agile + event2(0, 8, [4], b"")[:-4] + b"\xff" * 4)


def make_pe():
    def pe(sections, certificates=0x600, magic=0x20b):
        f = bytearray(0x640)
        f[:2] = b"MZ"
        put(f, 0x3c, "I", 0x40)
        put(f, 0x40, "4sHH12xH", b"PE", 0x8664, len(sections), 240)
        put(f, 0x58, "H", magic)
        put(f, 0x78, "II", 0x1000, 0x200)
        put(f, 0x90, "II", 0x4000, 0x200)
        directories = 0xc4 if magic == 0x20b else 0xb4
        put(f, directories, "I", 16)
        put(f, directories + 4 + 4 * 8, "II", certificates, 0x40 if certificates else 0)
        for i, section in enumerate(sections):
            put(f, 0x148 + i * 40, "8sIIII", *section)
        return bytes(f)

    text, data = (b".text", 0x180, 0x1000, 0x200, 0x200), (b".pcrpkey", 0x300, 0x2000, 0x200, 0x400)
    seed("pe", "signed", pe([text, data]))
    seed("pe", "pe32", pe([text, data], 0, 0x10b))
    seed("pe", "overlap", pe([text, (b".linux", 0x1000, 0x2000, 0x300, 0x300), data]))
    seed("pe", "no-bytes", pe([(b".bss", 0x1000, 0x1000, 0, 0), data]))
    loaded = (b".linux", 0x40, 0x500, 0x200, 0x400)
    seed("pe", "loaded", pe([(b".text", 0x100, 0x300, 0x200, 0x200), loaded]))


# --- device_path, extra ---

def make_device_path():
    end = b"\x7f\xff\x04\0"

    def node(kind, subtype, data):
        return struct.pack("<BBH", kind, subtype, 4 + len(data)) + data

    disk = node(4, 1, struct.pack("<IQQ", 1, 2048, 0x10000) + bytes(range(16)) + b"\2\2")
    name = "\\EFI\\Linux\\a.efi\0".encode("utf-16-le")
    seed("device_path", "partition", node(1, 1, b"\0\x1f") + disk + end)
    seed("device_path", "file", node(4, 4, name) + end)
    seed("device_path", "two-files", node(4, 4, "/EFI/\0".encode("utf-16-le")) + node(4, 4, name) + end)
    seed("device_path", "disk-and-file", disk + node(4, 4, name) + end)


def make_extra():
    def info(name, size, attribute=0x20):
        return struct.pack("<QQ56xQ", 0x60, size, attribute) + name.encode("utf-16-le").ljust(16, b"\0")

    credentials = info("b.cred", 5) + info("A.CRED", 60) + info(".x.cred", 1) + info("d.cred", 2, 0x10)
    seed("extra", "credentials", credentials)
    seed("extra", "sysexts", info("b.raw", 0) + info("a.raw", 7) + b"\0\0")
    seed("extra", "unreadable", credentials + info("c.cred", 6) + 3 * b"\0")
    seed("extra", "large", info("a.cred", 1 << 32))


def kallsyms(form, word=8, big=False, behind=False, marker=4, align=8, va=0xffffffff81000000, start=0x40):
    """Bytes [0, ...) of a kernel whose table of symbols begins at start; form: see core/kallsyms.h."""
    end = ">" if big else "<"
    word_code = "Q" if word == 8 else "I"
    data = bytearray(start)
    banner = b"Linux version 1.2.3\0"
    symbols = [("T", "_text", 0), ("T", "_stext", 0)]
    symbols += [("t", f"f{i}", 0x10 + 12 * i) for i in range(260)]
    banner_at = start + 0x1c00
    symbols.append(("D", "linux_banner", banner_at))
    if form == "percpu":
        symbols = [("A", "percpu", -va)] + symbols
    tokens = [chr(c) if c < 128 and (chr(c).isalnum() or chr(c) in "_.") else "" for c in range(256)]
    tokens[1] = "tf"

    def pad():
        data.extend(bytes(-len(data) % align))

    def table():
        pad()
        for kind, _, offset in symbols:
            value = {"absolute": va + offset, "relative": offset, "place": offset - len(data),
                     "percpu": 0 if kind == "A" else -1 - offset}[form]
            code = word_code if form == "absolute" else "I"
            data.extend(struct.pack(end + code, value % (1 << 8 * struct.calcsize(code))))
        if form in ("relative", "percpu"):
            pad()
            data.extend(struct.pack(end + word_code, va))

    if not behind:
        table()
    pad()
    data.extend(struct.pack(end + "Q" if marker == 8 else end + "I", len(symbols)))
    pad()
    names, markers = len(data), []
    for i, (kind, name, _) in enumerate(symbols):
        if i % 256 == 0:
            markers.append(len(data) - names)
        codes = (kind + name).encode().replace(b"tf", b"\1")
        data.extend(bytes([len(codes)]) + codes)
    pad()
    for at in markers:
        data.extend(struct.pack(end + ("Q" if marker == 8 else "I"), at))
    pad()
    table_at, index = len(data), []
    for text in tokens:
        index.append(len(data) - table_at)
        data.extend(text.encode() + b"\0")
    pad()
    data.extend(struct.pack(end + "256H", *index))
    if behind:
        table()
    data.extend(bytes(banner_at - len(data)) + banner)
    return bytes(data)


def make_kallsyms():
    i386 = 0xc1000000
    for name, options, kernel in (
            ("absolute", 6, kallsyms("absolute", marker=8)),
            ("relative", 6, kallsyms("relative")),
            ("percpu", 6, kallsyms("percpu")),
            ("place", 6, kallsyms("place", behind=True, align=4)),
            ("behind", 6, kallsyms("relative", behind=True)),
            ("32", 4, kallsyms("relative", word=4, va=i386, align=4)),
            ("32-absolute-behind", 4, kallsyms("absolute", word=4, va=i386, align=4, behind=True)),
            ("big-endian", 7, kallsyms("relative", big=True)),
            ("image", 0x22, kallsyms("relative", va=0xffff800080000000)),
            ("image-arm", 0x10, kallsyms("relative", word=4, va=0xc0008000, align=4))):
        seed("kallsyms", name, bytes([options]) + kernel)


def make_symbols():
    """Kernels as ELF files, with a section table and without, and as an image with arm64's header."""
    kernel = kallsyms("relative", start=0x200)
    header = struct.pack("<16sHHIQQQIHHHHHH", b"\x7fELF\2\1\1", 2, 62, 1, 0x1000000, 64, 0, 0, 64, 56, 1, 64, 0, 0)
    segment = struct.pack("<IIQQQQQQ", 1, 7, 0, 0xffffffff81000000, 0x1000000, len(kernel), len(kernel), 4096)
    seed("symbols", "segments", header + segment + kernel[len(header + segment):])
    names = b"\0.text\0.BTF\0.shstrtab\0"
    btf = struct.pack("<HBBIIIII", 0xeb9f, 1, 0, 24, 0, 12, 12, 2) + struct.pack("<III", 0, 0x01000000, 4) + b"\0\0"
    text = struct.pack("<IIQQQQIIQQ", 1, 1, 6, 0xffffffff81000000, 0, len(kernel), 0, 0, 16, 0)
    sections = bytes(64) + text
    sections += struct.pack("<IIQQQQIIQQ", 7, 1, 0, 0, len(kernel), len(btf), 0, 0, 1, 0)
    sections += struct.pack("<IIQQQQIIQQ", 12, 3, 0, 0, len(kernel) + len(btf), len(names), 0, 0, 1, 0)
    shoff = len(kernel) + len(btf) + len(names)
    header = struct.pack("<16sHHIQQQIHHHHHH", b"\x7fELF\2\1\1", 2, 62, 1, 0x1000000, 64, shoff, 0, 64, 56, 1, 64, 4, 3)
    seed("symbols", "sections", header + segment + kernel[len(header + segment):] + btf + names + sections)
    image = bytearray(kallsyms("relative", va=0xffff800080000000, start=0x80))
    image[0x38:0x3c] = b"ARMd"
    seed("symbols", "arm64", bytes(image))


# --- types ---

def make_types():
    """BTF of every kind, in each class and byte order; the first byte is options."""
    strings = b"\0int\0a\0b\0f\0list\0next\0"
    kinds = [(1, 1, 0, 4, [0x01000020]), (0, 2, 0, 4, []), (0, 3, 0, 0, [1, 1, 7]),
             (11, 4, 3 | 1 << 31, 16, [16, 2, 0, 5, 1, 3 << 24 | 64, 7, 1, 96]), (5, 5, 1, 4, [7, 1, 0]),
             (5, 6, 2, 4, [7, 1, 9, 0xffffffff]), (5, 7, 0, 0, []), (7, 8, 0, 4, []), (0, 9, 0, 8, []),
             (0, 10, 0, 9, []), (0, 11, 0, 2, []), (0, 13, 2, 1, [5, 2, 0, 0]), (9, 12, 1, 12, []),
             (5, 14, 0, 4, [1]), (11, 15, 1, 4, [14, 0x40, 4]), (7, 16, 0, 8, []), (5, 17, 0, 4, [0xffffffff]),
             (5, 18, 0, 8, []), (0, 19, 1, 8, [7, 5, 6]), (0, 2, 0, 12, []), (0, 2, 0, 18, [])]
    for options, name in ((0, "32"), (1, "64"), (3, "64-big"), (2, "32-big")):
        end = ">" if options & 2 else "<"
        types = b"".join(struct.pack(f"{end}III{len(more)}I", text, kind << 24 | vlen, size, *more)
                         for text, kind, vlen, size, more in kinds)
        header = struct.pack(end + "HBBIIIII", 0xeb9f, 1, 0, 24, 0, len(types), len(types), len(strings))
        seed("types", name, bytes([options]) + header + types + strings)


# --- bmp ---

def make_bmp():
    def bmp(width, height, depth, compression=0, masks=b"", info=40):
        rows = bytes(range(1, 200))[:(width * depth // 8 + 3) // 4 * 4] * abs(height)
        head = struct.pack("<IiiHHIIIIII", info, width, height, 1, depth, compression, len(rows), 0, 0, 0, 0) + masks
        return struct.pack("<2sIII", b"BM", 14 + len(head) + len(rows), 0, 14 + len(head)) + head + rows

    masks = struct.pack("<III", 0xff0000, 0xff00, 0xff)
    seed("bmp", "24", bmp(5, 3, 24))
    seed("bmp", "32", bmp(4, 3, 32))
    seed("bmp", "top-down", bmp(7, -4, 24))
    seed("bmp", "masks", bmp(3, 2, 32, 3, masks))
    seed("bmp", "masks-v4", bmp(3, -2, 32, 3, masks + bytes(56), 108))
    seed("bmp", "palette", bmp(8, 2, 8))
    seed("bmp", "other-masks", bmp(3, 2, 32, 3, bytes(12)))


# --- fat_rename ---

def fat_entry(name, attributes, cluster, size):
    return name + struct.pack("<B8xHHHHI", attributes, 0, 0, 0, cluster, size)


def fat_long(name, short, cluster, size):
    """The entries of a long name, last piece first, and the short one [FAT specification 7]."""
    units = name.encode("utf-16-le")
    if len(units) % 26:
        units += b"\0\0"
    units += b"\xff" * (-len(units) % 26)
    check = 0
    for byte in short:
        check = ((check & 1) << 7) + (check >> 1) + byte & 0xff
    count = len(units) // 26
    out = b""
    for number in range(count, 0, -1):
        piece = units[26 * (number - 1):26 * number]
        out += struct.pack("<B10sBBB12sH4s", number | (0x40 if number == count else 0), piece[:10], 0x0f, 0, check,
                           piece[10:22], 0, piece[22:])
    return out + fat_entry(short, 0, cluster, size)


def make_logical():
    """A chain of two extended boot records in front of the FAT file system that fuzz/corpus/fat has."""
    volume = (CORPUS / "fat/seed-fat12").read_bytes()
    records = bytearray(512 * 5)
    for at, entries in ((0, ((0x0f, 2, 1000),)), (2, ((0x83, 1, 1), (0x05, 2, 900))), (4, ((0xef, 1, 200),))):
        put(records, 512 * at + 510, "H", 0xaa55)
        for number, (kind, start, sects) in enumerate(entries):
            put(records, 512 * at + 446 + 16 * number, "4xB3xII", kind, start, sects)
    seed("fat", "logical", bytes(records) + volume)
    put(records, 512 * 4 + 446 + 16, "4xB3xII", 0x05, 2, 900)
    seed("fat", "logical-circle", bytes(records) + volume)


def make_fat_rename():
    """FAT12, clusters of a sector: boot sector, FAT, root directory of a sector, data. The entries lie in the root, or in
    a directory of three clusters, so that a name lies across two that are apart."""
    name = fat_long("linux-6.1.0-56-cloud-amd64+3.conf", b"LINUX-~1CON", 7, 700)
    before = b"".join(fat_entry(b"FILE%-7d" % i, 0, 0, 0) for i in range(13))
    deleted = b"\xe5" + fat_entry(b"GONE       ", 0, 9, 9)[1:]
    other = fat_entry(b"BEHIND     ", 0, 8, 100)
    for title, root, folder, control in (
            ("root", name + deleted + other, b"", (0, 35, 0x41)),
            ("shorter", deleted + name + other, b"", (0, 5, 0x61)),
            ("longest", name + other, b"", (0, 39, 0x1F600 & 0xffff)),
            ("too-long", name, b"", (0, 40, 0x41)),
            ("short-name-only", other, b"", (0, 3, 0x41)),
            ("across-clusters", fat_entry(b"FOLDER     ", 0x10, 2, 0), before + name + other, (0, 30, 13)),
            ("last-of-many", fat_entry(b"FOLDER     ", 0x10, 2, 0), (before + name) + name, (0, 35, 13)),
    ):
        f = bytearray(512 * 24)
        put(f, 11, "HBHBHH", 512, 1, 1, 1, 16, 24)
        put(f, 22, "H", 1)
        put(f, 510, "H", 0xaa55)
        links = {0: 0xff8, 1: 0xfff, 2: 5, 5: 4, 4: 0xfff, 7: 10, 10: 0xfff, 8: 0xfff}
        for cluster, to in links.items():
            at, shift = 512 + cluster * 3 // 2, 4 * (cluster % 2)
            put(f, at, "H", struct.unpack_from("<H", f, at)[0] | to << shift)
        f[1024:1024 + len(root)] = root
        for i, cluster in enumerate((2, 5, 4)):
            part = folder[512 * i:512 * (i + 1)]
            at = 1536 + 512 * (cluster - 2)
            f[at:at + len(part)] = part
        seed("fat_rename", title, struct.pack("<BBH", *control) + f)


if __name__ == "__main__":
    for make in (make_bzimage, make_elf, make_elf_file, make_filter_x86, make_reloc, make_reloc_compact,
                 make_reloc_dynamic, make_e820, make_text,
                 make_setup_data, make_timeline, make_manifest, make_place, make_zstd_chunk,
                 make_gzip_chunk, make_lz4_chunk, make_lzo_chunk, make_none_chunk, make_xz_chunk,
                 make_lzma_chunk, make_bzip2_chunk, make_map_text, make_efi_map, make_acpi, make_madt, make_tpm_log,
                 make_pe, make_load_option, make_efi_e820, make_smbios, make_device_path, make_extra,
                 make_kallsyms, make_symbols, make_types, make_disk_text, make_inspect, make_logical,
                 make_fat_rename, make_bmp):
        make()
