/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * See uki_stub.h. The new sections go behind the stub's last one, in the file and in memory. What else
 * the linker left there (symbols) is dropped: bytes outside of sections would not be signed. Their headers need free room behind the stub's section table, in front of the first
 * section's bytes: stubs are linked with some.
 *
 * A stub takes one initrd, so CPU microcode, which the kernel looks for in front of it, is put there.
 */
#include <stdlib.h>
#include <string.h>
#include "host/pe_write.h"
#include "host/uki_stub.h"

#define CPIO_ALIGN 4
#define SECTIONS   (UKI_PARTS + 3) /* .cmdline, .initrd, .linux */

struct addition {
	const char *name;
	struct span bytes;
};

struct layout {
	const struct pe *pe;
	struct addition add[SECTIONS];
	size_t count;
	uint64_t file_align, mem_align;
	uint64_t stub_size; /* up to its last section's end */
	uint64_t file_start, file_size; /* of the first addition; of the whole result */
	uint64_t image_size;
};

static uint64_t align_up_to(uint64_t v, uint64_t align)
{
	return (v + align - 1) / align * align;
}

static void add(struct layout *l, const char *name, struct span bytes)
{
	if (bytes.len)
		l->add[l->count++] = (struct addition){name, bytes};
}

static bool is_power_of_two(uint32_t v)
{
	return v && !(v & (v - 1));
}

static enum status check_stub(const char *name, const struct pe *pe)
{
	struct fault fault = {0};

	if (pe->machine != PE_MACHINE_X64 || pe->subsystem != SUBSYSTEM_EFI_APPLICATION ||
		!is_power_of_two(pe->section_align) || !is_power_of_two(pe->file_align) ||
		pe_check_layout(pe, &fault)) {
		report(name, "is no EFI stub for x86-64");
		return STATUS_BAD_INPUT;
	}
	if (pe->certificates.len) {
		report(name, "is signed: a UKI is made of an unsigned stub, and signed itself");
		return STATUS_BAD_INPUT;
	}
	return STATUS_DONE;
}

/* Is there room for that many section headers, with nothing in it? */
static bool has_room(const struct pe *pe, size_t count)
{
	uint64_t at = pe->table_off + (uint64_t)pe->section_count * SECT_SIZE;
	uint32_t i;

	if (pe->section_count + count > PE_SECTIONS_MAX || at + count * SECT_SIZE > pe->headers_size)
		return false;
	for (i = 0; i < count * SECT_SIZE; i++) {
		if (pe->file.ptr[at + i])
			return false;
	}
	return true;
}

/* Write headers and bytes of all additions into file, whose first part is the stub. */
static void put_additions(const struct layout *l, uint8_t *file)
{
	const struct pe *pe = l->pe;
	uint8_t *header = file + pe->table_off + (size_t)pe->section_count * SECT_SIZE;
	uint64_t at = l->file_start, rva = align_up_to(pe->image_size, l->mem_align), data = 0;

	for (size_t i = 0; i < l->count; i++, header += SECT_SIZE) {
		struct span bytes = l->add[i].bytes;
		uint64_t size = align_up_to(bytes.len, l->file_align);

		memcpy(header, l->add[i].name, strlen(l->add[i].name));
		le32_put(header + SECT_MEM_SIZE, (uint32_t)bytes.len);
		le32_put(header + SECT_RVA, (uint32_t)rva);
		le32_put(header + SECT_FILE_SIZE, (uint32_t)size);
		le32_put(header + SECT_FILE_OFFSET, (uint32_t)at);
		le32_put(header + SECT_FLAGS, SECT_DATA | SECT_READ);
		memcpy(file + at, bytes.ptr, bytes.len);
		at += size;
		rva = align_up_to(rva + bytes.len, l->mem_align);
		data += size;
	}
	le16_put(file + pe->optional_off - PE_HEADER_SIZE + PE_SECTION_COUNT,
		(uint16_t)(pe->section_count + l->count));
	le64_put(file + pe->optional_off - PE_HEADER_SIZE + PE_SYMBOLS, 0);
	le32_put(file + pe->optional_off + OPT_IMAGE_SIZE, (uint32_t)l->image_size);
	le32_put(file + pe->optional_off + OPT_DATA_SIZE,
		le32_get(file + pe->optional_off + OPT_DATA_SIZE) + (uint32_t)data);
	le32_put(file + pe->optional_off + OPT_CHECKSUM,
		pe_checksum((struct span){file, l->file_size}));
}

static void measure(struct layout *l)
{
	uint64_t rva;

	l->file_align = l->pe->file_align > PE_FILE_ALIGN ? l->pe->file_align : PE_FILE_ALIGN;
	l->mem_align = l->pe->section_align > PE_SECTION_ALIGN ? l->pe->section_align
								: PE_SECTION_ALIGN;
	l->stub_size = l->pe->headers_size;
	for (uint32_t i = 0; i < l->pe->section_count; i++) {
		struct pe_section_info s = pe_section(l->pe, i);

		if (s.file_size && (uint64_t)s.file_off + s.file_size > l->stub_size)
			l->stub_size = (uint64_t)s.file_off + s.file_size;
	}
	l->file_start = l->file_size = align_up_to(l->stub_size, l->file_align);
	rva = align_up_to(l->pe->image_size, l->mem_align);
	for (size_t i = 0; i < l->count; i++) {
		l->file_size += align_up_to(l->add[i].bytes.len, l->file_align);
		rva = align_up_to(rva + l->add[i].bytes.len, l->mem_align);
	}
	l->image_size = rva;
}

enum status uki_stub_write(const char *name, struct span stub, const struct uki *u, struct span kernel,
	uint8_t **ret_file, size_t *ret_size)
{
	struct layout l = {.count = 0};
	struct span initrd;
	enum status status;
	uint8_t *joined, *file;
	struct pe pe;

	if (pe_parse(stub, &pe, NULL)) {
		report(name, "is no EFI stub for x86-64");
		return STATUS_BAD_INPUT;
	}
	status = check_stub(name, &pe);
	if (status)
		return status;
	joined = uki_join_initrd(u, CPIO_ALIGN, &initrd);
	if (!joined)
		return report_no_memory(name);
	l.pe = &pe;
	for (size_t i = 0; i < UKI_PARTS; i++)
		add(&l, uki_part_name(i), u->part[i]);
	add(&l, ".cmdline", u->cmdline);
	add(&l, ".initrd", initrd);
	add(&l, ".linux", kernel);
	measure(&l);
	if (!has_room(&pe, l.count)) {
		report(name, "has no room for the headers of %zu more sections", l.count);
		status = STATUS_BAD_INPUT;
	} else if (l.file_size > UINT32_MAX || l.image_size > UINT32_MAX) {
		report(name, "with all its sections is too large (%llu bytes)",
			(unsigned long long)l.file_size);
		status = STATUS_BAD_INPUT;
	} else if (!(file = calloc(1, l.file_size))) {
		status = report_no_memory(name);
	} else {
		memcpy(file, stub.ptr, l.stub_size);
		put_additions(&l, file);
		*ret_file = file;
		*ret_size = l.file_size;
	}
	free(joined);
	return status;
}
